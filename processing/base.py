"""What every Groundline algorithm has in common.

A subclass states its identity as class constants, and writes four methods: `define` (parameters
and outputs), `core_parameters` (QGIS values to a frozen dataclass of core), `compute` (call core)
and `present` (map files to outputs and say which layers load). docs/development.md shows one.
"""

from __future__ import annotations

import errno
import html
from pathlib import Path
from typing import Any, ClassVar

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingUtils,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtGui import QIcon

from ..core.blocks import Compute
from ..core.errors import Cancelled, GroundlineError
from ..core.monitor import Monitor
from ..core.result import Result
from . import icons, settings
from .feedback import FeedbackMonitor
from .groups import Group
from .requirements import missing_message

Text = tuple[str, str]


class GroundlineAlgorithm(QgsProcessingAlgorithm):
    """Base of the provider's algorithms; see the module's docstring."""

    ID: ClassVar[str]
    TITLE: ClassVar[str]
    GROUP: ClassVar[Group]
    SUMMARY: ClassVar[str]  # one or two sentences; a blank line starts a new paragraph
    HELP: ClassVar[tuple[Text, ...]]  # (parameter or output name, what it means), every one of them
    NUMBERS: ClassVar[tuple[Text, ...]] = ()  # (key of Result.numbers, description), declared as outputs
    TAGS: ClassVar[tuple[str, ...]] = ("insar", "sar", "deformation", "subsidence")
    REQUIRES: ClassVar[tuple[str, ...]] = ("scipy", "matplotlib")

    _params: Any = None

    # What a subclass writes

    def define(self) -> None:
        """Add parameters and outputs (not the numbers of NUMBERS)."""
        raise NotImplementedError

    def core_parameters(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Any:
        """Resolve the values into core's frozen parameters.

        Called for the dialog's check and again before the run: no side effects here, and no
        parameterAsSink or parameterAsOutputLayer. `validate()` of what is returned is called for you.
        """
        raise NotImplementedError

    def compute(self, params: Any, monitor: Monitor) -> Result:
        """Do the work; usually one call of core. Runs in a background thread."""
        raise NotImplementedError

    def present(
        self, result: Result, context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        """Values of the declared outputs other than numbers; schedule layers with `layers.load`."""
        return {"OUTPUT": str(result.folder)}

    # What QGIS calls

    def createInstance(self) -> GroundlineAlgorithm:
        return type(self)()

    def name(self) -> str:
        return self.ID

    def displayName(self) -> str:
        return self.tr(self.TITLE)

    def group(self) -> str:
        return self.tr(self.GROUP.title)

    def groupId(self) -> str:
        return self.GROUP.id

    def tags(self) -> list[str]:
        return list(self.TAGS)

    def icon(self) -> QIcon:
        return icons.icon("groundline")

    def svgIconPath(self) -> str:
        return str(icons.path("groundline"))

    def shortDescription(self) -> str:
        return self.tr(self.SUMMARY).split("\n\n", maxsplit=1)[0]

    def shortHelpString(self) -> str:
        return help_html(self)

    def tr(self, text: str) -> str:
        return QCoreApplication.translate("Groundline", text)

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:
        self.define()
        for key, description in self.NUMBERS:
            self.addOutput(QgsProcessingOutputNumber(key.upper(), self.tr(description)))
        texts = dict(self.HELP)
        for definition in self.parameterDefinitions():
            definition.setHelp(self.tr(texts.get(definition.name(), "")))

    def canExecute(self) -> tuple[bool, str]:
        message = missing_message(self.REQUIRES)
        return not message, message

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        ok, message = super().checkParameterValues(parameters, context)
        if not ok:
            return ok, message
        try:
            self._validated(parameters, context)
        except (GroundlineError, QgsProcessingException) as error:
            return False, str(error)
        return True, ""

    def prepareAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> bool:
        message = missing_message(self.REQUIRES)
        if message:
            raise QgsProcessingException(message)
        try:
            self._params = self._validated(parameters, context)
        except GroundlineError as error:
            raise QgsProcessingException(str(error)) from None
        self._warn_about_temporary_folders(parameters, context, feedback)
        return True

    def processAlgorithm(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> dict[str, Any]:
        monitor = FeedbackMonitor(feedback)
        try:
            result = self.compute(self._params, monitor)
            outputs = self.present(result, context, feedback)
        except Cancelled as cancelled:
            if not feedback.isCanceled():
                raise QgsProcessingException(str(cancelled)) from None
            feedback.pushInfo(str(cancelled))
            return {}
        except GroundlineError as error:
            raise QgsProcessingException(str(error)) from None
        except OSError as error:
            raise QgsProcessingException(system_message(error)) from error
        for warning in result.warnings:
            monitor.warn(warning)
        return {**outputs, **self._numbers(result, feedback)}

    # Help for subclasses

    def resources(self) -> Compute:
        """Memory budget, workers and scheduler from the user's settings."""
        return settings.compute()

    def folder(self, parameters: dict[str, Any], name: str, context: QgsProcessingContext) -> Path:
        """The folder that a file or destination parameter names."""
        return Path(self.parameterAsString(parameters, name, context))

    def optional_number(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> float | None:
        """The value of a number parameter, None when it is left empty."""
        given = parameters.get(name)
        return None if given is None or given == "" else self.parameterAsDouble(parameters, name, context)

    def _validated(self, parameters: dict[str, Any], context: QgsProcessingContext) -> Any:
        params = self.core_parameters(parameters, context)
        params.validate()
        return params

    def _numbers(self, result: Result, feedback: QgsProcessingFeedback) -> dict[str, Any]:
        """Log every number of the result and return the declared ones under their output names."""
        for number in result.numbers.values():
            value = "not determined" if number.value is None else f"{number.value:g} {number.unit}".rstrip()
            feedback.pushInfo(f"{number.description}: {value}")
        return {key.upper(): result.numbers[key].value for key, _ in self.NUMBERS if key in result.numbers}

    def _warn_about_temporary_folders(
        self, parameters: dict[str, Any], context: QgsProcessingContext, feedback: QgsProcessingFeedback
    ) -> None:
        temporary = Path(QgsProcessingUtils.tempFolder()).resolve()
        for definition in self.destinationParameterDefinitions():
            if definition.type() != "folderDestination":
                continue
            folder = self.folder(parameters, definition.name(), context).resolve()
            if temporary == folder or temporary in folder.parents:
                feedback.pushWarning(
                    self.tr("The results go to a temporary folder, which QGIS deletes when it closes: ")
                    + str(folder)
                )


def help_html(algorithm: GroundlineAlgorithm) -> str:
    """Summary, then parameters, then outputs; one line, because QGIS makes a paragraph of every line."""
    inputs = {definition.name(): definition.description() for definition in algorithm.parameterDefinitions()}
    outputs = {definition.name(): definition.description() for definition in algorithm.outputDefinitions()}
    # A number may have the name of a parameter, whose help comes first: PAIRS of interferograms.
    texts = {key.upper(): text for key, text in algorithm.NUMBERS} | dict(algorithm.HELP)
    paragraphs = algorithm.tr(algorithm.SUMMARY).strip().split("\n\n")
    parts = [f"<p>{html.escape(_one_line(text), quote=False)}</p>" for text in paragraphs]
    for heading, names in (
        (algorithm.tr("Parameters"), inputs),
        (algorithm.tr("Outputs"), {name: text for name, text in outputs.items() if name not in inputs}),
    ):
        if names:
            parts.append(f"<h3>{heading}</h3>")
        for name, label in names.items():
            text = _one_line(algorithm.tr(texts.get(name, "")))
            shown = f": {html.escape(text, quote=False)}" if text and text != label else ""
            parts.append(f"<p><b>{html.escape(label, quote=False)}</b>{shown}</p>")
    return "".join(parts)


def system_message(error: OSError) -> str:
    """What the system refused, for a person: the reason, the file, what helps."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: free some space and run again; finished files are kept."
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refused: {error.strerror or error}{where}. Check the folder and its permissions."


def _one_line(text: str) -> str:
    return " ".join(text.split())
