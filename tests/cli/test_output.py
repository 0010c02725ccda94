from __future__ import annotations

import csv
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from losscli.cli.app import main

PREDS = "y_true,y_pred\n3,2.5\n1,1\n2,2.25\n7,8\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "preds.csv").write_text(PREDS)
    (tmp_path / "bad.csv").write_text("y_true,y_pred\n1,2\n2,3\n3,x\n")
    return tmp_path


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_every_output_is_written_beside_standard_output(folder, capsys):
    files = ["a.md", "json:b.txt", "c.CSV", "d.txt", "csv:json.md"]
    assert main(["eval", "preds.csv", "-f", "json", *(word for file in files for word in ("-o", file))]) == 0
    out = json.loads(capsys.readouterr().out)
    assert out == json.loads((folder / "b.txt").read_text())
    assert (folder / "a.md").read_text().startswith("### preds.csv")
    assert (folder / "d.txt").read_text().startswith("preds.csv · 4 rows")
    assert (folder / "c.CSV").read_text() == (folder / "json.md").read_text()
    rows = list(csv.DictReader((folder / "c.CSV").read_text().splitlines()))
    assert [float(row["value"]) for row in rows[:-1]] == [loss["value"] for loss in out["models"][0]["losses"]]


def test_what_is_no_known_format_before_a_colon_is_part_of_the_path(folder):
    assert main(["losses", "-o", "html:x.json"]) == 0
    assert (folder / "html:x.json").exists()


def test_an_error_leaves_files_as_they_were(folder, capsys):
    (folder / "old.json").write_text("kept")
    assert main(["eval", "bad.csv", "-o", "old.json", "-o", "new.json"]) == 3
    assert (folder / "old.json").read_text() == "kept"
    assert names(folder) == ["bad.csv", "old.json", "preds.csv"]
    assert capsys.readouterr().out == ""


def test_a_file_that_is_replaced_keeps_its_mode_and_a_new_one_follows_the_umask(folder):
    old = folder / "old.json"
    old.write_text("old")
    old.chmod(0o640)
    umask = os.umask(0o027)
    try:
        assert main(["losses", "-o", "old.json", "-o", "new.json"]) == 0
    finally:
        os.umask(umask)
    assert json.loads(old.read_text())["schema"] == "losscli.losses/1"
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE((folder / "new.json").stat().st_mode) == 0o640
    assert names(folder) == ["bad.csv", "new.json", "old.json", "preds.csv"]


def test_a_link_is_written_through(folder):
    (folder / "real.json").write_text("old")
    (folder / "link.json").symlink_to("real.json")
    (folder / "dangling.json").symlink_to("made.json")
    assert main(["losses", "-o", "link.json", "-o", "dangling.json"]) == 0
    assert (folder / "link.json").is_symlink()
    assert (folder / "real.json").read_text() == (folder / "made.json").read_text()
    assert (folder / "real.json").read_text().startswith("{")


def test_a_fifo_is_written_to(folder):
    os.mkfifo(folder / "pipe")
    received = []
    reader = threading.Thread(target=lambda: received.append((folder / "pipe").read_text()))
    reader.start()
    assert main(["losses", "-o", "csv:pipe"]) == 0
    reader.join()
    assert received[0].startswith("loss,title")
    assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["preds.csv", "-o", "a.json", "-o", "./a.json"], "a.json is named twice"),
        (["preds.csv", "-o", "csv:./preds.csv"], "preds.csv is read too"),
        (["*.csv", "-o", "preds.csv"], "preds.csv is read too"),
        (["./pred?.csv", "-o", "preds.csv"], "preds.csv is read too"),
        ([".", "-o", "preds.csv"], "preds.csv is read too"),
        (["link.csv", "-o", "preds.csv"], "preds.csv is read too"),
        (["preds.csv", "-o", "csv:link.csv"], "link.csv is read too"),
    ],
)
def test_no_output_goes_over_an_input_or_another_output(words, message, folder, capsys):
    (folder / "link.csv").symlink_to("preds.csv")
    assert main(["eval", *words]) == 2
    assert message in capsys.readouterr().err
    assert (folder / "preds.csv").read_text() == PREDS


def test_a_new_file_beside_the_parts_of_a_data_set_is_no_input(folder):
    (folder / "parts").mkdir()
    (folder / "parts" / "a.csv").write_text(PREDS)
    assert main(["eval", "parts", "-o", "parts/report.md"]) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full device is a file of Linux")
def test_a_full_disk_is_an_error_with_its_reason(capsys):
    assert main(["losses", "-o", "json:/dev/full"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err == "losscli: error: /dev/full cannot be written: no space left on device\n"


def test_a_file_that_cannot_be_moved_into_place_leaves_nothing_behind(folder, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert main(["losses", "-o", "x.json"]) == 3
    assert "x.json cannot be written: no space left on device" in capsys.readouterr().err
    assert names(folder) == ["bad.csv", "preds.csv"]


def test_notices_have_a_place_in_every_format(folder, capsys):
    (folder / "gaps.csv").write_text("y_true,y_pred\n3,2.5\n1,\n2,2.25\n7,8\n")
    said = "1 row is left out of every model: missing cells (1 in y_pred)"
    for name in ("table", "json"):
        assert main(["eval", "gaps.csv", "--missing", "drop", "-f", name]) == 0
        out, err = capsys.readouterr()
        assert said in out
        assert err == ""
    assert main(["eval", "gaps.csv", "--missing", "drop", "-f", "csv"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 6
    assert err == f"losscli: note: {said}\n"


def test_quiet_leaves_notices_out_of_what_is_printed_and_not_of_files(folder, capsys):
    (folder / "gaps.csv").write_text("y_true,y_pred\n3,2.5\n1,\n2,2.25\n7,8\n")
    assert main(["eval", "gaps.csv", "--missing", "drop", "--quiet", "-o", "all.md"]) == 0
    assert "left out" not in capsys.readouterr().out
    assert "left out" in (folder / "all.md").read_text()


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "junit"])
def test_what_programs_read_from_standard_output_stays_alone(form, capsys):
    words = ["gate", "preds.csv", "--fail-if", "mae > 9", "-f", form]
    assert main(words) == 0
    capsys.readouterr()
    assert main([*words, "-o", "github:-"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"--output: github:- would stand behind the {form} on standard output" in err
    assert main([*words[:-2], "-o", "github:-", "-o", f"{form}:answer"]) == 0
