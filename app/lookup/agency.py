"""An agency as its page shows it: the ties of companies with it and with its components, and the sites that those ties
reach along owner chains, up or down (product.md, "Which ties flow where")."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.lookup import facts
from app.lookup.answer import AgencyRef, CompanyRef, company_ref
from app.lookup.facts import Agency, Tie, World
from app.lookup.ties import RELATIONS, Relation, flowing_ties, related_companies

Lasting = Literal["live", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TieLine:
    """A tie in one line. `agency` is the agency itself or one of its components."""

    id: str
    title: str
    company: CompanyRef
    agency: AgencyRef
    kind: facts.TieKind
    status: facts.TieStatus
    status_as_of: str
    evidence: facts.Evidence
    claim_status: facts.ClaimStatus
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLine:
    """A site whose company has such a tie (`own`), or has it through a company that it owns (`subsidiary`) or that owns
    it (`owner`). `holders` hold the ties; `lasting` is `ended` where none of them is left."""

    domain: str
    company: CompanyRef
    relation: Relation
    holders: tuple[CompanyRef, ...]
    ties: int
    lasting: Lasting


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyView:
    """An agency, what stands above and below it, and all ties with it and with what stands below."""

    id: str
    name: str
    short_name: str
    country: str
    aliases: tuple[str, ...]
    parent: AgencyRef | None
    components: tuple[AgencyRef, ...]
    ties: tuple[TieLine, ...]
    sites: tuple[SiteLine, ...]
    release: facts.Release


def with_components(agencies: dict[str, Agency], agency: str) -> tuple[str, ...]:
    """The agency and everything below it, nearest first."""
    found = [agency]
    for name in found:
        found += sorted(id_ for id_, below in agencies.items() if below.parent == name and id_ not in found)
    return tuple(found)


def agency_view(world: World, agency: str) -> AgencyView:
    """The page of an agency of the world; `world` holds the companies with ties to it and all around them."""
    found = world.agencies[agency]
    meant = with_components(dict(world.agencies), agency)
    held = [tie for company in world.companies.values() for tie in company.ties if tie.agency in meant]
    ties = (_tie_line(world, tie) for tie in held)
    parent = world.agencies.get(found.parent or "")
    return AgencyView(
        id=found.id,
        name=found.name,
        short_name=found.short_name,
        country=found.country,
        aliases=found.aliases,
        parent=agency_ref(parent) if parent else None,
        components=tuple(agency_ref(world.agencies[name]) for name in meant[1:]),
        ties=tuple(sorted(ties, key=lambda tie: (tie.status == "ended", tie.company.name.lower(), tie.id))),
        sites=tuple(sorted(_sites(world, held, frozenset(meant)), key=lambda site: site.domain)),
        release=world.release,
    )


def agency_ref(agency: Agency) -> AgencyRef:
    """A reference to an agency's page."""
    return AgencyRef(id=agency.id, name=agency.name, short_name=agency.short_name, parent=agency.parent)


def _tie_line(world: World, tie: Tie) -> TieLine:
    return TieLine(
        id=tie.id,
        title=tie.title,
        company=company_ref(world.companies[tie.held_by]),
        agency=agency_ref(world.agencies[tie.agency]),
        kind=tie.kind,
        status=tie.status,
        status_as_of=tie.status_as_of,
        evidence=tie.evidence,
        claim_status=tie.claim_status,
        valid_from=tie.valid_from,
        valid_to=tie.valid_to,
    )


def _sites(world: World, held: list[Tie], meant: frozenset[str]) -> Iterator[SiteLine]:
    around = {name for tie in held for name, _, _ in related_companies(world, tie.held_by)}
    for name in sorted(around & world.companies.keys()):
        ties = [related for related in flowing_ties(world, name) if related.tie.agency in meant]
        live = [related for related in ties if related.tie.live]
        told = live or ties
        if not told:
            continue
        holders = dict.fromkeys(related.tie.held_by for related in told)
        for site in world.companies[name].domains:
            if site.valid_to is None:
                yield SiteLine(
                    domain=site.name,
                    company=company_ref(world.companies[name]),
                    relation=min((related.relation for related in told), key=RELATIONS.index),
                    holders=tuple(company_ref(world.companies[holder]) for holder in holders),
                    ties=len(told),
                    lasting="live" if live else "ended",
                )
