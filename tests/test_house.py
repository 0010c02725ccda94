"""The house rules of CONTRIBUTING.md, held over the source tree."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

import losscli

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "losscli"
MODULES = sorted(PACKAGE.rglob("*.py"))
OURS = [path for folder in ("losscli", "tests", "sample_data", "benchmarks") for path in (ROOT / folder).rglob("*.py")]

LEAVES = {"arrays", "errors", "result", "text"}
MAY_IMPORT = {
    "": {"cli", "analyses"},  # __main__ starts the program, __init__ is the face of the library
    "cli": {"cli", "analyses", "render"},
    "analyses": {"analyses", "engine", "losses"},
    "engine": {"engine", "losses"},
    "losses": {"losses"},
    "render": {"render"},
}
ENGINE_FLOORS = {
    "files": {"files"},
    "folds": {"folds"},
    "table": {"table", "files", "folds"},
    "statistics": {"statistics", "table", "folds"},
}
COMMANDS = {"eval", "compare", "outliers", "bias", "gate", "losses"}
HEAVY = {"numpy", "pandas", "polars", "scipy", "pyarrow", "duckdb"}
LIGHT_ROOMS = {"", "cli", "render"}
LONGEST_FILE = 400  # lines


def imports(path: Path, when: Literal["ever", "running", "loading"] = "ever") -> Iterator[str]:
    """Yield the dotted names that a file imports: all, those not for types alone, or those that loading it imports."""

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            later = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            for_types = isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"
            if not (for_types and when != "ever") and not (later and when == "loading"):
                yield child
                yield from walk(child)

    for node in walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports within losscli are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """Return the room of a file of the package; "" for the leaves and what else lies in the hall."""
    folder = path.relative_to(PACKAGE).parent
    return folder.parts[0] if folder.parts else ""


def ours(path: Path) -> set[tuple[str, ...]]:
    """Return what a file imports of losscli, as parts: ("engine", "fold")."""
    names = {tuple(name.split(".")[1:]) for name in imports(path) if name.split(".")[0] == "losscli"}
    return {parts for parts in names if parts}


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_run_one_way(path: Path) -> None:
    inside = {parts[0] for parts in ours(path)} - {"__version__"}
    if room(path) == "" and path.stem in LEAVES:
        assert inside == set(), "a leaf imports nothing of ours"
    else:
        assert inside <= LEAVES | MAY_IMPORT[room(path)]


@pytest.mark.parametrize("path", [path for path in MODULES if room(path) == "engine"], ids=relative)
def test_the_floors_of_the_engine_stand_on_each_other(path: Path) -> None:
    floor = path.relative_to(PACKAGE / "engine").parent.name
    below = {parts[1] for parts in ours(path) if parts[0] == "engine" and len(parts) > 1}
    assert below <= ENGINE_FLOORS.get(floor, set())


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_siblings_do_not_import_each_other(path: Path) -> None:
    name = path.relative_to(PACKAGE).with_suffix("").parts[1:2]  # a file of the room, or a folder of it
    siblings = {parts[1] for parts in ours(path) if len(parts) > 1 and parts[0] == room(path)} - set(name)
    if room(path) == "cli" and COMMANDS.intersection(name):
        assert not siblings & COMMANDS
    if room(path) == "analyses" and name not in {("__init__",), ("face",)}:  # the face offers all questions to Python
        assert siblings <= {"evaluation"}  # the floor that the questions stand on
    if room(path) == "render" and name[0].startswith("to_"):
        assert not {sibling for sibling in siblings if sibling.startswith("to_")}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_heavy_imports_stay_off_the_top(path: Path) -> None:
    heavy = {name.split(".")[0] for name in imports(path, "loading")} & HEAVY
    if room(path) in LIGHT_ROOMS:
        assert heavy == set()
    assert heavy <= {"numpy"}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_click_is_taken_from_typer(path: Path) -> None:
    assert "click" not in {name.split(".")[0] for name in imports(path)}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_the_scans_call_polars(path: Path) -> None:
    if not relative(path).startswith("losscli/engine/files/scan"):
        assert "polars" not in {name.split(".")[0] for name in imports(path, "running")}


@pytest.mark.parametrize("path", OURS, ids=relative)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_modules_are_named_for_what_they_hold(path: Path) -> None:
    assert path.stem not in {"utils", "util", "helpers", "manager", "common", "misc"}


def loaded(code: str) -> set[str]:
    """Return the names of all modules that a fresh interpreter holds after running the code."""
    report = "import sys; sys.stderr.write('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    return set(done.stderr.splitlines()[-1].split())


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not loaded("import losscli") & (HEAVY | {"rich", "typer"})


@pytest.mark.parametrize("command", [None, "eval"])
def test_help_imports_nothing_heavy_and_no_other_command(command: str | None) -> None:
    argv = [*([] if command is None else [command]), "--help"]
    names = loaded(f"from losscli.cli.app import main; assert main({argv}) == 0")
    assert not names & (HEAVY | {"pydantic", "rich"})
    assert {each for each in COMMANDS if f"losscli.cli.{each}" in names} == {command} - {None}


@pytest.mark.parametrize("command", ["eval", "bias --bins 3", "outliers"])
def test_commands_import_no_more_than_they_need(command: str) -> None:
    names = loaded(
        f"from losscli.cli.app import main; assert main({[*command.split(), 'sample_data/diabetes.csv']}) == 0"
    )
    assert not names & {"pandas", "pyarrow", "pydantic", "scipy"}
    assert {each for each in COMMANDS if f"losscli.cli.{each}" in names} == {command.split(maxsplit=1)[0]}


def test_the_version_is_said_once_and_the_types_are_shipped() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == losscli.__version__
    assert (PACKAGE / "py.typed").is_file()
