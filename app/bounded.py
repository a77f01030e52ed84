"""A PostgreSQL connection that waits for an answer only so long.

The server's own time limit is of no use where the server is stopped or its host is gone: then nothing comes at all, and
whoever waits would wait for ever.
"""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus


class BoundedConnection(psycopg.Connection[Any]):
    """Gives up, and closes, when an answer takes longer than `answer_in` seconds."""

    answer_in: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's own, which passes every answer through here. Raises OperationalError."""
        try:
            return super().wait(gen, interval, self.answer_in if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer may still come, and to others
                self.pgconn.finish()
            raise


def connect_bounded(answer_in: float, *args: Any, **named: Any) -> BoundedConnection:
    """A connection with a limit in seconds. Raises OperationalError."""
    connection = BoundedConnection.connect(*args, **named)
    connection.answer_in = answer_in
    return connection
