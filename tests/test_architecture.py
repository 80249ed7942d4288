"""The rooms of the house: who may import whom, and what shipped code never does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("core", "processing", "plugin")
SHIPPED = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

# What each room must not import: other rooms by the first part of a relative path, packages by name.
FORBIDDEN_ROOMS = {"core": {"processing", "plugin"}, "processing": {"plugin"}, "plugin": set()}
FORBIDDEN_PACKAGES = {
    "core": {"qgis", "PyQt5", "PyQt6", "processing", "plugin"},
    "processing": {"PyQt5", "PyQt6", "scipy", "matplotlib", "plugin"},
    "plugin": {"PyQt5", "PyQt6", "scipy"},
}
NEVER = {
    "subprocess",
    "pickle",
    "shelve",
    "marshal",
    "xml",
    "groundline",
    "core",
    "pytest",
    "ctypes",
    "multiprocessing",
}
ALLOWED = {"xml.parsers"}  # expat fetches nothing, and entities are refused (core/xmltree.py)
LONGEST_FILE = 450
# Rooms of core in the order in which data flows; a room knows only those before it.
ORDER = (
    "formats",
    "sentinel1",
    "filtering",
    "selection",
    "unwrapping",
    "timeseries",
    "geocoding",
    "validation",
    "corridor",
    "mining",
)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    # Python 3.9 is the floor: newer syntax is a SyntaxError here.
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path), feature_version=(3, 9))


def imports(path: Path) -> Iterator[tuple[str, int, str]]:
    """(first package, or room within the house; line; "absolute" or "relative") of every import."""
    folder = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name.partition(".")[0], node.lineno, "absolute"
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if node.module not in ALLOWED:
                yield (node.module or "").partition(".")[0], node.lineno, "absolute"
        elif isinstance(node, ast.ImportFrom):
            base = folder[: len(folder) - (node.level - 1)]
            parts = [*base, *(node.module or "").split(".")] if node.module else list(base)
            targets = [[*parts, alias.name] for alias in node.names] if not parts else [parts]
            for target in targets:
                yield target[0], node.lineno, "relative"


def neighbours(path: Path) -> Iterator[tuple[str, int]]:
    """(room or file of core, line) of every relative import of a file in core."""
    folder = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            target = [*folder[: len(folder) - (node.level - 1)], *(node.module or "").split(".")]
            target = [part for part in target if part]
            for room in [target[1]] if len(target) > 1 else [alias.name for alias in node.names]:
                yield room, node.lineno


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_imports_run_down_the_house(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for target, line, kind in imports(path):
        where = f"{name(path)}:{line} imports {target}"
        if kind == "relative":
            assert target in ROOMS, f"{where}: leaves the house"
            assert target not in FORBIDDEN_ROOMS[room], f"{where}: runs up the house"
        else:
            # QGIS's own `processing` is an absolute import that only the plugin may make.
            assert target not in FORBIDDEN_PACKAGES[room] | NEVER, where


@pytest.mark.parametrize("room", ORDER)
def test_a_room_of_core_knows_only_rooms_before_it(room: str) -> None:
    later = set(ORDER[ORDER.index(room) + 1 :])
    for path in sorted((ROOT / "core" / room).rglob("*.py")):
        for target, line in neighbours(path):
            assert target not in later, f"{name(path)}:{line} imports {target}"


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_shipped_code_keeps_to_the_rules(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for node in ast.walk(tree(path)):
        where = f"{name(path)}:{getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ast.Assert), f"{where}: assert"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{where}: bare except"
            assert not all(isinstance(item, ast.Pass) for item in node.body), f"{where}: except and pass"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called not in {"eval", "exec", "os.system", "os.chdir"}, f"{where}: {called}"
            assert not called.endswith(("UseExceptions", ".exec_")), f"{where}: {called}"
            words = {keyword.arg for keyword in node.keywords}
            assert not (called == "zip" and "strict" in words), f"{where}: zip(strict=) is Python 3.10"
            assert not (called == "dataclass" and "slots" in words), f"{where}: slots= is Python 3.10"
            assert not (room == "core" and called == "print") or path.name == "monitor.py", f"{where}: print"
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            text = ast.unparse(node)
            assert "pyplot" not in text, f"{where}: pyplot"
            assert "rcParams" not in text, f"{where}: rcParams"


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_modules_are_documented_small_and_ready_for_python_3_9(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module), f"{name(path)} has no docstring"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE, f"{name(path)} does two jobs"
    code = module.body[1:]
    if any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in code):
        first = code[0]
        assert isinstance(first, ast.ImportFrom), name(path)
        assert first.module == "__future__", f"{name(path)}: from __future__ import annotations comes first"


def test_the_package_itself_holds_class_factory_and_imports_nothing() -> None:
    body = tree(ROOT / "__init__.py").body
    assert [getattr(node, "name", type(node).__name__) for node in body] == ["Expr", "classFactory"]


def test_no_machine_paths_in_what_is_published() -> None:
    pattern = re.compile(r"(?<![\w.$}])/(work|root|home)/\w")
    published = [path for path in ROOT.rglob("*") if path.suffix in {".py", ".md", ".sh", ".txt", ".toml"}]
    skipped = {".venv", "build", ".git", "demo"}
    for path in published:
        if not skipped & set(path.relative_to(ROOT).parts):
            found = pattern.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{name(path)}: {found and found.group(0)}"


def test_the_walk_sees_what_it_must_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks above can fail: each kind of forbidden import is recognised."""
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "core" / "formats").mkdir(parents=True)
    sample = tmp_path / "core" / "formats" / "bad.py"
    sample.write_text(
        "from ...plugin import main\nfrom ... import processing\nimport qgis.core\nfrom ..errors import X\n"
    )
    assert [(target, kind) for target, _, kind in imports(sample)] == [
        ("plugin", "relative"),
        ("processing", "relative"),
        ("qgis", "absolute"),
        ("core", "relative"),
    ]
