"""Dates of known precision: nothing is decided by a day that nobody wrote."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lookup.dates import earliest, latest, surely_before
from tests.lookup.forests import DATES

PARTIAL = st.one_of(
    DATES,
    st.dates().map(str),
    st.dates().map(lambda day: str(day)[:7]),
    st.dates().map(lambda day: str(day)[:4]),
)


def fits(day: date | None, partial: str) -> bool:
    return day is not None and day.isoformat().startswith(partial)


def beside(day: date, step: int) -> date | None:
    """The day before or after, where the calendar has one."""
    try:
        return day + timedelta(step)
    except OverflowError:
        return None


@pytest.mark.parametrize(
    ("partial", "first", "last"),
    [
        ("2018", "2018-01-01", "2018-12-31"),
        ("2018-01", "2018-01-01", "2018-01-31"),
        ("2018-12", "2018-12-01", "2018-12-31"),
        ("2016-02", "2016-02-01", "2016-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("2018-10-25", "2018-10-25", "2018-10-25"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("9998", "9998-01-01", "9998-12-31"),
        # Seed files accept every year of four digits.
        ("9999", "9999-01-01", "9999-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ],
)
def test_the_days_a_date_can_mean(partial: str, first: str, last: str) -> None:
    assert (str(earliest(partial)), str(latest(partial))) == (first, last)


@given(PARTIAL)
def test_the_first_and_last_day_fit_and_their_neighbours_do_not(partial: str) -> None:
    first, last = earliest(partial), latest(partial)
    assert fits(first, partial)
    assert fits(last, partial)
    assert not fits(beside(first, -1), partial)
    assert not fits(beside(last, 1), partial)


@given(PARTIAL, PARTIAL)
def test_surely_before_holds_however_missing_parts_are_filled_in(a: str, b: str) -> None:
    assert surely_before(a, b) == ((a + "-99-99")[:10] < (b + "-00-00")[:10])
    assert not (surely_before(a, b) and surely_before(b, a))
    assert not surely_before(a, a)


@given(PARTIAL, PARTIAL, PARTIAL)
def test_surely_before_is_transitive(a: str, b: str, c: str) -> None:
    if surely_before(a, b) and surely_before(b, c):
        assert surely_before(a, c)


@pytest.mark.parametrize(
    ("a", "b", "before"),
    [
        ("2014", "2015", True),
        ("2015", "2015-06-01", False),
        ("2015-05", "2015-06", True),
        ("2015-05-31", "2015-06", True),
        ("2015-06", "2015-06-30", False),
        ("2015-06-01", "2015-06-01", False),
        ("2015-06-01", "2015-06-02", True),
        ("2016", "2015", False),
    ],
)
def test_examples(a: str, b: str, before: bool) -> None:
    assert surely_before(a, b) is before
