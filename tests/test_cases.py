"""Golden runs: each folder of tests/cases is a command line and what it must give.

`pytest tests/test_cases.py --refresh-cases` records them, and fails for each one that it changed.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TypeAlias

import pytest
import shell

CASES = sorted(path.parent for path in (Path(__file__).parent / "cases").glob("*/cmd"))

JSON_TOLERANCE = 1e-9  # relative

Json: TypeAlias = "bool | float | str | list[Json] | dict[str, Json] | None"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shell.furnish(tmp_path, case / "files")
    finished = shell.run((case / "cmd").read_text(), tmp_path)
    found = {
        "stdout": shell.shorten(finished.stdout),
        "stderr": shell.shorten(finished.stderr),
        "exit": f"{finished.exit}\n",
    }
    if request.config.getoption("--refresh-cases"):
        changed = [name for name, text in found.items() if not matches(recorded(case / name), text)]
        for name in changed:
            (case / name).write_text(found[name])
        if changed:
            pytest.fail(f"wrote {', '.join(changed)} of {case.name} anew: read the diff", pytrace=False)
        return
    for name, text in found.items():
        if not matches(recorded(case / name), text):
            assert text == recorded(case / name), f"{name} of {case.name} (--refresh-cases records it, if it is meant)"


def recorded(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def matches(expected: str | None, text: str) -> bool:
    """Whether the text is what is expected; JSON by its values, all else character by character."""
    if expected and expected.startswith("{") and text.startswith("{"):
        return equal_json(json.loads(text), json.loads(expected))
    return text == expected


def equal_json(found: Json, expected: Json) -> bool:
    """Whether two JSON values are equal, key order included, and floats to the tolerance."""
    if isinstance(found, dict) and isinstance(expected, dict):
        return list(found) == list(expected) and all(equal_json(found[key], expected[key]) for key in found)
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(equal_json, found, expected))
    if isinstance(found, float) and isinstance(expected, float):
        return math.isclose(found, expected, rel_tol=JSON_TOLERANCE)
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(
    ("found", "expected", "equal"),
    [
        ({"a": 1.0}, {"a": 1.0 + 1e-12}, True),
        ({"a": 1.0}, {"a": 1.0 + 1e-6}, False),
        ({"a": 1.0, "b": None}, {"b": None, "a": 1.0}, False),
        ({"a": [1.0]}, {"a": [1.0, 2.0]}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": None}, {"a": 0.0}, False),
        ("text", "other", False),
    ],
)
def test_comparison_of_json_sees_what_matters(found: Json, expected: Json, *, equal: bool) -> None:
    assert equal_json(found, expected) is equal


def test_numbers_are_cut_to_twelve_digits() -> None:
    long, short = "3.5 0.1234567890123456,-1.23456789012345e-07 v0.1.0", "3.5 0.123456789012,-1.23456789012e-07 v0.1.0"
    assert shell.shorten(long) == short
