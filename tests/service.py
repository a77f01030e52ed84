"""A service of its own process, as users run it: `govties serve` on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 120  # a deadline, no measure: two cores with a load of 20 take over 30 to load Python
STOP_SECONDS = 10


@contextmanager
def running_service(data_dir: Path, log: Path, **settings: str) -> Iterator[str]:
    """The address of a service on the database in `data_dir`; its output goes to `log`. No other setting counts."""
    port = _free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("GOVTIES_")}
    env |= {f"GOVTIES_LIMIT_{what}": "1000000/minute" for what in ("BATCH", "SEARCH", "SUGGESTIONS", "EXPORTS")}
    env |= {"GOVTIES_DATA_DIR": str(data_dir), "GOVTIES_PORT": str(port), **settings}
    with log.open("wb") as output:
        command = [str(Path(sys.executable).with_name("govties")), "serve"]
        service = subprocess.Popen(command, stdout=output, stderr=output, env=env, cwd=data_dir)
    address = f"http://127.0.0.1:{port}"
    try:
        _await(service, address, log)
        yield address
    finally:
        service.terminate()
        try:
            code = service.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            service.kill()
            code = service.wait()
    assert code in (0, -signal.SIGTERM), f"the service ended with {code}: {log.read_text()}"


def _await(service: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if service.poll() is not None:
            raise RuntimeError(f"the service did not start: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no answer within {START_SECONDS} s: {log.read_text()}") from None
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
