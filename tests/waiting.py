"""Waiting for what takes its time."""

import time
from collections.abc import Callable


def until(met: Callable[[], object], within: float = 30, what: str = "it") -> float:
    """Wait until something is so; how long it took, in seconds."""
    started = time.monotonic()
    while not met():
        assert time.monotonic() - started < within, f"{what}: not within {within} s"
        time.sleep(0.05)
    return time.monotonic() - started
