"""Settings: files, variables and flags, in rising order; what is wrong with them; and who says so."""

from __future__ import annotations

import json
import os

import pytest

from losscli.cli.app import main

PREDS = "y_true,y_pred\n3,2.5\n1,1\n2,2.25\n7,8\n"
COMMANDS = ["eval", "compare", "outliers", "bias", "gate", "losses"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("LOSSCLI_")]:
        monkeypatch.delenv(name)
    place = tmp_path / "repository"
    place.mkdir()
    (place / ".git").mkdir()
    (place / "preds.csv").write_text(PREDS)
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def shown(capsys):
    """Return a function that gives (value, origin, place) of one setting."""

    def show(setting, command="gate", *flags):
        assert main([command, "--show-config", "-f", "json", *flags]) == 0
        [found] = [each for each in json.loads(capsys.readouterr().out)["settings"] if each["setting"] == setting]
        return found["value"], found["origin"], found["place"]

    return show


@pytest.fixture
def failed(capsys):
    """Return a function that gives the message and the hints of a run that ends with 2."""

    def fail(*words):
        assert main(words or ["eval", "preds.csv"]) == 2
        first, *hints = capsys.readouterr().err.splitlines()
        return first.removeprefix("losscli: error: "), [hint.removeprefix("  hint: ") for hint in hints]

    return fail


def test_flag_beats_variable_beats_file_beats_default(folder, monkeypatch, shown):
    assert shown("missing") == ("error", "default", None)
    (folder / "losscli.toml").write_text('missing = "drop"')
    assert shown("missing") == ("drop", "file", "losscli.toml: missing")
    (folder / "losscli.toml").write_text('missing = "drop"\n[gate]\nmissing = "error"')
    assert shown("missing") == ("error", "file", "losscli.toml: gate.missing")
    assert shown("missing", "eval") == ("drop", "file", "losscli.toml: missing")
    monkeypatch.setenv("LOSSCLI_MISSING", "drop")
    assert shown("missing") == ("drop", "environment", "LOSSCLI_MISSING")
    monkeypatch.setenv("LOSSCLI_GATE_MISSING", "error")
    assert shown("missing") == ("error", "environment", "LOSSCLI_GATE_MISSING")
    assert shown("missing", "eval") == ("drop", "environment", "LOSSCLI_MISSING")
    assert shown("missing", "gate", "--missing", "drop") == ("drop", "flag", None)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_honours_a_file(folder, command, capsys):
    (folder / "losscli.toml").write_text('format = "json"\n[gate]\nfail-if = "mae > 9"')
    assert main([command, *([] if command == "losses" else ["preds.csv"])]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == f"losscli.{command}/1"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ('losses = ["mse", "huber:delta=2"]', ["mse", "huber:delta=2"]),
        ('losses = "mse,mae"', ["mse,mae"]),
        ('fail-if = ["rmse > 3", "bias > 1"]', ["rmse > 3", "bias > 1"]),
        ("confident = true", True),
        ("confident = false", False),
        ("ci = 0.9", "0.9"),
        ("threads = 2", "2"),
        ('on = ["id", "date"]', "id,date"),
        ('max-regress = ["mae=1%", "mse=3%"]', "mae=1%,mse=3%"),
    ],
)
def test_values_of_a_file(folder, shown, said, value):
    (folder / "losscli.toml").write_text(f"[gate]\n{said}")
    assert shown(said.split(" =")[0])[:2] == (value, "file")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("LOSSCLI_GATE_FAIL_IF", "rmse > 3\n\n  bias > 1\n", ["rmse > 3", "bias > 1"]),
        ("LOSSCLI_FAIL_IF", "rmse > 3", ["rmse > 3"]),
        ("LOSSCLI_CONFIDENT", "TRUE", True),
        ("LOSSCLI_CONFIDENT", "0", False),
        ("LOSSCLI_NULL_VALUE", "n/a", ["n/a"]),
        ("LOSSCLI_CI", "off", "off"),
    ],
)
def test_values_of_the_environment(monkeypatch, shown, name, text, value):
    monkeypatch.setenv(name, text)
    setting = name.removeprefix("LOSSCLI_").removeprefix("GATE_").lower().replace("_", "-")
    assert shown(setting) == (value, "environment", name)


def test_a_variable_switches_off_what_a_file_switches_on(folder, monkeypatch, shown):
    (folder / "losscli.toml").write_text("[gate]\nconfident = true")
    monkeypatch.setenv("LOSSCLI_GATE_CONFIDENT", "false")
    assert shown("confident") == (False, "environment", "LOSSCLI_GATE_CONFIDENT")


