"""Several workers on one port, as users run them: replaced when they die, stopped after what they have begun, one sum
of what they counted, one release for all."""

import json
import os
import re
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app import logs
from app.db import Database
from app.serving import say_limits
from app.settings import Settings
from tests import waiting
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.service import free_port, running_service
from tests.worlds import World

pytestmark = pytest.mark.slow

SECONDS = 120  # a deadline, no measure
until = partial(waiting.until, within=SECONDS)
BODY = json.dumps({"queries": ["shoes.com"]}).encode()


@pytest.fixture
def stored(tmp_path: Path, world: World) -> Settings:
    settings = make_settings(tmp_path, seed_dir=world.write())
    database = Database(settings)
    publish_first(database, settings.seed_dir)
    database.close()
    return settings


@pytest.fixture
def metrics_port() -> int:
    return free_port()


@pytest.fixture
def address(stored: Settings, tmp_path: Path, metrics_port: int) -> Iterator[str]:
    log, port = tmp_path / "log", str(metrics_port)
    with running_service(stored.data_dir, log, "--workers", "2", GOVTIES_METRICS_PORT=port) as address:
        until(lambda: len(workers(address)) == 2)
        yield address
    assert "Traceback" not in log.read_text()
    assert log.read_text().count("limits_per_worker") == 1


def workers(address: str) -> set[int]:
    """The process ids of the workers behind an address."""
    wanted = f"GOVTIES_PORT={address.rpartition(':')[2]}".encode()
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = wanted in (folder / "environ").read_bytes().split(b"\0")
            if ours and b"spawn_main" in (folder / "cmdline").read_bytes():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


def supervisor(address: str) -> int:
    status = Path(f"/proc/{min(workers(address))}/status").read_text()
    return int(re.findall(r"PPid:\s+(\d+)", status)[0])


def get(address: str, path: str) -> tuple[int, dict[str, str], bytes]:
    with urllib.request.urlopen(f"{address}{path}", timeout=SECONDS) as answer:
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def measured(port: int, name: str) -> float:
    text = get(f"http://127.0.0.1:{port}", "/metrics")[2].decode()
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


@pytest.mark.parametrize(("workers", "redis_url"), [(1, None), (3, "redis://127.0.0.1:1/0")])
def test_nothing_is_said_of_limits_that_hold(
    workers: int, redis_url: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("info", tmp_path)
    say_limits(make_settings(tmp_path, workers=workers, redis_url=redis_url))
    assert capsys.readouterr() == ("", "")
    say_limits(make_settings(tmp_path, workers=3))
    assert "up to 3 times what GOVTIES_LIMIT_" in "".join(capsys.readouterr())


def test_a_dead_worker_is_replaced_and_what_it_counted_stays(address: str, metrics_port: int) -> None:
    asked = 'govties_requests_total{route="/v1/domains/{host}",status="200"}'
    for _ in range(20):
        assert get(address, "/v1/domains/shoes.com")[0] == 200
    until(lambda: measured(metrics_port, asked) == 20)
    before = workers(address)
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(workers(address) - {min(before)}) == 2 and measured(metrics_port, "govties_worker_restarts") >= 1)
    assert measured(metrics_port, "govties_workers ") == 2
    for _ in range(10):
        assert get(address, "/v1/domains/shoes.com")[0] == 200
    until(lambda: measured(metrics_port, asked) == 30)
    until(lambda: measured(metrics_port, "govties_release ") == 1)


def test_a_release_reaches_all(address: str, stored: Settings, world: World) -> None:
    world.companies["shoes"]["name"] = "Shoes Anew"
    world.write()
    database = Database(stored)
    publish(database, stored.seed_dir)
    database.close()

    def everywhere() -> bool:
        return {get(address, "/v1/domains/shoes.com")[1]["govties-release"] for _ in range(40)} == {"2"}

    until(everywhere)


def test_a_stop_waits_for_what_has_begun(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as connection:
        expect = f"Content-Length: {len(BODY)}\r\nExpect: 100-continue"
        connection.sendall(f"POST /v1/lookups HTTP/1.1\r\nHost: t\r\n{expect}\r\n\r\n".encode() + BODY[:5])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 100"), "it has begun, and waits for the body"
        os.kill(supervisor(address), signal.SIGTERM)
        time.sleep(1.0)
        connection.sendall(BODY[5:])
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"state":"via_owner"' in answer


def test_workers_end_with_their_parent(stored: Settings, tmp_path: Path) -> None:
    def serve_and_kill() -> None:
        with running_service(stored.data_dir, tmp_path / "log", "--workers", "2") as address:
            until(lambda: len(workers(address)) == 2)
            os.kill(supervisor(address), signal.SIGKILL)
            until(lambda: not workers(address))

    with pytest.raises(AssertionError, match="ended with -9"):  # what the fixture says of a killed process
        serve_and_kill()
