"""What is said of a URL that cannot be read."""

from __future__ import annotations

from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from losscli.engine.files.content import unreadable
from losscli.engine.files.open_source import open_source
from losscli.engine.files.scan import ScanError
from losscli.errors import InputError


def error_of(url):
    """Return message and hint of the error that reading ends in."""
    with pytest.raises(InputError) as raised:
        list(open_source(url).blocks(["y"]))
    return raised.value.message, raised.value.hint


class GivesWholeFiles(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), GivesWholeFiles) as serving:
        thread = Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_a_url_that_is_not_there(tmp_path):
    message, _ = error_of((tmp_path / "preds.csv").as_uri())
    assert message.startswith(f"file://{tmp_path}/preds.csv cannot be read: ")
    message, _ = error_of((tmp_path / "preds.parquet").as_uri())
    assert message.startswith(f"file://{tmp_path}/preds.parquet cannot be read: ")


@pytest.mark.parametrize("name", ["preds.csv", "preds.parquet"])
def test_a_server_that_gives_no_ranges_or_has_no_such_file(tmp_path, monkeypatch, server, name):
    monkeypatch.chdir(tmp_path)  # from where the server gives files
    (tmp_path / name).write_text("y\n1\n")
    no_ranges = f"{server}/{name} cannot be read: its server gives whole files only, no ranges of bytes"
    assert error_of(f"{server}/{name}") == (no_ranges, f"fetch it first: curl -fLO {server}/{name}")
    assert error_of(f"{server}/other-{name}") == (
        f"{server}/other-{name} cannot be read: its server says 404 Not Found",
        None,
    )


def test_a_server_that_does_not_answer_is_told_of_with_its_cause():
    # what Polars says after its ten attempts, which take seconds
    said = (
        "object-store error: Generic HTTP error: Error performing HEAD https://nowhere.invalid/x.csv in 3.180601339s, "
        "after 10 retries, max_retries: 10, retry_timeout: 180s  - HTTP error: error sending request (location: x.csv) "
        "(path: https://nowhere.invalid)\n\nCaused by:\n    0: client error (Connect)\n    1: dns error\n"
        "    2: failed to lookup address information: Name or service not known"
    )
    assert unreadable("https://nowhere.invalid/x.csv", ScanError(said)).message == (
        "https://nowhere.invalid/x.csv cannot be read: failed to lookup address information: Name or service not known"
    )
