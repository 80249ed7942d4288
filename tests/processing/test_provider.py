"""The provider's public interface stays as it is, is documented, and loads light and silent."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from groundline.core.version import VERSION


def own_algorithms(provider: Any) -> list[Any]:
    from groundline.processing.base import GroundlineAlgorithm

    return [algorithm for algorithm in provider.algorithms() if isinstance(algorithm, GroundlineAlgorithm)]


def test_identity(provider: Any) -> None:
    assert provider.id() == "groundline"
    assert provider.name() == "Groundline"
    assert provider.versionInfo() == VERSION
    assert Path(provider.svgIconPath()).is_file()
    assert not provider.icon().pixmap(32, 32).toImage().isNull()


def test_interface_is_the_pinned_one(provider: Any, repository: Path) -> None:
    from groundline_tests.contract import describe_provider

    pinned = json.loads((repository / "tests" / "processing" / "contract.json").read_text(encoding="utf-8"))
    # Through JSON, so that tuples and lists compare alike.
    assert json.loads(json.dumps(describe_provider())) == pinned


def test_every_listed_algorithm_is_there_and_alone_in_its_group_folder(provider: Any) -> None:
    from groundline.processing import groups
    from groundline.processing.algorithms import ALGORITHMS

    algorithms = own_algorithms(provider)
    assert len(algorithms) == len(ALGORITHMS) == len(set(ALGORITHMS))
    assert {algorithm.groupId() for algorithm in algorithms} <= {group.id for group in groups.ALL}
    for algorithm in algorithms:
        folder, _, module = type(algorithm).__module__.rpartition(".")
        assert module == algorithm.name()
        assert folder.rpartition(".")[2] == algorithm.groupId()


def test_every_parameter_and_output_has_help(provider: Any) -> None:
    for algorithm in own_algorithms(provider):
        for definition in algorithm.parameterDefinitions():
            assert definition.help(), f"{algorithm.name()}: {definition.name()} has no help"
            assert definition.description(), f"{algorithm.name()}: {definition.name()} has no description"
        known = {definition.name() for definition in algorithm.outputDefinitions()}
        known |= {definition.name() for definition in algorithm.parameterDefinitions()}
        texts = [name for name, _ in algorithm.HELP]
        numbers = {key.upper() for key, _ in algorithm.NUMBERS}
        assert set(texts) | numbers >= known, f"{algorithm.name()}: outputs without help"
        assert set(texts) <= known, f"{algorithm.name()}: help for what does not exist"
        assert len(texts) == len(set(texts))
        assert algorithm.SUMMARY.strip()


def test_the_help_of_an_algorithm_tells_of_each_parameter_what_its_own_help_does(provider: Any) -> None:
    for algorithm in own_algorithms(provider):
        shown = html.unescape(algorithm.shortHelpString())
        for definition in algorithm.parameterDefinitions():
            text = " ".join(definition.help().split())
            assert f"<b>{definition.description()}</b>: {text}" in shown, f"{algorithm.name()}: {definition.name()}"


def test_choices_are_static_strings_and_extra_parameters_are_optional_or_have_defaults(provider: Any) -> None:
    for algorithm in own_algorithms(provider):
        for definition in algorithm.parameterDefinitions():
            if definition.type() == "enum":
                assert definition.usesStaticStrings(), f"{algorithm.name()}: {definition.name()}"
                default = definition.defaultValue()
                chosen = default if definition.allowMultiple() else [default]
                assert chosen and set(chosen) <= set(definition.options())


def test_each_algorithm_can_be_copied(provider: Any) -> None:
    for algorithm in provider.algorithms():
        copy = algorithm.create()
        assert copy.id() == algorithm.id()
        assert copy.displayName() == algorithm.displayName()
        assert len(copy.parameterDefinitions()) == len(algorithm.parameterDefinitions())


def test_loading_imports_no_scipy_and_prints_nothing(repository: Path, qgis_app: Any, tmp_path: Path) -> None:
    """In a process of its own, because other tests import scipy."""
    program = f"""
import sys
import warnings
warnings.filterwarnings("error", module="groundline")
sys.path.insert(0, {str(repository / "tests")!r})
import conftest
from pathlib import Path
from groundline_tests import qgis_session
application = qgis_session.start(Path({str(tmp_path)!r}))
heavy = {{"scipy", "matplotlib", "numba", "h5py"}} & set(sys.modules)
qgis_session.stop(application)
sys.exit(f"imported: {{heavy}}" if heavy else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if "groundline" in line.lower()]
    assert (done.returncode, said) == (0, []), done.stderr
