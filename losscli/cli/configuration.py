"""The file that settings come from: losscli.toml, or [tool.losscli] in pyproject.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from losscli.errors import UsageError
from losscli.text import printable

_TWICE = ("Cannot overwrite a value", "Cannot declare ")  # what tomllib says of keys and tables
_LONGEST_PATH = 200  # characters of a path in a message


class Configuration(Struct, frozen=True, kw_only=True):
    """What a file says.

    Attributes
    ----------
    path : str
        The file, from the working directory.
    within : str
        What stands before each of its keys: "tool.losscli." or nothing.
    table : mapping
        Keys and values as TOML has them.
    """

    path: str
    within: str
    table: Mapping[str, object]


def find_configuration() -> Configuration | None:
    """Return the nearest file, from the working directory up to the root of its repository; None where there is none.

    losscli.toml comes before pyproject.toml of the same folder. Outside of a repository only the working directory is
    looked at, so that nothing which others left above it changes an answer.

    Raises
    ------
    UsageError
        The file is no TOML.
    """
    for folder in _folders():
        own, shared = folder / "losscli.toml", folder / "pyproject.toml"
        if own.is_file():
            return Configuration(path=_shown(own), within="", table=_parsed(own, own.read_bytes()))
        if shared.is_file():
            content = shared.read_bytes()
            # most say nothing of losscli, and TOML takes time to import and to read
            table = _tool(shared, content) if b"losscli" in content else None
            if table is not None:
                return Configuration(path=_shown(shared), within="tool.losscli.", table=table)
    return None


def _folders() -> list[Path]:
    """Return where files are looked for, nearest first."""
    here = Path.cwd()
    above = [here, *here.parents]
    roots = (depth for depth, folder in enumerate(above) if (folder / ".git").exists())
    return above[: next(roots, 0) + 1]


def _tool(path: Path, content: bytes) -> Mapping[str, object] | None:
    tool = _parsed(path, content).get("tool")
    table = tool.get("losscli") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{_shown(path)}: tool.losscli: expected a table", "write settings below [tool.losscli]")
    return table


def _parsed(path: Path, content: bytes) -> Mapping[str, object]:
    import tomllib

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{_shown(path)} is not UTF-8", "TOML is always written in UTF-8") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).partition(" (at ")
        line = re.match(r"line (\d+)", place)  # or "end of document"
        where = f"{_shown(path)}:{int(line[1]) if line else len(text.rstrip().splitlines())}"
        if problem.startswith(_TWICE):
            raise UsageError(f"{where}: this is set a second time", "write each key and each [table] once") from error
        raise UsageError(
            f"{where}: is no TOML: {printable(problem[:1].lower() + problem[1:])}",
            'texts stand in quotes, as in target = "price"',
        ) from error


def _shown(path: Path) -> str:
    return printable(os.path.relpath(path), _LONGEST_PATH)
