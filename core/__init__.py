"""Groundline's science: numpy, scipy, GDAL and matplotlib, without QGIS or Qt."""
