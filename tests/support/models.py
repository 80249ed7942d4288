"""Shipped models as a user runs them, and what has to hold for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundline_tests.toolbox import Log
from qgis.core import QgsApplication, QgsProcessingContext, QgsProject

# The registry owns the C++ half of a provider only.
_plugins: list[Any] = []


@dataclass(frozen=True)
class Run:
    """ok : no step failed. log : all its lines. loaded : the files that go into the project."""

    ok: bool
    log: str
    loaded: list[str]


def run(name: str, values: dict[str, Any], log: Log | None = None) -> Run:
    """Run the provider's model in a fresh context on the current project."""
    model = QgsApplication.processingRegistry().algorithmById(f"groundline:{name}").create()
    context, log = QgsProcessingContext(), log or Log()
    context.setProject(QgsProject.instance())
    possible, message = model.checkParameterValues(values, context)
    assert possible, message
    _, ok = model.run(values, context, log)
    loaded = [source.split("|")[0] for source in context.layersToLoadOnCompletion()]
    return Run(bool(ok), "\n".join(log.lines), loaded)


def finish(name: str, values: dict[str, Any]) -> Run:
    """As `run`, where no step may fail."""
    made = run(name, values)
    assert made.ok, made.log
    return made


def check_described(provider: Any, name: str, title: str, parameters: tuple[str, ...], steps: int) -> Any:
    """The model with its title, these parameters, a help for each, and so many steps; it is returned."""
    model = provider.algorithm(name)
    assert tuple(definition.name() for definition in model.parameterDefinitions()) == parameters
    assert all(definition.help() for definition in model.parameterDefinitions())
    assert model.displayName() == title
    assert len(model.childAlgorithms()) == steps
    _check_whole(model)
    return model


def check_freshly_added(name: str) -> None:
    """A provider that QGIS has just taken up has the model with all its steps."""
    from groundline.plugin.main import GroundlinePlugin

    registry = QgsApplication.processingRegistry()
    registry.removeProvider(registry.providerById("groundline"))
    plugin = GroundlinePlugin(None)
    plugin.initProcessing()
    _plugins.append(plugin)
    _check_whole(registry.algorithmById(f"groundline:{name}"))


def check_copy_in_designer(name: str, steps: int) -> None:
    """What the menu opens in the designer is a whole copy that has no file yet."""
    from groundline.plugin import designer

    dialog = designer.open_copy(f"groundline:{name}")
    try:
        copy = dialog.model()
        assert len(copy.childAlgorithms()) == steps
        assert copy.sourceFilePath() == ""
        _check_whole(copy)
    finally:
        dialog.setDirty(False)
        dialog.close()


def _check_whole(model: Any) -> None:
    """QGIS finds nothing wrong, and knows the algorithm of every step."""
    ok, messages = model.validate()
    assert ok, messages
    assert all(child.algorithm() is not None for child in model.childAlgorithms().values())
