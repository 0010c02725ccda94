"""What pipelines read: JUnit XML, annotations of GitHub, lines of JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from render.results import results

from losscli.render import Style, render
from losscli.result import Check, Kind, Result, Sentence, Status, Value

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "junit-10.xsd")
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(name="rmse", status=Status.FAIL, message="{name} is {value}"):
    values = {"name": Value(kind=Kind.TEXT, raw=name), "value": Value(kind=Kind.NUMBER, raw=3.5)}
    found = Value(kind=Kind.NUMBER, raw=3.5)
    return Check(
        name=name, limit="> 3", value=found, ci=None, status=status, message=Sentence(text=message, values=values)
    )


def answer(*checks, records=()):
    return Result(
        schema="losscli.gate/1", payload={}, records=records, heading=Sentence(text="a.csv"), sections=(), checks=checks
    )


@few
@given(result=results)
def test_junit_is_valid_and_counts_its_cases(result):
    text = render(result, "junit", Style())
    SCHEMA.validate(text)
    suite = ET.fromstring(text)[0]  # noqa: S314  it is ours
    cases = suite.findall("testcase")
    assert int(suite.get("tests")) == len(cases) == len(result.checks)
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
    for case, made in zip(cases, result.checks, strict=True):
        assert [child.get("type") for child in case] == ([] if made.status is Status.PASS else [made.status.value])


@pytest.mark.parametrize("name", ["a\x00b", "a\x1bb", "a\ufffeb", "a\ud800b", "a\uffffb"])
def test_junit_has_nothing_that_xml_forbids(name):
    text = render(answer(check(name)), "junit", Style())
    SCHEMA.validate(text)
    assert "&#" not in text


def test_the_schema_can_refuse():
    text = render(answer(check()), "junit", Style())
    for broken in (text.replace(' tests="1"', ""), text.replace("<failure", "<fault").replace("</failure", "</fault")):
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            SCHEMA.validate(broken)


def test_a_case_in_junit_says_what_failed():
    suite = ET.fromstring(render(answer(check("mae <&>")), "junit", Style()))[0]  # noqa: S314  it is ours
    (case,) = suite.findall("testcase")
    assert case.get("name") == "mae <&>, fails if > 3"
    assert case[0].get("message") == case[0].text == "mae <&> is 3.5"


def test_annotations_are_escaped():
    text = render(answer(check("a,b:c", message="100 % of\r\n::set-env name=x::{name}")), "github", Style())
    first, second = text.splitlines()
    assert first == "::error title=a%2Cb%3Ac::100 %25 of\\r\\n::set-env name=x::a,b:c"
    assert second == "::notice title=losscli::1 failed, 0 inconclusive, 0 passed; a.csv"


def test_annotations_are_ten_of_a_kind_at_most():
    statuses = [Status.FAIL] * 11 + [Status.INCONCLUSIVE] * 10 + [Status.PASS] * 20
    text = render(answer(*(check(f"c{number}", status) for number, status in enumerate(statuses))), "github", Style())
    kinds = [line.split(" ")[0] for line in text.splitlines()]
    assert [kinds.count(kind) for kind in ("::error", "::warning", "::notice")] == [10, 10, 1]
    assert "::error title=losscli::and 2 more" in text.splitlines()


@few
@given(result=results)
def test_every_annotation_is_a_line(result):
    for line in render(result, "github", Style()).splitlines():
        assert line.startswith(("::error title=", "::warning title=", "::notice title="))


@few
@given(result=results)
def test_lines_of_json_hold_the_records(result):
    lines = render(result, "jsonl", Style()).split("\n")[:-1]
    assert len(lines) == max(1, len(result.records))
    for line, record in zip(lines, result.records, strict=False):
        found = json.loads(line)
        assert found["schema"] == record.get("schema", result.schema)
        numbers = [value for value in record.values() if isinstance(value, float) and math.isfinite(value)]
        assert [value for value in found.values() if isinstance(value, float)] == numbers
