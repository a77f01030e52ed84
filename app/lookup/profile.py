"""A company, whole: its answer, its sites, what it owns and owned, and the ties that are only history."""

from dataclasses import dataclass

from app.lookup import facts
from app.lookup.answer import (
    Answer,
    NoteOut,
    OwnershipOut,
    ResearchOut,
    State,
    TieOut,
    ownership_out,
    tie_out,
)
from app.lookup.chain import Path, controlled, owner_chain
from app.lookup.facts import Release, World
from app.lookup.ties import former_ties


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainOut:
    """A site that the company operates, or operated until `valid_to`."""

    name: str
    valid_from: str | None
    valid_to: str | None
    claim_status: facts.ClaimStatus
    verified_at: str
    sources: tuple[facts.Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerTie:
    """A tie of a company sold since, and the time in which it was owned."""

    ownership: OwnershipOut
    tie: TieOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A company that this one controls today, directly (`depth` 1) or through others. `sites` are those it operates
    today."""

    ownership: OwnershipOut
    depth: int
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`GET /v1/companies/{id}`. `group` are all that it controls today, nearest first. `owners_before` and minority
    stakes among `owns` carry no ties."""

    id: str
    name: str
    legal_name: str | None
    aliases: tuple[str, ...]
    url: str
    state: State
    summary: str
    ownership: tuple[OwnershipOut, ...]
    owners_before: tuple[OwnershipOut, ...]
    owns: tuple[OwnershipOut, ...]
    group: tuple[Member, ...]
    domains: tuple[DomainOut, ...]
    ties: tuple[TieOut, ...]
    former_ties: tuple[FormerTie, ...]
    notes: tuple[NoteOut, ...]
    searched: tuple[ResearchOut, ...]
    release: Release


def profile(world: World, company: str, answer: Answer) -> Profile:
    """The whole of one company, around its answer."""
    found = world.companies[company]
    today = {edge.id for edge in owner_chain(world, company)}
    owners = [edge for edge in world.owners.get(company, ()) if edge.id not in today]
    owned = [edge for edge in world.owned.get(company, ()) if edge.valid_to is None]
    return Profile(
        id=found.id,
        name=found.name,
        legal_name=found.legal_name,
        aliases=found.aliases,
        url=f"/companies/{found.id}",
        state=answer.state,
        summary=answer.summary,
        ownership=answer.ownership,
        owners_before=tuple(ownership_out(world, edge) for edge in owners),
        owns=tuple(ownership_out(world, edge) for edge in owned),
        group=tuple(_member(world, path) for path in controlled(world, company)),
        domains=tuple(_domain(claim) for claim in sorted(found.domains, key=lambda claim: claim.name)),
        ties=answer.ties,
        former_ties=tuple(
            FormerTie(ownership=ownership_out(world, edge), tie=tie_out(world, tie, "subsidiary"))
            for edge, tie in former_ties(world, company)
        ),
        notes=answer.notes,
        searched=answer.searched,
        release=answer.release,
    )


def _member(world: World, path: Path) -> Member:
    found = world.companies.get(path[-1].company)
    sites = sorted(claim.name for claim in found.domains if claim.valid_to is None) if found else []
    return Member(ownership=ownership_out(world, path[-1]), depth=len(path), sites=tuple(sites))


def _domain(claim: facts.DomainClaim) -> DomainOut:
    return DomainOut(
        name=claim.name,
        valid_from=claim.valid_from,
        valid_to=claim.valid_to,
        claim_status=claim.claim_status,
        verified_at=claim.verified_at,
        sources=claim.sources,
    )
