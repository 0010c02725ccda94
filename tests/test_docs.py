"""What README and docs show is run, and what there is to know is in them.

A block marked `console` is a session: what follows "$ " is run by bash, in order, in a fresh directory with the sample
data and the files of tests/docs; the lines under it must be what it prints (a line "…" stands for any lines). A block
marked `pycon` is run by doctest in the same place. `pytest tests/test_docs.py --refresh-docs` writes the outputs anew.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import shell

from losscli.losses import LOSSES

PAGES = [shell.ROOT / "README.md", *sorted((shell.ROOT / "docs").rglob("*.md"))]
FILES = Path(__file__).parent / "docs"
ANY_LINES = "…"
OTHER_PROGRAMS = ("jq",)  # shown in pipes with losscli, but not asked of a machine that tests it
BLOCK = re.compile(r"^```(?P<kind>console|pycon)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of a page: where its text starts (characters into the page), and its text."""

    page: Path
    start: int
    text: str


def blocks(kind: str) -> list[Block]:
    """Return all blocks of this kind, page by page."""
    return [
        Block(page=page, start=match.start("text"), text=match["text"])
        for page in PAGES
        for match in BLOCK.finditer(page.read_text())
        if match["kind"] == kind
    ]


def place(block: Block) -> str:
    """Return the page and the line of the block's fence."""
    line = block.page.read_text()[: block.start].count("\n")
    return f"{block.page.name}:{line}"


def steps(session: str) -> list[tuple[str, list[str]]]:
    """Return each command of a session with the lines under it; a command goes on after a backslash."""
    found: list[tuple[str, list[str]]] = []
    lines = iter(session.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = line[2:]
            while command.endswith("\\"):
                command += "\n" + next(lines)
            found.append((command, []))
        else:
            assert found, f"a console block starts with '$ ', not with {line!r}"
            found[-1][1].append(line)
    return found


def stands_for(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines shown are those printed, blanks at their ends and empty lines at the end aside."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == ANY_LINES else re.escape(line.rstrip()) + r"\n" for line in trimmed(shown)
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in trimmed(printed))) is not None


def trimmed(lines: list[str]) -> list[str]:
    return "\n".join(line.rstrip() for line in lines).rstrip("\n").splitlines()


@pytest.mark.parametrize("block", blocks("console"), ids=place)
def test_sessions_print_what_they_show(block: Block, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    lacking = [name for name in OTHER_PROGRAMS if f"| {name} " in block.text and shutil.which(name) is None]
    if lacking:
        pytest.skip(f"{lacking[0]} is not on this machine")
    shell.furnish(tmp_path, FILES)
    session = ""
    for command, shown in steps(block.text):
        printed = shell.shorten(shell.run(command, tmp_path, together=True).stdout).splitlines()
        kept = shown if stands_for(shown, printed) else trimmed(printed)
        session += "\n".join([f"$ {command}", *kept]) + "\n"
    if not request.config.getoption("--refresh-docs"):
        assert session == block.text
    elif session != block.text:
        page = block.page.read_text()
        assert page.count(block.text) == 1, "the block stands twice on the page"
        block.page.write_text(page.replace(block.text, session))
        pytest.fail(f"wrote {place(block)} anew: read the diff", pytrace=False)


@pytest.mark.parametrize("block", blocks("pycon"), ids=place)
def test_python_examples_print_what_they_show(block: Block, tmp_path: Path) -> None:
    shell.furnish(tmp_path, FILES)
    (tmp_path / "example.txt").write_text(block.text)
    python = shlex.quote(sys.executable)
    finished = shell.run(f"{python} -m doctest -o ELLIPSIS -o NORMALIZE_WHITESPACE example.txt", tmp_path)
    assert (finished.stdout + finished.stderr, finished.exit) == ("", 0)


@cache
def manual(*command: str) -> str:
    return shell.run(shlex.join(["losscli", *command, "--help"]), shell.ROOT).stdout


@cache
def commands() -> list[str]:
    """Return the names that `losscli --help` lists."""
    return re.findall(r"^  ([a-z][a-z-]*) {2,}", manual().partition("Commands:")[2], re.MULTILINE)


@cache
def documentation() -> str:
    return "\n".join(page.read_text() for page in PAGES)


def test_every_command_is_documented() -> None:
    assert {"eval", "losses"} <= set(commands())
    assert [name for name in commands() if f"losscli {name}" not in documentation()] == []


def test_every_option_is_documented() -> None:
    listed = r"(?<![\w-])--[a-z][a-z-]+"
    options = {option for help_text in [manual(), *map(manual, commands())] for option in re.findall(listed, help_text)}
    assert "--losses" in options
    assert sorted(options - set(re.findall(listed, documentation()))) == []


def test_every_loss_is_documented() -> None:
    words = set(re.findall(r"\w+", documentation()))
    assert [loss.name for loss in LOSSES if loss.name not in words] == []


def test_readme_names_the_two_commands_that_do_all_the_set_up() -> None:
    readme = PAGES[0].read_text()
    assert "make run" in readme
    assert "make test" in readme


@pytest.mark.parametrize(
    ("shown", "printed", "stands"),
    [
        (["a", "b"], ["a  ", "b", ""], True),
        (["a"], ["a", "b"], False),
        (["a", ANY_LINES], ["a", "b", "c"], True),
        ([ANY_LINES, "c"], ["a", "b", "c"], True),
        ([ANY_LINES, "d"], ["a", "b", "c"], False),
        (["a.c"], ["abc"], False),
        ([], ["a"], False),
        ([], [], True),
    ],
)
def test_shown_lines_stand_for_printed_ones(shown: list[str], printed: list[str], *, stands: bool) -> None:
    assert stands_for(shown, printed) is stands