def test_the_nearest_file_up_to_the_root_of_the_repository(folder, monkeypatch, shown):
    (folder.parent / "losscli.toml").write_text('missing = "never read"')
    assert shown("missing")[1] == "default"
    (folder / "pyproject.toml").write_text('[tool.losscli]\nmissing = "drop"\n[tool.losscli.gate]\nci = 0.8')
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert shown("missing") == ("drop", "file", "../../pyproject.toml: tool.losscli.missing")
    assert shown("ci") == ("0.8", "file", "../../pyproject.toml: tool.losscli.gate.ci")
    (folder / "losscli.toml").write_text("")
    assert shown("missing")[1] == "default", "losscli.toml comes first, and settles it even where it is empty"
    (inner.parent / "losscli.toml").write_text("[gate]\nci = 0.7")
    (inner / "pyproject.toml").write_text('[project]\nname = "losscli-user"')
    assert shown("ci") == ("0.7", "file", "../losscli.toml: gate.ci")


def test_outside_of_a_repository_only_the_working_directory_counts(folder, monkeypatch, shown):
    (folder / ".git").rmdir()
    (folder / "losscli.toml").write_text("ci = 0.8")
    assert shown("ci")[0] == "0.8"
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    assert shown("ci")[1] == "default"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('mising = "drop"', "mising: there is no such setting", "did you mean missing?"),
        ("max_regress = 1", "max_regress: there is no such setting", "did you mean max-regress?"),
        ("[gate]\nfail_if = []", "gate.fail_if: there is no such setting", "did you mean fail-if?"),
        ("[gates]\nci = 0.9", "gates: there is no such setting", "did you mean gate?"),
        ("[eval]\nfail-if = 'mse > 1'", "eval.fail-if: there is no such setting", "only gate can have it"),
        ("gate = 1", "gate: expected a table", "write its settings below [gate]"),
        ("[[eval]]\nci = 0.9", "eval: expected a table", "write its settings below [eval]"),
        ("debug = true", "debug: there is no such setting", "losscli gate --show-config lists the settings"),
        ("[bias]\nzz = 1", "bias.zz: there is no such setting", "losscli bias --show-config lists the settings"),
        ("confident = 'yes'", "confident: expected true or false, got 'yes'", None),
        ("confident = 1", "confident: expected true or false, got '1'", None),
        ("missing = true", "missing: expected a text or a number, got true", None),
        ("missing = ['drop']", "missing: expected a text or a number, got an array", None),
        ("losses = []", "losses: expected a text or an array of texts, got an empty array", None),
        ("losses = ['mse', false]", "losses: expected a text or an array of texts, got an array", None),
        ("ci = 2026-01-01", "ci: expected a text or a number, got '2026-01-01'", None),
        ("[gate]\nmax-regress = { mae = '1%' }",
         "gate.max-regress: expected a text or an array of texts, got a table", None),
        ("target = ''", "target: got an empty text", "give it a value, or leave it out"),
        ("losses = ['mse', ' ']", "losses: got an empty text", "give it a value, or leave it out"),
        ("baseline = 'main.csv'", "baseline: --baseline is another thing to compare and gate",
         "set it for one of them, below [compare] or as LOSSCLI_COMPARE_BASELINE"),
        ('"\\u001b[31m" = 1', "\\x1b[31m: there is no such setting", "losscli gate --show-config lists the settings"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file(folder, failed, text, message, hint):
    (folder / "losscli.toml").write_text(text)
    for command in ("eval", "gate"):
        assert failed(command, "preds.csv") == (f"losscli.toml: {message}", [hint] if hint else [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"ci = 0.9\nmissing = \n", "losscli.toml:2: is no TOML: invalid value"),
        (b"[gate\n", "losscli.toml:1: is no TOML: expected ']' at the end of a table declaration"),
        (b'a = """', "losscli.toml:1: is no TOML: unterminated string"),
        (b"ci = 0.9\nci = 0.8\n", "losscli.toml:2: this is set a second time"),
        (b"ci = 0.9\nci = 0.8", "losscli.toml:2: this is set a second time"),
        (b"[gate]\n[eval]\n[gate]\n", "losscli.toml:3: this is set a second time"),
        (b"target = 'caf\xe9'", "losscli.toml is not UTF-8"),
    ],
)
def test_what_is_no_toml(folder, failed, text, message):
    (folder / "losscli.toml").write_bytes(text)
    assert failed()[0] == message


def test_a_byte_order_mark_is_no_matter(folder, shown):
    (folder / "losscli.toml").write_bytes(b"\xef\xbb\xbfci = 0.9")
    assert shown("ci")[0] == "0.9"


def test_a_project_says_something_else_where_its_table_should_be(folder, failed):
    (folder / "pyproject.toml").write_text("[tool]\nlosscli = 1")
    assert failed()[0] == "pyproject.toml: tool.losscli: expected a table"


