"""What is counted, for Prometheus, on a port of its own. Labels are routes' templates, layers and outcomes: never a
host, a query or an address.

Workers of one machine count into files that the process above them adds up (Prometheus' multiprocess mode): then
`PROMETHEUS_MULTIPROC_DIR` stands in their environment before they load this module.
"""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.errors import AppError

TALLY_SECONDS: Final = 1.0
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("govties_requests", "Answered requests.", ["route", "status"])
SECONDS = Histogram(
    "govties_request_seconds",
    "Time to answer, without what memory answers.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
LOOKUPS = Counter("govties_cache_lookups", "Looks into a cache.", ["layer", "outcome"])
READS = Counter("govties_database_reads", "Reading sessions of the database.", ["outcome"])
ENDED = Counter("govties_connections_ended", "Connections closed before their request was answered.", ["why"])
LIMITED = Counter("govties_limited", "Requests refused because there were too many.", ["what"])
BREAKER = Gauge("govties_breaker_open", "1: left alone after failures.", ["server"], multiprocess_mode="livemax")
RELEASE = Gauge("govties_release", "The release that answers are made from.", multiprocess_mode="livemin")
PUBLISHED = Gauge("govties_release_published_timestamp_seconds", "When it was published.", multiprocess_mode="livemin")
LOOKED = Gauge(
    "govties_release_looked_timestamp_seconds", "When a newer one was looked for last.", multiprocess_mode="livemin"
)


class Tally:
    """Counts on an event loop for the price of an addition: a counter that workers share costs as much as a tenth of
    an answer from memory. What was counted is added to the counters once a second."""

    def __init__(self, *counters: Counter) -> None:
        self._counters = counters
        self._counts = [0] * len(counters)
        self._due = False

    def count(self, at: int) -> None:
        """One more for the counter at this place."""
        self._counts[at] += 1
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(TALLY_SECONDS, self._add)

    def _add(self) -> None:
        self._due = False
        for at, counter in enumerate(self._counters):
            counter.inc(self._counts[at])
            self._counts[at] = 0


def serve_metrics(host: str, port: int, registry: CollectorRegistry) -> None:
    """Answer Prometheus from a thread of this process. Raises AppError when the port is taken."""
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        detail = f"Cannot listen on {host}:{port} for metrics ({error.strerror}): set GOVTIES_METRICS_PORT."
        raise AppError("port", 500, detail) from None


def workers_registry(folder: Path) -> CollectorRegistry:
    """What all workers counted into this folder, added up."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def workers_folder(data_dir: Path) -> Path:
    """The empty folder that workers count into; their environment names it. Raises AppError when it cannot be made."""
    folder = data_dir.resolve() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        detail = f"{folder} cannot be made ({error.strerror}): set GOVTIES_DATA_DIR to a folder you may write."
        raise AppError("data-dir", 500, detail) from None
    os.environ[FOLDER] = str(folder)
    return folder


def forget_worker(pid: int, folder: Path) -> None:
    """Drop the gauges of a worker that has ended; what it counted stays."""
    mark_process_dead(pid, str(folder))  # type: ignore[no-untyped-call]
