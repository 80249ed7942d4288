"""Builders for the parameters that several algorithms share, so that they read and behave alike.

Each returns a definition to hand to `addParameter`. Help texts come from the algorithm's HELP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterCrs,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFile,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMapLayer,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorLayer,
)

INPUT = "INPUT"
OUTPUT = "OUTPUT"

_File = QgsProcessingParameterFile
_Number = QgsProcessingParameterNumber
_Source = QgsProcessing.SourceType


def advanced(definition: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """Move a parameter to the folded part of the dialog."""
    definition.setFlags(definition.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
    return definition


def optional(definition: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """Let models leave a parameter out: those saved before it came would else be refused."""
    definition.setFlags(definition.flags() | QgsProcessingParameterDefinition.Flag.FlagOptional)
    return definition


def stack_folder(name: str = INPUT, description: str = "Stack folder") -> _File:
    """A folder that holds stack.json."""
    return input_folder(name, description)


def input_folder(name: str = INPUT, description: str = "Input folder", optional: bool = False) -> _File:
    """An existing folder."""
    return _File(name, description, behavior=_File.Behavior.Folder, optional=optional)


def input_file(name: str, description: str, suffixes: Sequence[str] = (), optional: bool = True) -> _File:
    """An existing file; `suffixes` without the dot fill the file chooser."""
    pattern = f"{description} ({' '.join(f'*.{suffix}' for suffix in suffixes)})" if suffixes else ""
    return _File(name, description, behavior=_File.Behavior.File, optional=optional, fileFilter=pattern)


def output_folder(
    name: str = OUTPUT, description: str = "Output folder"
) -> QgsProcessingParameterFolderDestination:
    """The folder that receives the results; the run warns when it is a temporary one."""
    return QgsProcessingParameterFolderDestination(name, description)


def choice(
    name: str, description: str, options: Sequence[str], default: str, optional: bool = False
) -> QgsProcessingParameterEnum:
    """One of several words; the word itself is the value, so saved models survive new members."""
    return QgsProcessingParameterEnum(
        name, description, list(options), defaultValue=default, optional=optional, usesStaticStrings=True
    )


def integer(
    name: str,
    description: str,
    default: int | None,
    minimum: int | None = None,
    maximum: int | None = None,
    optional: bool = False,
) -> _Number:
    """A whole number."""
    return _number(name, description, _Number.Type.Integer, default, minimum, maximum, optional)


def real(
    name: str,
    description: str,
    default: float | None,
    minimum: float | None = None,
    maximum: float | None = None,
    optional: bool = False,
    decimals: int = 3,
) -> _Number:
    """A number; the dialog shows and takes so many decimals."""
    definition = _number(name, description, _Number.Type.Double, default, minimum, maximum, optional)
    definition.setMetadata({"widget_wrapper": {"decimals": decimals}})
    return definition


def boolean(name: str, description: str, default: bool) -> QgsProcessingParameterBoolean:
    """Yes or no."""
    return QgsProcessingParameterBoolean(name, description, defaultValue=default)


def text(
    name: str, description: str, default: str = "", optional: bool = True
) -> QgsProcessingParameterString:
    """A line of text."""
    return QgsProcessingParameterString(name, description, defaultValue=default or None, optional=optional)


def date(name: str, description: str) -> QgsProcessingParameterString:
    """A date as YYYY-MM-DD text, optional; text works alike in models, batch and qgis_process."""
    return text(name, f"{description} (YYYY-MM-DD)")


def extent(
    name: str = "EXTENT", description: str = "Extent", optional: bool = True
) -> QgsProcessingParameterExtent:
    """A rectangle on the map."""
    return QgsProcessingParameterExtent(name, description, optional=optional)


def crs(
    name: str = "CRS", description: str = "Coordinate system", default: Any = None
) -> QgsProcessingParameterCrs:
    """A coordinate system; optional."""
    return QgsProcessingParameterCrs(name, description, defaultValue=default, optional=True)


def line_layer(name: str = "LINE", description: str = "Line") -> QgsProcessingParameterFeatureSource:
    """A line layer."""
    return QgsProcessingParameterFeatureSource(name, description, [_Source.TypeVectorLine])


def polygon_layer(name: str, description: str, optional: bool = True) -> QgsProcessingParameterFeatureSource:
    """A polygon layer."""
    return QgsProcessingParameterFeatureSource(
        name, description, [_Source.TypeVectorPolygon], optional=optional
    )


def vector_layer(
    name: str, description: str, kinds: Sequence[QgsProcessing.SourceType], optional: bool = True
) -> QgsProcessingParameterFeatureSource:
    """Features of some kinds of geometry."""
    return QgsProcessingParameterFeatureSource(name, description, list(kinds), optional=optional)


def reference_layer(
    name: str = "REFERENCE", description: str = "Reference points or areas", optional: bool = True
) -> QgsProcessingParameterFeatureSource:
    """Points or polygons that stand still."""
    kinds = [_Source.TypeVectorPoint, _Source.TypeVectorPolygon]
    return QgsProcessingParameterFeatureSource(name, description, kinds, optional=optional)


def point_layer(
    name: str = "POINTS", description: str = "Measurement points", optional: bool = False
) -> QgsProcessingParameterFeatureSource:
    """A point layer."""
    return QgsProcessingParameterFeatureSource(
        name, description, [_Source.TypeVectorPoint], optional=optional
    )


def point_layers(
    name: str = "POINTS", description: str = "Measurement points", optional: bool = False
) -> QgsProcessingParameterMultipleLayers:
    """One or several point layers."""
    return QgsProcessingParameterMultipleLayers(name, description, _Source.TypeVectorPoint, optional=optional)


def series_layer(
    name: str = "POINTS", description: str = "Measurement points with a series", optional: bool = False
) -> QgsProcessingParameterVectorLayer:
    """A point layer that is read whole, with a column per date."""
    return QgsProcessingParameterVectorLayer(name, description, [_Source.TypeVectorPoint], optional=optional)


def input_files(name: str, description: str, optional: bool = True) -> QgsProcessingParameterMultipleLayers:
    """One or several existing files."""
    return QgsProcessingParameterMultipleLayers(name, description, _Source.TypeFile, optional=optional)


def field(name: str, description: str, layer: str) -> QgsProcessingParameterField:
    """A field of the layer that another parameter names; optional."""
    return QgsProcessingParameterField(name, description, parentLayerParameterName=layer, optional=True)


def raster_layer(name: str, description: str, optional: bool = True) -> QgsProcessingParameterRasterLayer:
    """A raster layer."""
    return QgsProcessingParameterRasterLayer(name, description, optional=optional)


def track(name: str, description: str) -> QgsProcessingParameterMapLayer:
    """Measurement points or a velocity raster of one track."""
    return QgsProcessingParameterMapLayer(name, description, types=[_Source.TypeVectorPoint, _Source.TypeRaster])


def points_as_layer(name: str, description: str, optional: bool = False) -> QgsProcessingParameterVectorLayer:
    """A point layer, read from its file where it shows all of one."""
    return QgsProcessingParameterVectorLayer(name, description, [_Source.TypeVectorPoint], optional=optional)


def tracks(name: str = "TRACKS", description: str = "Tracks") -> QgsProcessingParameterMultipleLayers:
    """Measurement points or velocity rasters of two tracks or more."""
    definition = QgsProcessingParameterMultipleLayers(name, description, _Source.TypeMapLayer)
    definition.setMinimumNumberInputs(2)
    return definition


def _number(
    name: str,
    description: str,
    kind: QgsProcessingParameterNumber.Type,
    default: float | None,
    minimum: float | None,
    maximum: float | None,
    optional: bool,
) -> QgsProcessingParameterNumber:
    definition = _Number(name, description, kind, defaultValue=default, optional=optional)
    if minimum is not None:
        definition.setMinimum(minimum)
    if maximum is not None:
        definition.setMaximum(maximum)
    return definition
