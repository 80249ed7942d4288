"""The algorithms of the provider, one file each in the folder of its group.

`ALGORITHMS` lists them in the order of the toolbox as "module:Class", relative to this package.
They are imported when the provider loads, so nothing slow may happen at import.
"""

from __future__ import annotations

ALGORITHMS: tuple[str, ...] = (
    "data.importstack:ImportStackAlgorithm",
    "data.importpoints:ImportPointsAlgorithm",
    "data.simulate:SimulateAlgorithm",
    "interferometry.coregister:CoregisterAlgorithm",
    "interferometry.network:NetworkAlgorithm",
    "interferometry.interferograms:InterferogramsAlgorithm",
    "interferometry.geocode:GeocodeAlgorithm",
    "filtering.shpfilter:ShpFilterAlgorithm",
    "filtering.goldstein:GoldsteinAlgorithm",
    "timeseries.deramp:DerampAlgorithm",
    "timeseries.gacos:GacosAlgorithm",
    "timeseries.sbas:SbasAlgorithm",
    "timeseries.aps:ApsAlgorithm",
    "timeseries.proposereference:ProposeReferenceAlgorithm",
    "timeseries.reference:ReferenceAlgorithm",
    "timeseries.velocitychange:VelocityChangeAlgorithm",
    "timeseries.seasonal:SeasonalAlgorithm",
    "validation.crossvalidate:CrossValidateAlgorithm",
    "validation.decompose:DecomposeAlgorithm",
    "validation.groundtruth:GroundTruthAlgorithm",
    "corridor.corridorprofile:CorridorProfileAlgorithm",
    "corridor.pointseries:PointSeriesAlgorithm",
    "corridor.polygonstatistics:PolygonStatisticsAlgorithm",
    "mining.wskestimate:WskEstimateAlgorithm",
    "mining.wskpredict:WskPredictAlgorithm",
    "mining.pim:PimAlgorithm",
    "mining.funnels:FunnelsAlgorithm",
    "mining.brine:BrineAlgorithm",
    "mining.comparemodels:CompareModelsAlgorithm",
    "mining.sobol:SobolAlgorithm",
)
