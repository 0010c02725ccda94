from __future__ import annotations

import io
import re
import sys

import pytest

from losscli import __version__
from losscli.cli.app import main

PREDS = "y_true,y_pred\n3,2.5\n1,1\n2,2.25\n7,8\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "preds.csv").write_text(PREDS)
    (tmp_path / "bad.csv").write_text("y_true,y_pred\n1,2\n2,3\n3,x\n")
    (tmp_path / "twice.csv").write_text("y_true,y_pred,y_pred\n1,2,3\n")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        ("evaluate preds.csv", "no such command 'evaluate'", "losscli --help"),
        ("preds.csv --losses mae", "'preds.csv' is a file, and no command", "losscli eval preds.csv"),
        (". --losses mae", "'.' is a folder, and no command", "losscli eval ."),
        ("nowhere.csv", "no such command 'nowhere.csv'", "losscli --help"),
        ("x" * 300, f"no such command '{'x' * 300}'", "losscli --help"),
        ("losses mse,huber:delta=2", "one loss is explained at a time, not 'mse,huber:delta=2'", "losscli losses mse"),
        ("--verson", "no such option: --verson", "losscli --help"),
        (
            "eval preds.csv --no-normalize",
            "no such option: --no-normalize",
            "LOSSCLI_NORMALIZE=false switches off what a settings file sets",
        ),
        ("eval preds.csv --mising drop", "no such option: --mising", "did you mean --missing? losscli eval --help"),
        ("eval preds.csv --cluser id", "no such option: --cluser", "did you mean --cluster? losscli eval --help"),
        ("eval preds.csv --miss drop", "no such option: --miss", "did you mean --missing? losscli eval --help"),
        ("eval preds.csv --qqq", "no such option: --qqq", "hint: losscli eval --help"),
        ("compre preds.csv", "no such command 'compre'", "did you mean 'compare'? losscli --help"),
        ("qqq preds.csv", "no such command 'qqq'", "hint: losscli --help"),
        ("eval preds.csv --target", "option '--target' requires an argument", "losscli eval --help"),
        ("gate preds.csv --fail-if", "option '--fail-if' requires an argument", "losscli gate --help"),
        ("losses -f", "option '-f' requires an argument", "losscli losses --help"),
        ("losses huber mse", "got unexpected extra argument", "losscli losses --help"),
        ("eval preds.csv --missing dorp", "--missing: expected error or drop, got 'dorp'", "did you mean drop?"),
        ("eval preds.csv --task binery", "--task: expected regression, binary", "did you mean binary?"),
        ("eval preds.csv --pred-form logits", "--pred-form: expected value, probability", "did you mean logit?"),
        ("eval preds.csv --losses hubber", "there is no loss 'hubber'", "did you mean 'huber'?"),
        ("eval preds.csv --losses huber:delt=2", "huber has no parameter 'delt'", "it has delta"),
        ("eval preds.csv --losses huber:delta=0", "huber:delta: 0 is outside (0, ∞)", None),
        ("eval preds.csv --losses mse,mse", "'mse' is listed twice", None),
        ("eval preds.csv --pred-form prob", "--pred-form: expected value, probability", "did you mean probability?"),
        ("eval preds.csv --task multi", "--task: expected regression, binary", "did you mean multiclass?"),
        ("compare preds.csv --correction hlm", "--correction: expected bh, holm or none", "did you mean holm?"),
        ("outliers preds.csv --rule modified", "--rule: there is no rule 'modified'", "did you mean modified-z?"),
        ("eval preds.csv --format jsn", "there is no format 'jsn'", "did you mean json? formats: table, json, csv"),
        ("eval preds.csv --format md", "there is no format 'md'", "did you mean markdown? formats:"),
        ("eval preds.csv --format ndjson", "there is no format 'ndjson'", "did you mean jsonl? formats:"),
        ("eval preds.csv --format xyz", "there is no format 'xyz'", "hint: formats: table, json, csv, markdown"),
        ("eval preds.csv -o mrakdown:x", "the suffix of 'mrakdown:x' names no format", "did you mean markdown:x?"),
        ("eval preds.csv --where \udcff>1", "--where: bytes of '\\udcff>1' are not UTF-8", "write it in UTF-8"),
        ("eval preds.csv --null-value \udcff", "--null-value: bytes of '\\udcff' are not UTF-8", "write it in UTF-8"),
        ("eval preds.csv --per-row \udcff.csv", "--per-row: bytes of '\\udcff.csv' are not UTF-8", "write it in"),
        ("eval preds.csv -o c:x", "the suffix of 'c:x' names no format", "as in json:c:x"),
        ("eval preds.csv --ci 2", "--ci: expected a level", "--ci off"),
        ("eval preds.csv --memory lots", "--memory: expected a size, got 'lots'", "512MB"),
        ("eval preds.csv --threads 0", "--threads: expected a whole number", None),
        ("eval preds.csv -o report.doc", "the suffix of 'report.doc' names no format", "json:report.doc"),
        ("eval preds.csv -o out/report.doc", "the suffix of 'out/report.doc' names no format", "json:out/report.doc"),
        ("eval preds.csv -o json:", "'json:' names no file", "json:PATH"),
        ("eval preds.csv -o preds.csv", "--output: preds.csv is read too", "write to another file"),
        ("eval a=preds.csv a=bad.csv", "two files are labelled 'a'", None),
        ("eval preds.csv -t y_true -p y_true", "column 'y_true' is both target and prediction", "--pred"),
        ("eval preds.csv --weight a --weight b", "--weight is given twice", "leave one of them"),
        ("eval preds.csv -t y -t y --target y", "--target is given 3 times", "leave one of them"),
        ("compare preds.csv -f csv --format json", "--format is given twice", "leave one of them"),
        ("losses hubber", "there is no loss 'hubber'", "did you mean 'huber'?"),
        ("losses mea", "there is no loss 'mea'", "did you mean 'mae'?"),
    ],
)
def test_usage_errors_say_what_is_wrong_and_exit_with_2(words, message, hint, capsys):
    assert main(words.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, *others = err.splitlines()
    assert first.startswith(f"losscli: error: {message}") or message in first
    assert (hint is None) or (others[0].startswith("  hint: ") and hint in others[0])
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("eval nowhere.csv", "nowhere.csv: no such file"),
        ("eval bad.csv", "bad.csv:4: column 'y_pred': expected a number, got 'x'"),
        ("eval preds.csv -p y_perd", "there is no column 'y_perd'"),
        ("eval twice.csv", "twice.csv: column 'y_pred' stands twice (columns 2 and 3)"),
        ("eval preds.csv -o nowhere/x.json", "there is no folder nowhere"),
        ("eval preds.csv -o json:.", "is a folder, not a file to write"),
    ],
)
def test_input_errors_say_what_is_wrong_and_exit_with_3(words, message, capsys):
    assert main(words.split()) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("losscli: error: ")
    assert message in err


