"""The breaker: open after failures, for a growing time, with one probe."""

import pytest

from app.breaker import Breaker, State


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("app.breaker.time", clock)
    return clock


def test_it_opens_for_a_growing_time_and_lets_one_probe_through(clock: Clock) -> None:
    seen: list[State] = []
    breaker = Breaker(first=1, most=4, changed=seen.append)
    assert breaker.allows()
    breaker.failed()
    for pause in (1, 2, 4, 4):
        assert not breaker.allows()
        clock.now += pause - 0.01
        assert not breaker.allows()
        clock.now += 0.02
        assert [breaker.allows() for _ in range(3)] == [True, False, False]
        breaker.failed()
    clock.now += 5
    assert breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
    breaker.failed()
    clock.now += 1.01
    assert breaker.allows(), "after a success the pause is the first one again"
    assert seen[:3] == ["open", "half_open", "open"]


def test_a_single_failure_of_many_allowed_changes_nothing(clock: Clock) -> None:
    breaker = Breaker(failures=3)
    for _ in range(5):
        breaker.failed()
        breaker.failed()
        breaker.succeeded()
    assert breaker.state == "closed"
    for _ in range(3):
        breaker.failed()
    assert breaker.state == "open"


def test_late_failures_do_not_make_it_longer(clock: Clock) -> None:
    breaker = Breaker(first=1, most=8)
    for _ in range(10):
        breaker.failed()
    clock.now += 1.01
    assert breaker.allows()


def test_a_probe_that_never_comes_back_is_followed_by_another(clock: Clock) -> None:
    breaker = Breaker(first=1, most=4)
    breaker.failed()
    clock.now += 1.01
    assert breaker.allows()
    clock.now += 4.01
    assert [breaker.allows(), breaker.allows()] == [True, False]
