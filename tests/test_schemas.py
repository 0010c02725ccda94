"""Every JSON answer is what its schema in losscli/schemas says, and holds nothing that the schema does not name."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

import losscli
from losscli.cli.app import main
from losscli.losses import names

ROOT = Path(__file__).parent.parent
SCHEMAS = ROOT / "losscli" / "schemas"
DATA = ROOT / "sample_data"

VISITS, PROFILES, DIABETES = (
    f"{DATA}/{name}.csv" for name in ("doctor_visits", "doctor_visits_by_profile", "diabetes")
)
CANCER, DIGITS, LOGITS = f"{DATA}/breast_cancer.csv", f"{DATA}/digits.csv", f"{DATA}/digits_logits.parquet"
LABELS = "y_true,y_pred\ncat,cat\ndog,dog\nowl,cat\ncat,dog\n"
MULTILABEL = "true_a,true_b,prob_a,prob_b\n1,0,0.9,0.4\n1,1,0.6,0.7\n0,1,0.2,0.8\n"
INFINITE = "y_true,y_prob\n1,0\n0,0.2\n1,0.7\n"
INFINITE_OF_TWO = "y_true,pred_a,pred_b\n1,0.6,0\n0,0.2,0.3\n1,0.7,0.9\n"
CONSTANT = "y_true,y_pred\n2,1\n2,2\n2,4\n"
EQUAL = "y_true,y_pred\n1.5,2.5\n3,4\n5,6\n"
HUGE = "y_true,y_pred\n1e308,-1e308\n-1e308,1e308\n2,3\n"
FAR = "y_true,pred_a,pred_b\n-1e308,1e308,2\n-1e308,1e308,5\n1e308,2,3\n"
ONE_FAR = "y_true,pred_a,pred_b\n-1e308,1e308,2\n"
MAIN = "y_true,y_pred\n1,2\n2,4\n3,3\n4,9\n5,5\n"
NEW = "y_true,y_pred\n1,2\n2,3\n3,3\n4,6\n5,4\n"

RUNS = [
    *(["eval", path] for path in (VISITS, DIABETES, DIGITS, LOGITS)),
    ["eval", PROFILES, "--weight", "person_years"],
    ["eval", VISITS, "--losses", "mse,mbe,huber:delta=2,mape:zero=skip,pinball:tau=0.9", "-p", "pred_log"],
    ["eval", VISITS, DIABETES, "-p", "pred_*", "--ci", "off"],
    ["eval", VISITS, "--brief"],
    ["eval", VISITS, "--by", "health,coinsurance", "--losses", "mae"],
    ["eval", CANCER, "-t", "diagnosis", "--positive", "malignant", "-p", "y_prob"],
    ["eval", CANCER, "-t", "y_true", "-p", "y_margin", "--losses", "hinge"],
    ["eval", "labels.csv"],
    ["eval", "multilabel.csv"],
    ["eval", "infinite.csv"],
    ["eval", "constant.csv"],
    ["bias", "huge.csv"],
    ["bias", "huge.csv", "--bins", "2"],
    *(["compare", path] for path in (VISITS, DIABETES, DIGITS)),
    ["compare", VISITS, "-p", "pred_log", "--losses", "mse,mae,mbe,huber"],
    ["compare", "main.csv", "new.csv"],
    ["compare", VISITS, "--by", "health"],
    ["compare", VISITS, "--losses", "mse,mbe"],
    ["compare", VISITS, "-p", "pred_log", "--by", "health,coinsurance", "--losses", "mae"],
    *(["compare", path] for path in ("infinite.csv", "infinite_of_two.csv")),
    ["compare", DIABETES, "--ci", "off", "--correction", "none", "--baseline", "forest"],
    ["gate", VISITS, "--fail-if", "rmse > 4", "--fail-if", "abs(bias) > 2%", "--fail-if", "outliers > 5"],
    ["gate", VISITS, "--fail-if", "skill.mse < 50%", "--confident"],
    ["gate", DIGITS, "--fail-if", "bias > 1%", "--fail-if", "cce > 1"],
    ["gate", "infinite.csv", "--fail-if", "bce > 1"],
    ["gate", "constant.csv", "--fail-if", "skill.mse < 1", "--ci", "off"],
    ["gate", "new.csv", "--baseline", "main.csv", "--max-regress", "1%"],
    ["gate", VISITS, "--fail-if", "mae > 3", "--fail-if", "rmse > 3.8", "--confident", "--by", "health"],
    ["outliers", VISITS, "--keep", "id", "--top", "3"],
    ["outliers", VISITS, "--by", "health,coinsurance", "--top", "1"],
    ["outliers", PROFILES, "--weight", "person_years", "--rule", "iqr:3", "--stress"],
    ["outliers", DIABETES, "-p", "pred_ridge", "--losses", "mse,mbe", "--rule", "top:2"],
    ["outliers", DIABETES, "-p", "pred_ridge", "--rule", "adjusted-boxplot"],
    ["outliers", CANCER, "-t", "diagnosis", "--positive", "malignant", "-p", "y_prob"],
    *(["outliers", path] for path in (DIGITS, "labels.csv", "multilabel.csv", "infinite.csv", "constant.csv")),
    ["bias", VISITS, "-p", "pred_log", "--by", "health", "--bins", "4", "--equivalent-within", "5%"],
    ["bias", VISITS, "-p", "pred_log", "--losses", "pinball:tau=0.9,mae", "--along", "id", "--ci", "off"],
    ["bias", VISITS, "-p", "pred_log", "--losses", "expectile:tau=0.9", "--by", "health,coinsurance"],
    ["bias", PROFILES, "--weight", "person_years", "--losses", "pinball:tau=0.9", "--by", "health"],
    *(["bias", path] for path in (DIABETES, DIGITS, LOGITS, "multilabel.csv", "infinite.csv", "constant.csv")),
    ["bias", "far.csv", "--equivalent-within", "2%"],
    ["compare", "one_far.csv", "--murphy"],
    *([command, "equal.csv"] for command in ("eval", "compare", "bias", "outliers")),
    *([command, "huge.csv"] for command in ("eval", "compare", "outliers")),
    ["losses"],
    ["gate", "--show-config"],
    *(["losses", name] for name in names()),
]  # fmt: skip


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    contents = {
        "labels": LABELS,
        "multilabel": MULTILABEL,
        "infinite": INFINITE,
        "infinite_of_two": INFINITE_OF_TWO,
        "constant": CONSTANT,
        "equal": EQUAL,
        "huge": HUGE,
        "far": FAR,
        "one_far": ONE_FAR,
    }
    for name, text in {**contents, "main": MAIN, "new": NEW}.items():
        (tmp_path / f"{name}.csv").write_text(text)


def schema_of(name):
    return json.loads((SCHEMAS / f"{name.removeprefix('losscli.').replace('/', '-')}.json").read_text())


def closed(schema):
    """The schema, refusing what it does not name: users must take keys to come, this version must know its own."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return (
        inner | {"additionalProperties": False}
        if "properties" in schema and "additionalProperties" not in schema
        else inner
    )


@pytest.mark.parametrize("words", RUNS, ids=lambda words: " ".join(Path(word).name for word in words))
def test_an_answer_is_what_its_schema_says(words, capsys):
    assert main([*words, "-f", "json"]) in (0, 1)
    answer = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator(closed(schema_of(answer["schema"]))).validate(answer)


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem)
def test_a_schema_is_one_and_can_refuse(path):
    schema = json.loads(path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    name, number = re.fullmatch(r"([a-z]+)-(\d+)", path.stem).groups()
    assert schema["properties"]["schema"] == {"const": f"losscli.{name}/{number}"}
    for wrong in ({}, {"schema": f"losscli.{name}/0"}, []):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


def test_schemas_are_shipped():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["losscli"]
    assert "schemas/*.json" in data
    assert (Path(losscli.__file__).parent / "schemas" / "eval-1.json").is_file()
