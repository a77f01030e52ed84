"""Requests that are too large, too many, or meant to leave traces (reliability.md, 18, 19 and 25)."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.conftest import Stage, hosts
from tests.faults.load import Answer, Client, scaled
from tests.service import free_port

pytestmark = [pytest.mark.slow, pytest.mark.stack]

Measured = Callable[[str], None]
SENTINEL = "sentinel-of-a-visitor"


def talk(port: int, *asked: tuple[str, str, str, bytes]) -> list[Answer]:
    """The answers to (method, path, headers, body), one after the other."""

    async def everything() -> list[Answer]:
        client, found = Client(port), []
        for method, path, headers, body in asked:
            try:
                answer = await asyncio.wait_for(client.get(path, method, headers, body), 30)
            except (BrokenPipeError, ConnectionResetError):  # refused before all of the body was sent
                client.close()
                answer = Answer(413, {}, b"")
            if answer.headers.get("connection") == "close" or answer.status == 413:
                client.close()
            found.append(answer)
        client.close()
        return found

    return asyncio.run(everything())


def batch(queries: object, headers: str = "") -> tuple[str, str, str, bytes]:
    return "POST", "/v1/lookups", headers, json.dumps({"queries": queries}).encode()


def resident(pid: int) -> float:
    """MiB that a process has in memory."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS:"))) / 1024


def test_18_batches(stage: Stage, measured: Measured) -> None:
    deep = b'{"queries":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    large = ("POST", "/v1/lookups", "", b" " * 10_000_000)
    with stage.service("batches", GOVTIES_LIMIT_BATCH="100000/minute") as service:
        talk(service.port, batch(hosts(range(100))))
        before = resident(service.pid)
        for _ in range(scaled(3, 50)):
            whole, over, deeper = talk(
                service.port, batch(hosts(range(100))), batch(hosts(range(101))), ("POST", "/v1/lookups", "", deep)
            )
            (huge,) = talk(service.port, large)
            assert [one.status for one in (whole, over, huge, deeper)] == [200, 422, 413, 422]
            assert len(json.loads(whole.body)["answers"]) == 100
        grown = resident(service.pid) - before
    measured(f"200, 422, 413, 422; memory grew by {grown:.1f} MiB")
    assert grown <= 50


@pytest.mark.parametrize("proxied", [False, True])
def test_19_addresses_that_are_made_up(stage: Stage, proxied: bool, measured: Measured) -> None:
    """A client that names another address each time is still one client: directly, and behind a proxy that appends the
    address it sees."""
    more = {"GOVTIES_TRUSTED_PROXIES": "127.0.0.0/8"} if proxied else {}

    def forwarded(at: int) -> str:
        seen = ", 203.0.113.9" if proxied else ""
        return f"X-Forwarded-For: 198.51.100.{at}{seen}\r\n"

    with stage.service(f"limits{proxied}", GOVTIES_LIMIT_BATCH="5/minute", **more) as service:
        answers = talk(service.port, *(batch(["firm1.com"], forwarded(at)) for at in range(scaled(20, 200))))
        single = talk(service.port, *[("GET", "/v1/domains/firm1.com", forwarded(at), b"") for at in range(20)])
    statuses = [answer.status for answer in answers]
    measured(f"{statuses.count(200)} of {len(statuses)} batches let through")
    # Where the minute changes meanwhile the window begins anew, once.
    assert 5 <= statuses.count(200) <= 10
    refused = [answer for answer in answers if answer.status != 200]
    assert {(answer.status, int(answer.headers["retry-after"]) <= 60) for answer in refused} == {(429, True)}
    assert {answer.status for answer in single} == {200}


def test_25_no_trace_of_a_visitor(stage: Stage, measured: Measured) -> None:
    port = free_port()
    more = {"GOVTIES_METRICS_PORT": str(port), "GOVTIES_LOG_LEVEL": "debug"}
    with stage.service("traces", **more) as service:
        asked = [("GET", path, HEADERS, b"") for at in range(scaled(5, 300)) for path in traces(at)]
        answers = talk(service.port, *asked, batch([f"{SENTINEL}.com", f"https://firm1.com/{SENTINEL}"], HEADERS))
        (metrics,) = talk(port, ("GET", "/metrics", "", b""))
    with stage.valkey.client() as client:
        kept = b" ".join(bytes(key) for key in client.scan_iter())
    log = (stage.folder / "traces" / "log").read_bytes()
    measured(f"{len(answers)} requests; {len(log):,} bytes of log, {len(metrics.body):,} of metrics searched")
    assert b"/v1/domains/{host}" in log
    assert b"govties_" in metrics.body
    for place in (log, metrics.body, kept):
        assert SENTINEL.encode() not in place
        assert b"203.0.113.77" not in place
        assert b"firm1.com" not in place


HEADERS = f"X-Forwarded-For: 203.0.113.77\r\nReferer: https://{SENTINEL}.com/\r\nUser-Agent: {SENTINEL}\r\n"


def traces(at: int) -> list[str]:
    """Places to leave a trace at."""
    name = f"{SENTINEL}{at}"
    return [
        f"/v1/domains/{name}.com",
        f"/v1/domains/{name}.firm1.com",
        f"/v1/domains/firm1.com?{name}",
        f"/v1/domains/{name}..com",
        f"/v1/lookup?url=https://{name}.com/a",
        f"/v1/lookup?url=https://firm1.com/{name}",
        f"/v1/companies?q={name}",
        f"/v1/companies/{name}",
        f"/{name}",
        f"/?q={name}.com",
    ]
