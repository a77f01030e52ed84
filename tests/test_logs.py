"""Where log lines go: short lines and a file of requests for who sits at a terminal, JSON for all else; and what a log
that cannot be written does to requests: nothing."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from starlette.testclient import TestClient

from app import logs
from app.main import create_app
from tests.conftest import make_settings


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def configured() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def at_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Terminal:
    """Called by the test itself: pytest sets standard error anew between fixtures and test."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    logs.configure("info", tmp_path)
    return terminal


def test_on_a_terminal_requests_go_to_a_file_and_the_rest_is_short(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terminal = at_terminal(monkeypatch, tmp_path)
    logs.get().info("request", route="/v1/domains/{host}", status=200)
    logs.get().warning("cache_unavailable", error="TimeoutError")
    (line,) = terminal.getvalue().splitlines()
    assert "warning" in line
    assert "cache_unavailable" in line
    assert "TimeoutError" in line
    assert "{" not in line
    (request,) = (tmp_path / logs.REQUESTS).read_text().splitlines()
    assert json.loads(request)["route"] == "/v1/domains/{host}"
    assert "timestamp" in json.loads(request)


def test_the_file_of_requests_is_private_and_bounded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    at_terminal(monkeypatch, tmp_path)
    monkeypatch.setattr(logs, "MOST", 1_000)
    for number in range(105):
        logs.get().info("request", route="/", number=number)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == [logs.REQUESTS, f"{logs.REQUESTS}.1"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert all(file.stat().st_size < 1_200 for file in files)
    numbers = [json.loads(line)["number"] for file in reversed(files) for line in file.read_text().splitlines()]
    assert numbers == list(range(numbers[0], 105)), "the newest are there, and none is lost between the files"


def test_elsewhere_every_line_is_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    logs.configure("info", tmp_path)
    logs.get().info("request", route="/")
    logs.get().warning("cache_unavailable")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["request", "cache_unavailable"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("terminal", [False, True])
def test_a_log_that_cannot_be_written_harms_no_request(
    terminal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(tmp_path, log_level="info")
    with Path("/dev/full").open("wb", buffering=0) as disk, io.TextIOWrapper(disk, write_through=True) as full:
        monkeypatch.setattr(full, "isatty", lambda: terminal, raising=False)
        monkeypatch.setattr(sys, "stderr", full)
        with TestClient(create_app(settings)) as client:
            (settings.data_dir / logs.REQUESTS).mkdir()  # no file of requests can be there
            assert [client.get("/healthz").status_code for _ in range(3)] == [200, 200, 200]
        monkeypatch.undo()
