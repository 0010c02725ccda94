"""What models of several files are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from losscli.engine.files.content import PACKED
from losscli.engine.files.files import STANDARD_INPUT
from losscli.text import printable

if TYPE_CHECKING:
    from losscli.engine.files.row_source import RowSource


def file_names(sources: Sequence[RowSource], labels: Sequence[str | None]) -> tuple[str, ...]:
    """Return a name for each file: its label, or the stem of its path where no other has it, or its path.

    Parameters
    ----------
    labels : sequence of str or None
        The labels that the user gave, one for each source.
    """
    stems = [label or _stem(source) for source, label in zip(sources, labels, strict=True)]
    names: list[str] = []
    for source, label, stem in zip(sources, labels, stems, strict=True):
        name = stem if label or stems.count(stem) == 1 else source.label
        numbered = (f"{name} ({number})" for number in range(2, len(stems) + 1))
        names.append(name if name not in names else next(each for each in numbered if each not in names))
    return tuple(names)


def _stem(source: RowSource) -> str:
    if source.format == "frame" or source.path == STANDARD_INPUT or any(sign in source.path for sign in "*?["):
        return source.label
    path = Path(source.path)
    return printable((path.with_suffix("") if path.suffix in PACKED else path).stem, 200)