def test_options_for_several_things_and_flags_may_be_repeated(capsys):
    words = "eval preds.csv -l mse -l mae,huber --quiet --quiet --null-value x --null-value y -f csv"
    assert main(words.split()) == 0
    out, _ = capsys.readouterr()
    assert [line.split(",")[1] for line in out.splitlines()] == ["loss", "mse", "mae", "huber", "mbe"]


def test_the_empty_texts_of_a_script_are_usage_errors(capsys):
    for words in (["eval", ""], ["eval", "preds.csv", "-l", ""], ["eval", "preds.csv", "-o", ""], ["losses", ""]):
        assert main(words) == 2
    assert capsys.readouterr().out == ""


def test_control_characters_of_words_are_shown_as_text(capsys):
    assert main(["eval", "--x\x1b[31m"]) == 2
    assert main(["eval", "preds.csv", "-f", "\x1b]0;t\x07"]) == 2
    assert main(["eval", "\x1b[2J.csv"]) == 3
    err = capsys.readouterr().err
    assert err.count("\\x1b") == 3
    assert "\x1b" not in err


def test_debug_shows_where_an_error_was_raised(capsys):
    assert main(["eval", "nowhere.csv", "--debug"]) == 3
    err = capsys.readouterr().err
    assert err.startswith("Traceback (most recent call last)")
    assert "\nlosscli: error: nowhere.csv: no such file" in err


def test_a_bug_is_called_a_bug(capsys, monkeypatch):
    monkeypatch.setattr("losscli.analyses.catalogue.catalogue", lambda: 1 / 0)
    assert main(["losses"]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("losscli: error: ZeroDivisionError: division by zero\n  hint: this is a bug in losscli")


def test_an_interrupt_is_said_in_one_line(capsys, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("losscli.analyses.catalogue.catalogue", interrupted)
    assert main(["losses"]) == 130
    assert capsys.readouterr() == ("", "losscli: error: interrupted\n")


def test_what_the_encoding_of_errors_cannot_write_is_escaped(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["eval", "größe.csv"]) == 3
    stream.seek(0)
    assert "gr\\xf6\\xdfe.csv: no such file" in stream.read()


def test_without_standard_error_the_exit_code_is_left(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    assert main(["losses", "hubber"]) == 2


def test_without_standard_output_nothing_is_read(monkeypatch, folder):
    monkeypatch.setattr("sys.stdout", None)
    assert main(["eval", "preds.csv", "-o", "x.json"]) == 3
    assert not (folder / "x.json").exists()


def test_version_and_help_are_answers(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr() == (f"losscli {__version__}\n", "")
    for words in (["--help"], ["eval", "-h"], ["losses", "--help"]):
        assert main(words) == 0
        out, err = capsys.readouterr()
        assert out.startswith("Usage: losscli ")
        assert "Examples:" in out
        assert err == ""


def test_without_words_the_help_is_shown_as_a_usage_error(capsys):
    assert main([]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: losscli [OPTIONS] COMMAND")


@pytest.mark.parametrize(
    "command", [[], ["eval"], ["compare"], ["bias"], ["gate"], ["outliers"], ["losses"]], ids=" ".join
)
def test_help_fits_80_columns_of_ascii_and_shows_no_python_types(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    main([*command, "--help"])
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert text.isascii()
    assert not re.search(r"<(str|list|int|float)\b|\[\[", text)


def test_columns_of_data_steer_no_terminal_through_an_error(folder, capsys):
    (folder / "new.csv").write_text("y_true,pred_x\n1,2\n2,3\n3,5\n")
    (folder / "main.csv").write_text("y_true,pred_\x1b[31ma,pred_b\n1,2,1\n2,3,1\n3,4,1\n")
    assert main(["gate", "new.csv", "--baseline", "main.csv", "--max-regress", "1%"]) == 3
    err = capsys.readouterr().err
    assert "pred_\\x1b[31ma, pred_b" in err
    assert "\x1b" not in err
