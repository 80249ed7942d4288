"""QML styles from resources/styles, stretched to the range of the data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.core import (
    QgsColorRampShader,
    QgsGraduatedSymbolRenderer,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRendererRange,
    QgsSingleBandPseudoColorRenderer,
    QgsVectorLayer,
)

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "styles"


def apply(
    layer: QgsMapLayer, name: str, limit: float | None = None, unit: str = "", values: Sequence[float] = ()
) -> str:
    """Load a style and stretch its scale to -limit .. +limit.

    values : of a raster's colours, from the lowest on, in place of those of the style.
    Returns a message when the style cannot be used, else an empty text.
    """
    message, ok = layer.loadNamedStyle(str(FOLDER / f"{name}.qml"))
    if not ok:
        return f"The style {name} was not applied to {layer.name()}: {message}"
    if limit is not None and limit > 0:
        stretch(layer, limit, unit)
    if values:
        _set_values(layer, values)
    layer.triggerRepaint()
    return ""


def stretch(layer: QgsMapLayer, limit: float, unit: str) -> None:
    """Scale a diverging or one-sided style so that its outermost value is `limit`, and label it."""
    if isinstance(layer, QgsRasterLayer):
        _stretch_raster(layer, limit, unit)
    elif isinstance(layer, QgsVectorLayer):
        _stretch_vector(layer, limit, unit)


def _stretch_raster(layer: QgsRasterLayer, limit: float, unit: str) -> None:
    if not isinstance(layer.renderer(), QgsSingleBandPseudoColorRenderer):
        return
    items = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    factor = limit / max(abs(item.value) for item in items)
    _set_values(layer, [item.value * factor for item in items], unit)


def _set_values(layer: QgsRasterLayer, values: Sequence[float], unit: str = "") -> None:
    """Put each colour of the layer's scale at a value; colours and values are as many."""
    # A new renderer, because a legend that is already drawn does not notice changes inside the old one.
    renderer = layer.renderer().clone()
    shader = renderer.shader().rasterShaderFunction()
    placed = [
        QgsColorRampShader.ColorRampItem(value, item.color, label(value, unit))
        for value, item in zip(values, shader.colorRampItemList())
    ]
    shader.setColorRampItemList(placed)
    low, high = placed[0].value, placed[-1].value
    shader.setMinimumValue(low)
    shader.setMaximumValue(high)
    renderer.setClassificationMin(low)
    renderer.setClassificationMax(high)
    layer.setRenderer(renderer)


def _stretch_vector(layer: QgsVectorLayer, limit: float, unit: str) -> None:
    renderer = layer.renderer()
    if not isinstance(renderer, QgsGraduatedSymbolRenderer):
        return
    ranges = renderer.ranges()
    # The outermost classes are open: they reach far beyond the last bound that the legend shows.
    bounds = [abs(entry.upperValue()) for entry in ranges[:-1]] or [abs(ranges[0].upperValue())]
    factor = limit / max(bounds)
    scaled = renderer.clone()
    scaled.deleteAllClasses()
    last = len(ranges) - 1
    for index, entry in enumerate(ranges):
        low = entry.lowerValue() if index == 0 else entry.lowerValue() * factor
        high = entry.upperValue() if index == last else entry.upperValue() * factor
        if index == 0:
            text = f"below {label(high, unit)}"
        elif index == last:
            text = f"above {label(low, unit)}"
        else:
            text = f"{label(low)} to {label(high, unit)}"
        scaled.addClassRange(QgsRendererRange(low, high, entry.symbol().clone(), text))
    layer.setRenderer(scaled)


def label(value: float, unit: str = "") -> str:
    """A legend value with at most three digits and its unit."""
    return f"{round(value, 10):.3g} {unit}".rstrip() if value else f"0 {unit}".rstrip()
