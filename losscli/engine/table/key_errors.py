"""What is said of keys that are missing, stand more than once, or have no partner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from losscli.engine.files.block import SHOWN_CELLS
from losscli.engine.files.cell_error import cell_error
from losscli.engine.table.disagree import cells_at, place_of
from losscli.errors import InputError
from losscli.text import quoted

if TYPE_CHECKING:
    from losscli.arrays import IntArray
    from losscli.engine.files.scan_keys import Keys
    from losscli.engine.files.source import Source

_SPELT_ALIKE = "a key has to be spelt alike in all files (007 is not 7); or pair them by another key"


def missing_keys(source: Source, on: Sequence[str], keys: Keys, missing: IntArray) -> InputError:
    """Return the error for rows, at the positions `missing`, that lack a key or a part of it."""
    (first,) = keys.frame[[int(missing[0])]].rows()
    column = next(name for name, cell in zip(on, first, strict=True) if cell is None)
    cells = cells_at(source, column, missing[:SHOWN_CELLS].tolist())
    hint = "--missing drop leaves such rows out of every model and counts them"
    return cell_error(column, len(missing), cells, "missing key", hint)


def repeated_keys(source: Source, on: Sequence[str], keys: Keys) -> InputError:
    """Return the error for keys that stand more than once in a file, at least one."""
    repeated = keys.repeated()
    rows, count = repeated[0], len(repeated)
    (text,) = keys.texts(rows[:1].tolist())
    places = [place_of(source, cell) for cell in cells_at(source, on[0], rows[:SHOWN_CELLS].tolist())]
    more = ", …" if len(rows) > len(places) else ""
    what = "1 key stands more than once" if count == 1 else f"{count} keys stand more than once, the first is"
    return InputError(
        f"{source.label}: {what}: {_said(text)} ({', '.join(places)}{more})",
        "a key stands once in each file; --on KEY,KEY makes it of several columns",
    )


def unpaired_keys(sides: Sequence[tuple[Source, Source, Keys, IntArray]]) -> InputError:
    """Return the error for keys that one file has and another has not.

    Parameters
    ----------
    sides : sequence of (Source, Source, Keys, ndarray)
        The file that has them, the one that lacks them, the keys of the first, and the positions of those.
    """
    said = []
    for owner, lacking, keys, positions in sides:
        shown = ", ".join(_said(text) for text in keys.texts(positions[:SHOWN_CELLS].tolist()))
        more = ", …" if len(positions) > SHOWN_CELLS else ""
        what = "1 key" if len(positions) == 1 else f"{len(positions)} keys"
        verb = "is" if len(positions) == 1 else "are"
        said.append(f"{what} of {owner.label} {verb} not in {lacking.label}: {shown}{more}")
    shares = any(len(positions) < len(keys) for _, _, keys, positions in sides)
    common = "--common keeps the rows that all files share, and counts the others"
    return InputError("; ".join(said), common if shares else _SPELT_ALIKE)


def no_shared_key(sources: Sequence[Source], on: Sequence[str]) -> InputError:
    """Return the error for files that have no key in common."""
    labels = " and ".join(source.label for source in sources)
    return InputError(f"{labels} share no key of {', '.join(quoted(name) for name in on)}", _SPELT_ALIKE)


def _said(text: Sequence[str]) -> str:
    return "/".join(quoted(each) for each in text)
