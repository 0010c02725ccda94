"""What is said of settings: all of them with --show-config, a note beside an answer, and a hint beside an error."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from losscli import __version__
from losscli.cli.settings import Origin, Setting, variable_of
from losscli.result import Column, Kind, Notice, Result, Section, Sentence, Table, count_value, notice, text_value

if TYPE_CHECKING:
    from losscli.cli.setting_value import Word
    from losscli.errors import LosscliError

_COLUMNS = (
    Column(key="setting", header="setting", kind=Kind.TEXT),
    Column(key="value", header="value", kind=Kind.TEXT),
    Column(key="place", header="from", kind=Kind.TEXT),
)


def listing(command: str, settings: Mapping[str, Setting]) -> Result:
    """Return all settings of a command, each with its value and where it comes from."""
    origins = {
        name: {"origin": setting.origin.value, "place": None if setting.place is None else str(setting.place)}
        for name, setting in settings.items()
    }
    rows = tuple(
        (name, _written(setting.value), str(setting.place or setting.origin)) for name, setting in settings.items()
    )
    given = sum(setting.origin is not Origin.DEFAULT for setting in settings.values())
    return Result(
        schema="losscli.config/1",
        payload={
            "version": __version__,
            "command": command,
            "settings": [
                {"setting": name, "value": setting.value, **origins[name]} for name, setting in settings.items()
            ],
        },
        records=tuple(
            {"setting": name, "value": _written(setting.value), **origins[name]} for name, setting in settings.items()
        ),
        heading=Sentence(
            text="losscli {command} · {given} of its settings given",
            values={
                "command": text_value(command),
                "given": count_value(given),
            },
        ),
        sections=(Section(table=Table(columns=_COLUMNS, rows=rows)),),
    )


def notices(settings: Mapping[str, Setting]) -> Iterator[Notice]:
    """Yield what the reader of an answer should know: which settings stand elsewhere than on the command line."""
    sources: dict[str, list[str]] = {}
    for name, setting in settings.items():
        if setting.place is not None:
            sources.setdefault(setting.place.source, []).append(name)
    if sources:
        parts = [f"{{source{n}}} sets {', '.join(names)}" for n, names in enumerate(sources.values())]
        told = {f"source{n}": text_value(source) for n, source in enumerate(sources)}
        yield notice("settings", "; ".join(parts), **told)


def add_origin(error: LosscliError, settings: Mapping[str, Setting]) -> None:
    """Say beside an error where the settings stand that it speaks of, if that is not on the command line."""
    named = set(re.findall("'(.*?)'", error.message))
    meant = {
        name: setting
        for name, setting in settings.items()
        if setting.place is not None
        and (re.search(rf"--{name}\b", error.message) or named.intersection(_pieces(setting.value)))
    }
    if meant:
        told = f"this comes from {', '.join(str(setting.place) for setting in meant.values())}"
        off = [name for name, setting in meant.items() if setting.value is True and setting.origin is Origin.FILE]
        told += "".join(f"; {variable_of(name)}=false switches it off for once" for name in off)
        error.hint = "\n".join(filter(None, (error.hint, told)))


def _pieces(value: Word) -> Iterator[str]:
    """Yield what an error may quote of a value: the whole of it, and what stands between its commas."""
    for text in value if isinstance(value, tuple) else (value,):
        if isinstance(text, str):
            yield text
            yield from text.split(",")


def _written(value: Word) -> str | None:
    """Return a value in one line, several with commas; None for none."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None or isinstance(value, str) else ", ".join(value)
