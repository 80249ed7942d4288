"""The public interface of the provider as plain data."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsApplication, QgsProcessingModelAlgorithm, QgsProcessingParameterDefinition

_Flag = QgsProcessingParameterDefinition.Flag


def describe_provider() -> dict[str, Any]:
    """Interface of every algorithm and model of the provider by id (without the provider's prefix)."""
    provider = QgsApplication.processingRegistry().providerById("groundline")
    return {algorithm.name(): describe(algorithm) for algorithm in provider.algorithms()}


def describe(algorithm: Any) -> dict[str, Any]:
    """Group, parameters (name, type, default, optional, choices) and outputs (name, type).

    Versions of QGIS name the outputs of a model differently, so only its parameters are public.
    """
    out = {
        "group": algorithm.groupId(),
        "parameters": [_parameter(definition) for definition in algorithm.parameterDefinitions()],
    }
    if not isinstance(algorithm, QgsProcessingModelAlgorithm):
        out["outputs"] = [[output.name(), output.type()] for output in algorithm.outputDefinitions()]
    return out


def _parameter(definition: Any) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": definition.name(),
        "type": definition.type(),
        "default": definition.defaultValue(),
        "optional": bool(definition.flags() & _Flag.FlagOptional),
    }
    if definition.type() == "enum":
        out["options"] = definition.options()
        out["static"] = definition.usesStaticStrings()
    return out
