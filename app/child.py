"""A server as a child: it lives exactly as long as this process.

It waits on a pipe from us, so that it stops even when we are killed. It inherits the lock of its folder, which so says
whether the folder is in use.
"""

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from app.errors import AppError

HOST = "127.0.0.1"
START_SECONDS = 60.0  # recovery after a crash replays the log first
STOP_SECONDS = 10.0
# The server becomes the shell's own process; the shell's child interrupts it when the pipe from us closes.
WITH_US = 'exec 3<&0; (cat <&3 >/dev/null; kill -INT $$) & exec "$@" </dev/null 3<&-'

# Arguments of subprocess that start a process as another user; empty for ourselves.
Runner = dict[str, Any]
Server = subprocess.Popen[Any]


@contextmanager
def running(command: list[str], folder: Path, descriptors: tuple[int, ...], runner: Runner) -> Iterator[Server]:
    """Run a server that inherits these descriptors, its output in `folder/log`; stop it at the end."""
    with _log(folder).open("wb") as log:
        server = subprocess.Popen(
            ["sh", "-c", WITH_US, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us: the server stops after the service
            pass_fds=descriptors,
            **runner,
        )
    try:
        yield server
    finally:
        _stop(server)


def _stop(server: Server) -> None:
    """Close the pipe, which stops the server; kill what is left of it."""
    try:
        if server.poll() is None and server.stdin:
            server.stdin.close()
            server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
    finally:
        with suppress(OSError):
            os.killpg(server.pid, signal.SIGKILL)
        if server.stdin:
            server.stdin.close()


def await_answer(name: str, server: Server, folder: Path, probe: Callable[[], str | None]) -> None:
    """Wait until `probe` finds nothing amiss. Raises AppError when the server ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while amiss := probe():
        if server.poll() is not None:
            raise stack_error(f"{name} did not start: {reason(_log(folder).read_text(errors='replace'))}")
        if time.monotonic() > deadline:
            raise stack_error(f"{name} does not answer ({amiss}); its log is {_log(folder)}.")
        time.sleep(0.03)


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Hold a folder, made when it is missing. A server inherits the lock: while one is still stopping, we wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = open_for_child(folder / "lock", os.O_RDWR | os.O_CREAT)
    except OSError as error:
        raise stack_error(f"{folder} cannot be written ({error.strerror}).") from None
    try:
        _take(descriptor, folder)
        yield descriptor
    finally:
        os.close(descriptor)


def open_for_child(path: Path, flags: int) -> int:
    """Open for a server to inherit: the shell of WITH_US takes the first descriptors for itself."""
    first = os.open(path, flags, 0o600)
    try:
        return fcntl.fcntl(first, fcntl.F_DUPFD_CLOEXEC, 10)
    finally:
        os.close(first)


def _take(descriptor: int, folder: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise stack_error(f"{folder} is in use by another govties: stop that one first.") from None
        time.sleep(0.1)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else may read."""
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(text)


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _log(folder: Path) -> Path:
    return folder / "log"


def reason(log: str) -> str:
    """The line that says why a server gave up: PostgreSQL goes on to say that it is down."""
    lines = log.strip().splitlines() or ["it did not say why"]
    return next((line for line in reversed(lines) if "FATAL" in line or "error:" in line), lines[-1])


def stack_error(detail: str) -> AppError:
    """What went wrong with a server, as an error that the command line shows in one line."""
    return AppError("stack", 500, detail)
