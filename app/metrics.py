"""What is counted, for Prometheus, on a port of its own. Labels are routes' templates, layers and outcomes: never a
host, a query or an address.

Workers of one machine count into files that the process above them adds up (Prometheus' multiprocess mode): then
`PROMETHEUS_MULTIPROC_DIR` stands in their environment before they load this module.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from app.errors import AppError

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
LIMITED = Counter("govties_limited", "Requests refused because there were too many.", ["what"])
BREAKER = Gauge("govties_breaker_open", "1: left alone after failures.", ["server"], multiprocess_mode="livemax")
RELEASE = Gauge("govties_release", "The release that answers are made from.", multiprocess_mode="livemin")
PUBLISHED = Gauge("govties_release_published_timestamp_seconds", "When it was published.", multiprocess_mode="livemin")
LOOKED = Gauge(
    "govties_release_looked_timestamp_seconds", "When a newer one was looked for last.", multiprocess_mode="livemin"
)
WORKERS = Gauge("govties_workers", "Running workers.")
RESTARTS = Counter("govties_worker_restarts", "Workers that were started anew because one had died.")


def serve_metrics(host: str, port: int, folder: Path | None = None) -> None:
    """Answer Prometheus from a thread of this process; with a folder also what workers counted there. Raises
    AppError when the port is taken."""
    registry: CollectorRegistry = REGISTRY
    if folder is not None:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(folder))
        registry.register(WORKERS)
        registry.register(RESTARTS)
    try:
        start_http_server(port, host, registry)
    except OSError as error:
        detail = f"Cannot listen on {host}:{port} for metrics ({error.strerror}): set GOVTIES_METRICS_PORT."
        raise AppError("port", 500, detail) from None


def workers_folder(data_dir: Path) -> Path:
    """The empty folder that workers count into, and its name in their environment."""
    folder = data_dir.resolve() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER] = str(folder)
    return folder


def forget_worker(pid: int, folder: Path) -> None:
    """Drop the gauges of a worker that has ended; what it counted stays."""
    mark_process_dead(pid, str(folder))
