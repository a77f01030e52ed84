"""Dates of known precision: `2018`, `2018-01`, `2018-01-24`. Nothing is decided by a day that nobody wrote."""

from calendar import monthrange
from datetime import date


def earliest(partial: str) -> date:
    """The first day that a date of its precision can mean."""
    year, month, day = (*map(int, partial.split("-")), 1, 1)[:3]
    return date(year, month, day)


def latest(partial: str) -> date:
    """The last day that a date of its precision can mean."""
    parts = tuple(map(int, partial.split("-")))
    if len(parts) == 3:
        return date(*parts)
    year, month = parts if len(parts) == 2 else (parts[0], 12)
    return date(year, month, monthrange(year, month)[1])


def age_in_months(past: str, today: date) -> int:
    """Whole months from a date to a day, however its missing parts are filled in: never more than have passed. A date
    that may lie ahead is 0 months old."""
    day = latest(past)
    return max((today.year - day.year) * 12 + today.month - day.month - (today.day < day.day), 0)


def is_stale(verified: str, months: int, today: date) -> bool:
    """Whether a verification is older than `months` on a day, however its missing parts are filled in."""
    return age_in_months(verified, today) >= months


def surely_before(a: str, b: str) -> bool:
    """Whether `a` lies before `b` however their missing parts are filled in."""
    return latest(a) < earliest(b)
