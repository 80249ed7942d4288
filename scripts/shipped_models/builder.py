"""Builds a model step by step: inputs on the left, steps to the right, results below a workspace."""

from __future__ import annotations

from typing import Any

FORMATS = ("auto", "gamma", "roipac", "hyp3", "licsar", "isce", "snap", "gmtsar", "opera", "mintpy")


class Builder:
    """One model: inputs in a column on the left, each step further down and to the right.

    rows : where the inputs stand; step_rows : where the steps do; evenly spaced without.
    """

    def __init__(
        self,
        name: str,
        texts: dict[str, str],
        definitions: tuple[Any, ...],
        rows: dict[str, float] | None = None,
        step_rows: tuple[float, ...] = (),
    ) -> None:
        from qgis.core import (
            QgsProcessingModelAlgorithm,
            QgsProcessingModelChildAlgorithm,
            QgsProcessingModelChildParameterSource,
            QgsProcessingModelParameter,
        )
        from qgis.PyQt.QtCore import QPointF, QSizeF

        self.source = QgsProcessingModelChildParameterSource
        self.model = QgsProcessingModelAlgorithm(name, "")
        self.model.setHelpContent(texts)
        self._child, self._point = QgsProcessingModelChildAlgorithm, QPointF
        self._steps, self._step_rows = 0, step_rows
        for row, definition in enumerate(definitions):
            component = QgsProcessingModelParameter(definition.name())
            place = rows[definition.name()] if rows else 60.0 + 50.0 * row
            component.setPosition(QPointF(150.0, place))
            component.setSize(QSizeF(270.0, 34.0))
            definition.setHelp(texts[definition.name()])
            self.model.addModelParameter(definition, component)
        self.model.setParameterOrder([key for key in texts if not key.startswith("ALG_")])

    def given(self, name: str) -> list[Any]:
        """The value of a parameter of the model."""
        return [self.source.fromModelParameter(name)]

    def given_or(self, name: str, default: str) -> list[Any]:
        """The text of a parameter, or the model's own default where a run leaves it out: QGIS would take the step's."""
        return [self.source.fromExpression(f"coalesce(@{name}, '{default}')")]

    def output(self, step: str, name: str = "OUTPUT") -> list[Any]:
        """An output of an earlier step."""
        return [self.source.fromChildOutput(step, name)]

    def step(self, identifier: str, label: str, folder: str, name: str = "", **parameters: list[Any]) -> None:
        """Add an algorithm that writes into WORKSPACE/folder; what is not given keeps its default."""
        step = self._child(f"groundline:{identifier}")
        step.setChildId(name or identifier)
        step.setDescription(label)
        place = self._step_rows[self._steps] if self._step_rows else 85.0 + 140.0 * self._steps
        step.setPosition(self._point(560.0 + 110.0 * self._steps, place))
        self._steps += 1
        sources = {"OUTPUT": [self.source.fromExpression(f"@WORKSPACE || '/{folder}'")]}
        for definition in step.algorithm().parameterDefinitions():
            # QGIS 3.22 asks for every mandatory parameter, whatever its default.
            if definition.name() not in parameters and definition.defaultValue() is not None:
                sources[definition.name()] = [self.source.fromStaticValue(definition.defaultValue())]
        sources.update(parameters)
        for key, entries in sources.items():
            step.addParameterSources(key, entries)
        self.model.addChildAlgorithm(step)

    def import_and_network(self) -> None:
        """The first steps of a model that begins with interferograms: INPUT, FORMAT, MAX_DAYS and MAX_BPERP."""
        given = self.given
        self.step("importstack", "Import interferograms", "stack", INPUT=given("INPUT"), FORMAT=given("FORMAT"))
        self.step(
            "network", "Choose the network", "network",
            INPUT=self.output("importstack"), MAX_DAYS=given("MAX_DAYS"), MAX_BPERP=given("MAX_BPERP"),
        )  # fmt: skip
