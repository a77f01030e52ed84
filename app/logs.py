"""Structured logs on standard error. They never hold a looked-up host, a query string or a client address:
requests are logged by their route's template, errors by their type and place.

Where standard error is a terminal, a person reads it: there the rest is short lines, and requests go to a file.
"""

import logging
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog

Logger = structlog.typing.FilteringBoundLogger

REQUESTS: Final = "requests.log"
# Bytes; a longer file takes the place of the one before it. With requests of 130 bytes these are some 8,000 each.
MOST: Final = 2**20

STAMP: Final = structlog.processors.TimeStamper(fmt="iso", utc=True)
JSON: Final = structlog.processors.JSONRenderer()


def configure(level: str, folder: Path) -> None:
    """Set up structlog, and silence the libraries that would log request lines.

    `folder` is where the file of requests goes while a person reads the rest on a terminal.
    """
    render: list[structlog.typing.Processor] = [STAMP, JSON]
    if on_terminal():
        clock = structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
        render = [_aside(folder / REQUESTS), clock, structlog.dev.ConsoleRenderer(pad_event_to=0, pad_level=False)]
    structlog.configure(
        processors=[structlog.processors.add_log_level, *render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda: _Printer(sys.stderr),
    )
    for name in ("uvicorn.access", "httpx"):
        logging.getLogger(name).disabled = True


def get() -> Logger:
    """The logger."""
    logger: Logger = structlog.get_logger()
    return logger


def on_terminal() -> bool:
    """Whether a person reads what is logged as it comes."""
    return bool(getattr(sys.stderr, "isatty", bool)())  # there is no standard error at all where it was closed


def place(error: BaseException) -> str:
    """Type and place of an error, without its message: messages can hold what a visitor sent."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class _Printer(structlog.PrintLogger):
    """Prints lines. One that cannot be written is lost: a full disk under the log must harm no request."""

    def msg(self, message: str) -> None:
        """Print a line, if that is possible."""
        with suppress(OSError):
            super().msg(message)

    debug = info = warning = error = msg


def _aside(file: Path) -> structlog.typing.Processor:
    """Write requests to a file and let all else pass."""

    def aside(logger: object, method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        if event["event"] != "request":
            return event
        with suppress(OSError):  # as in _Printer
            _append(file, str(JSON(logger, method, STAMP(logger, method, event))))
        raise structlog.DropEvent

    return aside


def _append(file: Path, line: str) -> None:
    """Write a line in one piece, as several processes do, to a file that no other user may read."""
    with open(file, "a", opener=lambda path, flags: os.open(path, flags, 0o600)) as out:
        out.write(f"{line}\n")
        full = out.tell() > MOST
    if full:
        file.replace(file.with_name(f"{file.name}.1"))
