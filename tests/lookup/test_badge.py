"""The badge of an answer, as extension/lib/badge.js makes it."""

from dataclasses import dataclass, replace

import pytest

from app.lookup.answer import Answer, State, bare_answer
from app.lookup.badge import Badge, badge_of
from app.lookup.facts import Release


@dataclass(frozen=True, slots=True)
class Seen:
    status: str
    evidence: str = "record"
    relation: str = "own"


def answer(state: State, *ties: Seen) -> Answer:
    return replace(bare_answer("x.com", state, Release(version=1, published_at="")), ties=ties)  # type: ignore[arg-type]


SINGLE, RECORD, ENDED = Seen("unknown", "single_report"), Seen("active"), Seen("ended")
ABOVE, ABOVE_SINGLE = Seen("active", relation="owner"), Seen("active", "single_report", "owner")


@pytest.mark.parametrize(
    ("asked", "shape", "count"),
    [
        (answer("documented", RECORD, SINGLE, ENDED), "documented", 2),
        (answer("documented", SINGLE), "single_report", 1),
        (answer("documented", SINGLE, ABOVE), "single_report", 2),
        (answer("via_owner", ABOVE, ABOVE_SINGLE), "via_owner", 2),
        (answer("via_owner", ABOVE_SINGLE), "via_owner_single", 1),
        (answer("ended", ENDED), "ended", 0),
        (answer("none_found"), "none_found", 0),
        (answer("not_researched"), "plain", 0),
        (answer("not_applicable"), "plain", 0),
    ],
)
def test_the_badge_of_an_answer(asked: Answer, shape: str, count: int) -> None:
    assert badge_of(asked) == Badge(asked.state, shape, count)  # type: ignore[arg-type]
