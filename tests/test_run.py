"""`make run` as a stranger runs it: from a clean copy, with the embedded parts and with real servers."""

import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from app.settings import ROOT
from tests.service import free_port

# Deadlines, no measures: what it took is printed. The goals are 180 s, with all installs, and 5 s on an idle machine.
FIRST_START = 900
LATER_START = 300


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git would give: every file of the tree that is not ignored."""
    copy = tmp_path_factory.mktemp("a clean copy") / "govties"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@contextmanager
def terminal(log: Path) -> Iterator[int]:
    """A terminal; what it shows is kept in a file."""
    ours, theirs = pty.openpty()

    def keep() -> None:
        with log.open("wb", buffering=0) as file, suppress(OSError):  # an error is how the end of a terminal is told
            while shown := os.read(ours, 4096):
                file.write(shown)

    keeper = threading.Thread(target=keep)
    keeper.start()
    try:
        yield theirs
    finally:
        os.close(theirs)
        keeper.join()
        os.close(ours)


@contextmanager
def running(copy: Path, log: Path, limit: float, *more: str, on_terminal: bool = False) -> Iterator[tuple[str, float]]:
    """`make run` on a free port: its address, and the seconds until it first answered."""
    port = free_port()
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("GOVTIES_", "MAKE", "MFLAGS", "VIRTUAL_ENV"))
    }
    environment |= {"GOVTIES_PORT": str(port), "PYTHONUNBUFFERED": "1", "GOVTIES_REDIS_TIMEOUT": "10"}
    address, started = f"http://127.0.0.1:{port}", time.monotonic()
    with terminal(log) if on_terminal else log.open("wb") as output:
        process = subprocess.Popen(
            ["make", "run", *more], cwd=copy, env=environment, stdout=output, stderr=output, start_new_session=True
        )
        try:
            while not answers(address):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() - started < limit, log.read_text()
                time.sleep(0.1)
            yield address, time.monotonic() - started
        finally:
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(120) is not None


def ask(url: str) -> httpx2.Response:
    return httpx2.get(url, timeout=60)


def answers(address: str) -> bool:
    try:
        return ask(f"{address}/readyz").status_code == 200
    except httpx2.HTTPError:
        return False


def looks_up_zappos(address: str) -> dict[str, object]:
    answer = ask(f"{address}/v1/domains/zappos.com").json()
    assert answer["state"] == "via_owner"
    assert answer["ownership"][0]["owner"] == "amazon"
    home = ask(f"{address}/?q=zappos.com").text
    assert answer["summary"] in home
    for browser in ("chromium", "firefox"):
        assert ask(f"{address}/extension/govties-{browser}.zip").content.startswith(b"PK")
    state: dict[str, object] = ask(f"{address}/readyz").json()
    return state


@pytest.mark.stack
def test_make_run_from_a_clean_copy(clean_copy: Path, tmp_path: Path) -> None:
    with running(clean_copy, tmp_path / "log", FIRST_START) as (address, seconds):
        print(f"\nfirst make run: {seconds:.1f} s to the first answer")
        assert looks_up_zappos(address)["cache"] == "none"
    log, var = (tmp_path / "log").read_text(), clean_copy / "var"
    assert address in log
    assert "chromium" in log
    assert "/" in [json.loads(line)["route"] for line in log.splitlines() if line.startswith("{")]
    assert (var / "extension" / "chromium" / "manifest.json").is_file()
    assert [path.stat().st_mode & 0o777 for path in (var, var / "govties.db")] == [0o700, 0o600]
    assert (clean_copy / ".venv" / "bin" / "uv").is_file(), "the wheels were not installed by uv, but slowly"
    with running(clean_copy, tmp_path / "again", LATER_START, on_terminal=True) as (address, seconds):
        print(f"later make run: {seconds:.1f} s to the first answer")
        assert looks_up_zappos(address)["release"] == 1
    shown = (tmp_path / "again").read_text()
    greeting = [line.split()[0] for line in shown.partition("govties serves release 1")[2].splitlines()[1:6]]
    assert greeting == ["Look", "Ask", "Load", "firefox:", "Stop"]
    assert "{" not in shown, "requests are in a file"
    assert "/" in [json.loads(line)["route"] for line in (var / "requests.log").read_text().splitlines()]
    assert "Traceback" not in log + shown


@pytest.mark.stack
def test_make_run_on_real_servers(clean_copy: Path, tmp_path: Path) -> None:
    with running(clean_copy, tmp_path / "log", FIRST_START, "STACK=full") as (address, seconds):
        print(f"\nfirst make run STACK=full: {seconds:.1f} s to the first answer")
        assert looks_up_zappos(address)["cache"] == "ok"
    with running(clean_copy, tmp_path / "again", LATER_START, "STACK=full") as (address, _):
        assert looks_up_zappos(address)["release"] == 1
    assert "Traceback" not in (tmp_path / "log").read_text() + (tmp_path / "again").read_text()


@pytest.mark.stack
def test_a_taken_port_is_said_in_one_line(clean_copy: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            ["make", "run"], cwd=clean_copy, env={**os.environ, "GOVTIES_PORT": port}, capture_output=True, check=False
        )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode != 0
    assert f"Cannot listen on 127.0.0.1:{port}" in said
    assert "GOVTIES_PORT" in said
    assert "Traceback" not in said
