"""A circuit breaker: after failures a server is left alone for a growing time, then one caller tries it."""

import threading
import time
from collections.abc import Callable
from typing import Literal

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Closed while calls succeed. `failures` in a row open it for `first` seconds, then twice as long each time that
    its one probe fails, `most` seconds at last. Times are in seconds."""

    def __init__(
        self,
        *,
        failures: int = 1,
        first: float = 0.5,
        most: float = 5.0,
        changed: Callable[[State], None] = lambda _: None,
    ) -> None:
        self._limit, self._first, self._most = failures, first, most
        self._changed = changed
        self._lock = threading.Lock()
        self._state: State = "closed"
        self._failed = 0
        self._pause = first
        self._until = 0.0

    @property
    def state(self) -> State:
        """Closed, open, or half open while the probe is on its way."""
        return self._state

    def allows(self) -> bool:
        """Whether to call now. Who is let through must say `succeeded` or `failed` afterwards."""
        if self._state == "closed":
            return True
        with self._lock:
            # A probe that never reports back must not keep the breaker half open for good.
            if time.monotonic() < self._until:
                return False
            self._until = time.monotonic() + self._most
            self._become("half_open")
            return True

    def succeeded(self) -> None:
        """The call was answered."""
        if self._state == "closed" and not self._failed:
            return
        with self._lock:
            self._failed, self._pause = 0, self._first
            self._become("closed")

    def failed(self) -> None:
        """The call failed or took too long."""
        with self._lock:
            self._failed += 1
            if self._state == "open" or (self._state == "closed" and self._failed < self._limit):
                return  # others that were on their way when it opened do not make it longer
            if self._state == "half_open":
                self._pause = min(2 * self._pause, self._most)
            self._until = time.monotonic() + self._pause
            self._become("open")

    def _become(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self._changed(state)
