"""A PostgreSQL connection that waits for an answer only so long.

The server's own time limit is of no use where the server is stopped or its host is gone: then nothing comes at all, and
whoever waits would wait for ever. psycopg's limit for connecting is of whole seconds, two at least (as libpq's is).
"""

from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import PQGenConn
from psycopg.pq import TransactionStatus


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up, and closes, when connecting or an answer takes longer than `answer_in` seconds."""

    answer_in: float

    @classmethod
    def _connect_gen(cls, conninfo: str = "") -> PQGenConn[Any]:
        deadline, steps = monotonic() + cls.answer_in, super()._connect_gen(conninfo)
        waits_for = next(steps)
        while True:
            ready = yield waits_for
            if not ready and monotonic() > deadline:
                raise psycopg.errors.ConnectionTimeout(f"no connection within {cls.answer_in:g} seconds")
            try:
                waits_for = steps.send(ready)
            except StopIteration as made:
                return made.value

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's own, which passes every answer through here. Raises OperationalError."""
        try:
            return super().wait(gen, interval, self.answer_in if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer may still come, and to others
                self.pgconn.finish()
            raise


def bounded(seconds: float) -> type[BoundedConnection]:
    """Connections with this limit."""
    return type("Bounded", (BoundedConnection,), {"answer_in": seconds})
