"""Which ties flow where: down the chain from every controlling owner, up from controlled companies to their owner,
never sideways to a sister (product.md). A tie that ended before an acquisition is not inherited over it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from app.lookup.chain import Path, controlled, formerly_controlled, owner_chain
from app.lookup.dates import surely_before
from app.lookup.facts import Ownership, Tie, World

Relation = Literal["own", "subsidiary", "owner"]
RELATIONS: tuple[Relation, ...] = ("own", "subsidiary", "owner")
EVIDENCE = ("record", "corroborated", "single_report")


@dataclass(frozen=True, slots=True)
class RelatedTie:
    """A tie as seen from one company: its own, a subsidiary's, or an owner's; `path` is how it got there."""

    tie: Tie
    relation: Relation
    path: Path


def related_companies(world: World, company: str) -> Iterator[tuple[str, Relation, Path]]:
    """The company itself, its owners (nearest first), then the companies it controls."""
    yield company, "own", ()
    chain = owner_chain(world, company)
    for depth, edge in enumerate(chain, 1):
        yield edge.owner, "owner", chain[:depth]
    for path in controlled(world, company):
        yield path[-1].company, "subsidiary", path


def flowing_ties(world: World, company: str) -> tuple[RelatedTie, ...]:
    """All ties that an answer about `company` shows: own ones first, then subsidiaries', then owners'; within each
    the live ones before the ended, the best documented and latest attested first."""
    found = [
        RelatedTie(tie, relation, path)
        for holder, relation, path in related_companies(world, company)
        if holder in world.companies
        for tie in world.companies[holder].ties
        if not _ended_before(tie, path)
    ]
    found.sort(key=lambda related: related.tie.status_as_of, reverse=True)
    return tuple(sorted(found, key=_rank))


def _rank(related: RelatedTie) -> tuple[int, int, str, bool, int]:
    """Nearest first; one holder's ties together. Python's sort keeps the order by date among equals."""
    tie = related.tie
    relation = RELATIONS.index(related.relation)
    return relation, len(related.path), tie.held_by, not tie.live, EVIDENCE.index(tie.evidence)


def _ended_before(tie: Tie, path: Iterable[Ownership]) -> bool:
    """Whether the tie had ended before the last of the acquisitions on its way. Unknown dates keep it."""
    end = tie.valid_to or (tie.status_as_of if tie.status == "ended" else None)
    return end is not None and any(edge.valid_from and surely_before(end, edge.valid_from) for edge in path)


def former_ties(world: World, company: str) -> tuple[tuple[Ownership, Tie], ...]:
    """Ties that companies sold since had while `company` owned them: told on its page, outside state and badge. A
    company that was moved within the group, or bought back, is not sold."""
    still = {path[-1].company for path in controlled(world, company)}
    return tuple(
        (edge, tie)
        for edge in formerly_controlled(world, company)
        if edge.company in world.companies and edge.company not in still
        for tie in world.companies[edge.company].ties
        if not _outside(tie, edge)
    )


def _outside(tie: Tie, edge: Ownership) -> bool:
    began_after = tie.valid_from and edge.valid_to and surely_before(edge.valid_to, tie.valid_from)
    return bool(began_after) or _ended_before(tie, (edge,))
