"""The checks of an answer as JUnit XML, which CI servers show: one test case for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from losscli.render.sentences import fill
from losscli.render.words import foreign, own
from losscli.result import Status

if TYPE_CHECKING:
    from losscli.render.style import Style
    from losscli.result import Check, Result

# What XML 1.0 has no place for, not even as a reference
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: Result, style: Style) -> str:
    """Return the checks of `result` as a test suite; what is inconclusive counts as skipped."""
    statuses = [check.status for check in result.checks]
    counts = {
        "tests": len(statuses),
        "failures": statuses.count(Status.FAIL),
        "errors": 0,
        "skipped": statuses.count(Status.INCONCLUSIVE),
    }
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", {"name": "losscli"} | {key: str(count) for key, count in counts.items()})
    properties = ET.SubElement(suite, "properties")
    for name, value in (("read", fill(result.heading, style)), ("computed", own(result.signature, style))):
        ET.SubElement(properties, "property", {"name": name, "value": _allowed(value)})
    for check in result.checks:
        _add_case(suite, check, style)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_case(suite: ET.Element, check: Check, style: Style) -> None:
    name = f"{foreign(check.name, style)}, fails if {foreign(check.limit, style)}"
    case = ET.SubElement(suite, "testcase", {"classname": "losscli.gate", "name": _allowed(name)})
    if check.status is Status.PASS:
        return
    message = _allowed(fill(check.message, style))
    tag = "failure" if check.status is Status.FAIL else "skipped"
    ET.SubElement(case, tag, {"message": message, "type": check.status.value}).text = message.strip()


def _allowed(text: str) -> str:
    return _FORBIDDEN.sub("", text)
