"""Errors carry their status and a stable type; `web/problems.py` turns each into problem+json (RFC 9457)."""

from datetime import date
from typing import Final

PROBLEM_BASE: Final = "/problems/"


class AppError(Exception):
    """Something a caller can act on.

    `type` is a stable slug (documented in docs/problems.md), `status` the HTTP status, `detail` says what is
    wrong and how to mend it. `retry_after` is in seconds.
    """

    def __init__(self, type: str, status: int, detail: str, retry_after: int | None = None) -> None:  # noqa: A002
        super().__init__(detail)
        self.type = type
        self.status = status
        self.detail = detail
        self.retry_after = retry_after


class NotFound(AppError):  # noqa: N818
    """Nothing stands under this id in the current release."""

    def __init__(self, what: str, name: str) -> None:
        where = "" if what == "release" else " in the current release"
        super().__init__("not-found", 404, f"No {what} {name[:80]!r}{where}.")


class Unavailable(AppError):  # noqa: N818
    """The data cannot be reached now; an answer would be a guess."""

    def __init__(self, detail: str) -> None:
        super().__init__("unavailable", 503, detail, retry_after=5)


class ClockBehind(AppError):  # noqa: N818
    """The clock of this machine is earlier than a day that has been: whatever it dates or signs would be wrong."""

    def __init__(self, today: date, seen: str) -> None:
        detail = f"The clock of this machine is behind: it says {today}, but {seen}. Set the clock, then try again."
        super().__init__("clock", 500, detail)
