"""Within GitHub Actions a gate annotates and sums up by itself."""

from __future__ import annotations

import pytest

from losscli.cli import github
from losscli.cli.app import main

ARGUMENTS = ["gate", "preds.csv", "--fail-if", "mae > 1"]


@pytest.fixture(autouse=True)
def step(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "preds.csv").write_text("y_true,y_pred\n1,3\n2,3\n3,5\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path


def test_annotations_go_to_standard_error_and_the_answer_to_the_summary(step, capsys):
    (step / "summary.md").write_text("earlier\n")
    assert main([*ARGUMENTS, "-f", "json"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("{")
    assert err.splitlines()[0].startswith("::error title=mae::mae is 1.67 (95 %25 interval")
    summary = (step / "summary.md").read_text()
    assert summary.startswith("earlier\n### preds.csv")
    assert "| fail   | mae   |" in summary


@pytest.mark.parametrize(("variable", "more"), [("true", ["--no-github"]), ("false", []), (None, [])])
def test_nothing_is_said_unasked(step, capsys, monkeypatch, variable, more):
    monkeypatch.delenv("GITHUB_ACTIONS")
    if variable:
        monkeypatch.setenv("GITHUB_ACTIONS", variable)
    assert main([*ARGUMENTS, *more]) == 1
    assert "::error" not in "".join(capsys.readouterr())
    assert not (step / "summary.md").exists()


def test_annotations_go_where_they_are_asked_for_and_once(step, capsys):
    assert main([*ARGUMENTS, "-o", "github:-", "-o", "junit:gate.xml"]) == 1
    out, err = capsys.readouterr()
    assert (out.count("::error"), err.count("::error")) == (1, 0)
    assert (step / "gate.xml").read_text().startswith("<?xml")
    assert (step / "summary.md").exists()


@pytest.mark.parametrize("earlier", [0, github.LARGEST_SUMMARY - 400, github.LARGEST_SUMMARY])
def test_the_summary_stays_below_what_github_takes(step, monkeypatch, earlier):
    (step / "summary.md").write_bytes(b"x" * earlier)
    monkeypatch.setattr(github, "render", lambda *_: "long line ½\n" * 200_000)
    github.summarise(None)
    written = (step / "summary.md").read_bytes()
    assert earlier <= len(written) <= github.LARGEST_SUMMARY
    assert (b"The summary is cut" in written) == (earlier < github.LARGEST_SUMMARY)
    written.decode()


def test_a_summary_that_cannot_be_written_is_no_success(step, monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step))
    assert main(["gate", "preds.csv", "--fail-if", "mae > 9"]) == 3
    assert "GITHUB_STEP_SUMMARY cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["junit", "github"])
def test_checks_are_shown_of_gates_alone(name, capsys):
    assert main(["eval", "preds.csv", "-f", name]) == 2
    assert main(["eval", "preds.csv", "-o", f"{name}:x.xml"]) == 2
    assert "only losscli gate makes some" in capsys.readouterr().err
