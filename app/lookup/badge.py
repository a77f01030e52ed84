"""What the toolbar icon says of an answer; the twin of `badgeOf` in extension/lib/badge.js."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.lookup.answer import Answer, State, TieOut

Shape = Literal["documented", "single_report", "via_owner", "via_owner_single", "ended", "none_found", "plain"]


@dataclass(frozen=True, slots=True)
class Badge:
    """The answer's state, the icon's shape, and the number of ties that have not ended."""

    state: State
    shape: Shape
    count: int

    def __str__(self) -> str:
        return f"{self.shape} {self.count}" if self.count else self.shape


def badge_of(answer: Answer) -> Badge:
    """The badge of an answer. Where all ties that make the state are single reports, the shape is an outline."""
    live = [tie for tie in answer.ties if tie.status != "ended"]
    match answer.state:
        case "documented":
            single = _single([tie for tie in live if tie.relation != "owner"])
            return Badge(answer.state, "single_report" if single else "documented", len(live))
        case "via_owner":
            return Badge(answer.state, "via_owner_single" if _single(live) else "via_owner", len(live))
        case "ended" | "none_found":
            return Badge(answer.state, answer.state, 0)
        case _:
            return Badge(answer.state, "plain", 0)


def _single(deciding: Sequence[TieOut]) -> bool:
    return all(tie.evidence == "single_report" for tie in deciding)
