"""Structured logs on standard error. They never hold a looked-up host, a query string or a client address:
requests are logged by their route's template, errors by their type and place.
"""

import logging
import traceback

import structlog

Logger = structlog.typing.FilteringBoundLogger


def configure(level: str) -> None:
    """Set up structlog, and silence the libraries that would log request lines."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(),
    )
    for name in ("uvicorn.access", "httpx"):
        logging.getLogger(name).disabled = True


def get() -> Logger:
    """The logger."""
    logger: Logger = structlog.get_logger()
    return logger


def place(error: BaseException) -> str:
    """Type and place of an error, without its message: messages can hold what a visitor sent."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
