"""Runs the web server, and signs the current release afresh every day while it runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app import logs
from app.db import Database
from app.errors import AppError
from app.inbox.store import erase_old
from app.main import create_app
from app.publishing import renew
from app.releases.signing import has_keys, load_keys
from app.settings import Settings

# Whether the manifest is due is looked at so often, in seconds.
RENEWAL_LOOK = 600.0


async def serve(settings: Settings) -> None:
    """Serve until told to stop. Raises AppError when the port is taken."""
    listener = _listen(settings)
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,  # it would log paths, and so the hosts that were looked up
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    with renewing(settings):
        await uvicorn.Server(config).serve(sockets=[listener])


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
    listener = socket.socket(family, socket.SOCK_STREAM)
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
