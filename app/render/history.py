"""The log of one company or tie, release by release, as its page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from app.queries.releases import ChangeOut
from app.render.feed import differences, title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change that is told singly: what it is about, and the fields that differ."""

    change: ChangeOut
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one release changed. What it added is counted: the page shows it anyway."""

    release: int
    at: str
    added: int
    told: tuple[Told, ...]


def steps(changes: Iterable[ChangeOut]) -> list[Step]:
    """Changes as they come, newest first, by release."""
    return [_step(release, list(group)) for release, group in groupby(changes, key=lambda change: change.release)]


def _step(release: int, changes: list[ChangeOut]) -> Step:
    told = [change for change in changes if change.kind != "added"]
    return Step(release=release, at=changes[0].at, added=len(changes) - len(told), told=tuple(map(_told, told)))


def _told(change: ChangeOut) -> Told:
    fields = tuple(name for name, _, _ in differences(change))
    return Told(change=change, title=title_of(change), fields=fields)