def test_a_project_without_losscli_is_not_even_read(folder, capsys):
    (folder / "pyproject.toml").write_text("[tool.other\n broken")
    assert main(["eval", "preds.csv"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("LOSSCLI_MISING", "drop", ("there is no such setting", "did you mean LOSSCLI_MISSING?")),
        ("LOSSCLI_GATE_FAILIF", "x", ("there is no such setting", "did you mean LOSSCLI_GATE_FAIL_IF?")),
        ("LOSSCLI_VERSION", "1", ("there is no such setting", "losscli gate --show-config lists the settings")),
        ("LOSSCLI_CONFIDENT", "maybe", ("expected true or false, got 'maybe'",)),
        ("LOSSCLI_GATE_FAIL_IF", "", ("got an empty text", "give it a value, or leave it out")),
        ("LOSSCLI_TARGET", " ", ("got an empty text", "give it a value, or leave it out")),
        ("LOSSCLI_BASELINE", "main.csv", ("--baseline is another thing to compare and gate",
         "set it for one of them, below [compare] or as LOSSCLI_COMPARE_BASELINE")),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_environment(monkeypatch, failed, name, text, said):
    monkeypatch.setenv(name, text)
    message, *hints = said
    assert failed() == (f"{name}: {message}", hints)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_there_where_a_setting_is_wrong(folder, command, capsys):
    (folder / "losscli.toml").write_text("not = TOML")
    assert main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"Usage: losscli {command}")


def test_an_error_says_where_the_word_comes_from(folder, monkeypatch, failed):
    (folder / "losscli.toml").write_text('missing = "dorp"\nlosses = "mse,hubber"\nci = 0.9')
    assert failed()[1] == ["did you mean drop?", "this comes from losscli.toml: missing"]
    assert failed("eval", "preds.csv", "--missing", "dorp")[1] == ["did you mean drop?"]
    monkeypatch.setenv("LOSSCLI_MISSING", "drop")
    assert failed()[1][-1] == "this comes from losscli.toml: losses"


def test_how_a_file_s_flag_is_switched_off_for_once(folder, failed, monkeypatch):
    (folder / "losscli.toml").write_text("normalize = true")
    _, hints = failed()
    assert hints[-1] == "this comes from losscli.toml: normalize; LOSSCLI_NORMALIZE=false switches it off for once"
    monkeypatch.setenv("LOSSCLI_NORMALIZE", "true")
    assert failed()[1][-1] == "this comes from LOSSCLI_NORMALIZE"


def test_an_answer_says_which_settings_made_it(folder, monkeypatch, capsys):
    (folder / "losscli.toml").write_text('quiet = false\nlosses = "mae"\n[gate]\nfail-if = "mae > 9"')
    monkeypatch.setenv("LOSSCLI_CI", "off")
    for words, sources in (
        (["eval", "preds.csv"], "losscli.toml sets losses; LOSSCLI_CI sets ci"),
        (["gate", "preds.csv"], "losscli.toml sets fail-if, losses; LOSSCLI_CI sets ci"),
        (["eval", "preds.csv", "--losses", "mse"], "LOSSCLI_CI sets ci"),
    ):
        assert main(words) == 0
        assert f"note: {sources}\n" in capsys.readouterr().out
    assert main(["eval", "preds.csv", "--losses", "mse", "--ci", "0.9"]) == 0
    assert " sets " not in capsys.readouterr().out


def test_the_summary_of_a_step_says_where_limits_come_from(folder, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    (folder / "losscli.toml").write_text('[gate]\nfail-if = "mae > 0.1"')
    assert main(["gate", "preds.csv"]) == 1
    assert "> **Note:** losscli.toml sets fail-if\n" in (folder / "summary.md").read_text()


def test_limits_of_flags_are_instead_of_those_of_a_file(folder, capsys):
    (folder / "losscli.toml").write_text('[gate]\nfail-if = ["mae > 0.1", "bias > 0.1"]')
    assert main(["gate", "preds.csv", "--fail-if", "mae > 9", "-f", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_name_means_the_same_to_every_command_but_for_the_baseline(monkeypatch, capsys):
    settings = set()
    for command in COMMANDS:
        main([command, "--show-config", "-f", "json"])
        settings |= {each["setting"] for each in json.loads(capsys.readouterr().out)["settings"]}
    refused = set()
    for setting in settings:
        name = f"LOSSCLI_{setting.upper().replace('-', '_')}"
        monkeypatch.setenv(name, "1")
        if main(["losses"]) == 2 and "is another thing to" in capsys.readouterr().err:
            refused.add(setting)
        monkeypatch.delenv(name)
    assert refused == {"baseline"}


def test_show_config_reads_no_rows_and_keeps_the_files_of_answers(folder, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    (folder / "losscli.toml").write_text('format = "csv"\n[gate]\noutput = "junit:gate.xml"')
    assert main(["gate", "--show-config"]) == 0
    assert "losscli.toml: gate.output" in capsys.readouterr().out
    assert not (folder / "gate.xml").exists()
    assert main(["gate", "--show-config", "-o", "settings.csv"]) == 0
    assert "output,settings.csv,flag," in (folder / "settings.csv").read_text()
