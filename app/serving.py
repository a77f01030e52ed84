"""Runs the web server, and signs the current release afresh every day while it runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from app import logs
from app.db import Database
from app.errors import AppError
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
    """Keep the manifest fresh, where this process has the signing keys. Servers that only read have none."""
    stop = threading.Event()
    thread = threading.Thread(target=_renew, args=(settings, look, stop), daemon=True)
    if has_keys(settings.data_dir):
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
        try:
            if number := renew(database, load_keys(settings.data_dir)):
                logs.get().info("release_renewed", release=number)
        except AppError as error:  # another process writes, or the database is away: the next look is soon enough
            logs.get().warning("release_not_renewed", error=error.type)
        except Exception as error:  # noqa: BLE001  the thread must go on, or the release would expire
            logs.get().error("release_not_renewed", error=logs.place(error))
        stop.wait(look)
    database.close()


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
