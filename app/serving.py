"""Runs the web server."""

import socket

import uvicorn

from app.errors import AppError
from app.main import create_app
from app.settings import Settings


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
    await uvicorn.Server(config).serve(sockets=[listener])


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
