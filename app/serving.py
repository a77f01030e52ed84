"""Runs the web server, in one process or several, and signs the current release afresh every day while it runs."""

import gc
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import uvicorn
from prometheus_client import REGISTRY, Counter, Gauge
from prometheus_client import CollectorRegistry as Registry
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from app import logs
from app.db import Database
from app.errors import AppError
from app.inbox.store import erase_old
from app.main import create_app
from app.metrics import forget_worker, serve_metrics, workers_folder, workers_registry
from app.releases.renewal import renew
from app.releases.signing import has_keys, load_keys
from app.settings import Settings
from app.web.connections import Connections, room_for_connections

# Whether the manifest is due is looked at so often, in seconds.
RENEWAL_LOOK = 600.0


def serve(settings: Settings) -> None:
    """Serve until told to stop. Raises AppError when a port is taken."""
    logs.configure(settings.log_level, settings.data_dir)
    Database(settings).close()  # what is wrong with the settings is said here, once, and not by every worker
    listener = _listen(settings)
    say_limits(settings)
    config = uvicorn.Config(
        partial(_application, settings, settings.workers > 1),
        factory=True,
        http=Connections(room_for_connections()),  # type: ignore[arg-type]  # uvicorn calls it, and asks no more of it
        ws="none",
        workers=settings.workers,
        access_log=False,  # it would log paths, and so the hosts that were looked up
        log_level="warning",
        server_header=False,
        proxy_headers=False,  # app/web/clients.py reads them, and believes only proxies that are named
        timeout_graceful_shutdown=5,
        timeout_worker_healthcheck=30,  # a worker that still loads Python on a busy machine is no dead one
    )
    folder = workers_folder(settings.data_dir) if settings.workers > 1 else None
    registry = workers_registry(folder) if folder else REGISTRY
    if settings.metrics_port:
        serve_metrics(settings.metrics_host, settings.metrics_port, registry)
    with renewing(settings):
        if folder:
            Workers(config, listener, folder, registry).run()
        else:
            uvicorn.Server(config).run(sockets=[listener])


def say_limits(settings: Settings) -> None:
    """Say that limits do not hold across workers, where nothing counts for all of them."""
    if settings.workers > 1 and not settings.redis_url:
        logs.get().warning(
            "limits_per_worker",
            detail=f"each of {settings.workers} workers counts by itself, so a client may ask up to "
            f"{settings.workers} times what GOVTIES_LIMIT_* allows: set GOVTIES_REDIS_URL to count for all",
        )


class Workers(Multiprocess):
    """Several processes on one port: a dead one is replaced, all stop after the requests they have begun."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, folder: Path, registry: Registry) -> None:
        super().__init__(config, [listener])
        self._folder = folder
        self._running = Gauge("govties_workers", "Running workers.", registry=registry)
        self._restarts = Counter(
            "govties_worker_restarts", "Workers that took the place of dead ones.", registry=registry
        )

    def keep_subprocess_alive(self) -> None:
        """Replace workers that have died or hang."""
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        now = {process.pid for process in self.processes}
        for gone in before - now:
            self._restarts.inc()
            logs.get().error("worker_replaced", pid=gone)
            forget_worker(gone or 0, self._folder)
        self._running.set(len(now))


def _application(settings: Settings, is_worker: bool) -> ASGIApp:
    if is_worker:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    application = create_app(settings)
    # What stands now stands as long as the process: the garbage collector need not go through it again and again while
    # replies come and go, which trebled the time of those that the memo takes in.
    gc.collect()
    gc.freeze()
    return application


def _stop_with_parent() -> None:
    """Workers whose parent was killed would keep the port."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def renewing(settings: Settings, look: float = RENEWAL_LOOK) -> Iterator[None]:
    """Keep the manifest fresh, where this process has the signing keys (servers that only read have none), and erase
    suggestions that have been kept long enough."""
    stop = threading.Event()
    thread = threading.Thread(target=_renew, args=(settings, look, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        if thread.is_alive():
            thread.join(timeout=5)


def _renew(settings: Settings, look: float, stop: threading.Event) -> None:
    database = Database(settings)
    while not stop.is_set():
        with _going_on("release_not_renewed"):
            if has_keys(settings.data_dir) and (number := renew(database, load_keys(settings.data_dir))):
                logs.get().info("release_renewed", release=number)
        with _going_on("suggestions_not_erased"):
            if erased := erase_old(database, settings):
                logs.get().info("suggestions_erased", count=erased)
        stop.wait(look)
    database.close()


@contextmanager
def _going_on(failed: str) -> Iterator[None]:
    """Log what fails and go on: the next look is soon enough, and without one the release would expire."""
    try:
        yield
    except AppError as error:  # another process writes, or the database is away
        logs.get().warning(failed, error=error.type)
    except Exception as error:  # noqa: BLE001
        logs.get().error(failed, error=logs.place(error))


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With its protocol named, asyncio sets TCP_NODELAY; else the body of an answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise AppError(
            "port",
            500,
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}): "
            "stop what uses it, or set GOVTIES_PORT to another port.",
        ) from None
    listener.set_inheritable(True)
    return listener
