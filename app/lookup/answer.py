"""The answer: state, chain, ties and notes of one matched name, as the public JSON has it (api.md).

These dataclasses are the public shapes; their JSON Schema is generated from them. Fields may be added within v1,
never changed.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from app.lookup import facts
from app.lookup.chain import owner_chain
from app.lookup.facts import Company, Ownership, Release, Tie, World
from app.lookup.ties import RelatedTie, Relation, flowing_ties, related_companies

State = Literal["not_applicable", "not_researched", "documented", "via_owner", "ended", "none_found"]
Reason = Literal["address", "local", "onion", "single_label", "suffix", "government", "hosted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRef:
    """A company by id and name, with the path of its page."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRef:
    """An agency by id; `parent` is the id of the agency above it."""

    id: str
    name: str
    short_name: str
    parent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The platform that hosts other people's content under this name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnershipOut:
    """One hop of the owner chain."""

    company: str
    company_name: str
    owner: str
    owner_name: str
    kind: facts.OwnershipKind
    valid_from: str | None
    valid_to: str | None
    claim_status: facts.ClaimStatus
    verified_at: str
    sources: tuple[facts.Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardOut:
    """A government award record and its permanent page."""

    key: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOut:
    """What a company said about the tie; `source` is a position in the tie's sources."""

    by: str
    by_name: str
    date: str
    quote: str
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOut:
    """One tie as seen from the company asked about; `source` numbers are positions in `sources`."""

    id: str
    held_by: str
    held_by_name: str
    relation: Relation
    agency: AgencyRef
    kind: facts.TieKind
    via: str | None
    via_name: str | None
    status: facts.TieStatus
    status_as_of: str
    evidence: facts.Evidence
    claim_status: facts.ClaimStatus
    title: str
    summary: str
    valid_from: str | None
    valid_to: str | None
    recipient: str | None
    uei: str | None
    cage: str | None
    amounts: tuple[facts.Amount, ...]
    awards: tuple[AwardOut, ...]
    statements: tuple[StatementOut, ...]
    history: tuple[facts.ClaimChange, ...]
    verified_at: str
    verified_by: str
    reviewed_by: str | None
    sources: tuple[facts.Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteOut:
    """A sourced fact that is no tie."""

    id: str
    company: str
    company_name: str
    kind: facts.NoteKind
    date: str
    text: str
    claim_status: facts.ClaimStatus
    verified_at: str
    sources: tuple[facts.Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResearchOut:
    """What was searched for one company of the chain, and when."""

    company: str
    date: str
    searched: tuple[facts.SearchedPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer about one host. `domain` is the name that matched, `reason` why a host is not applicable."""

    query: str
    domain: str | None
    state: State
    reason: Reason | None
    host: Host | None
    company: CompanyRef | None
    ownership: tuple[OwnershipOut, ...]
    summary: str
    ties: tuple[TieOut, ...]
    notes: tuple[NoteOut, ...]
    searched: tuple[ResearchOut, ...]
    release: Release


def state_of(world: World, company: str, ties: tuple[RelatedTie, ...]) -> State:
    """The state of a company's answer, in the order of precedence of product.md."""
    live = {related.relation for related in ties if related.tie.live}
    if live & {"own", "subsidiary"}:
        return "documented"
    if live:
        return "via_owner"
    if ties:
        return "ended"
    chain = (company, *(edge.owner for edge in owner_chain(world, company)))
    researched = all(name in world.companies and world.companies[name].research for name in chain)
    return "none_found" if researched else "not_researched"


def company_ref(company: Company) -> CompanyRef:
    """A reference to a company's page."""
    return CompanyRef(id=company.id, name=company.name, url=f"/companies/{company.id}")


def award_url(key: str) -> str:
    """The permanent page of an award (USAspending: the url-encoded unique key)."""
    return f"https://www.usaspending.gov/award/{quote(key, safe='')}/"


def _name(world: World, company: str) -> str:
    found = world.companies.get(company)
    return found.name if found else company


def ownership_out(world: World, edge: Ownership) -> OwnershipOut:
    """The public form of an ownership claim."""
    return OwnershipOut(
        company=edge.company,
        company_name=_name(world, edge.company),
        owner=edge.owner,
        owner_name=_name(world, edge.owner),
        kind=edge.kind,
        valid_from=edge.valid_from,
        valid_to=edge.valid_to,
        claim_status=edge.claim_status,
        verified_at=edge.verified_at,
        sources=edge.sources,
    )


def agency_ref(world: World, agency: str) -> AgencyRef:
    """A reference to an agency."""
    found = world.agencies[agency]
    return AgencyRef(id=found.id, name=found.name, short_name=found.short_name, parent=found.parent)


def _statement(world: World, said: facts.Statement) -> StatementOut:
    return StatementOut(by=said.by, by_name=_name(world, said.by), date=said.date, quote=said.quote, source=said.source)


def tie_out(world: World, tie: Tie, relation: Relation) -> TieOut:
    """The public form of a tie. `via_name` is always filled where the third party is known."""
    return TieOut(
        id=tie.id,
        held_by=tie.held_by,
        held_by_name=_name(world, tie.held_by),
        relation=relation,
        agency=agency_ref(world, tie.agency),
        kind=tie.kind,
        via=tie.via,
        via_name=tie.via_name or (_name(world, tie.via) if tie.via else None),
        status=tie.status,
        status_as_of=tie.status_as_of,
        evidence=tie.evidence,
        claim_status=tie.claim_status,
        title=tie.title,
        summary=tie.summary,
        valid_from=tie.valid_from,
        valid_to=tie.valid_to,
        recipient=tie.recipient,
        uei=tie.uei,
        cage=tie.cage,
        amounts=tie.amounts,
        awards=tuple(AwardOut(key=key, url=award_url(key)) for key in tie.awards),
        statements=tuple(_statement(world, said) for said in tie.statements),
        history=tie.history,
        verified_at=tie.verified_at,
        verified_by=tie.verified_by,
        reviewed_by=tie.reviewed_by,
        sources=tie.sources,
    )


def _notes(world: World, company: str) -> tuple[NoteOut, ...]:
    """Notes of the company and of its owners: a subsidiary's stay with the subsidiary."""
    return tuple(
        NoteOut(
            id=note.id,
            company=holder,
            company_name=_name(world, holder),
            kind=note.kind,
            date=note.date,
            text=note.text,
            claim_status=note.claim_status,
            verified_at=note.verified_at,
            sources=note.sources,
        )
        for holder, relation, _ in related_companies(world, company)
        if relation != "subsidiary" and holder in world.companies
        for note in world.companies[holder].notes
    )


def _searched(world: World, company: str) -> tuple[ResearchOut, ...]:
    chain = (company, *(edge.owner for edge in owner_chain(world, company)))
    return tuple(
        ResearchOut(company=name, date=entry.date, searched=entry.searched)
        for name in chain
        if name in world.companies
        for entry in world.companies[name].research
    )


def company_answer(world: World, company: str) -> Answer:
    """The answer about a company, before a host name and a sentence are put in."""
    ties = flowing_ties(world, company)
    state = state_of(world, company, ties)
    return Answer(
        query="",
        domain=None,
        state=state,
        reason=None,
        host=None,
        company=company_ref(world.companies[company]),
        ownership=tuple(ownership_out(world, edge) for edge in owner_chain(world, company)),
        summary="",
        ties=tuple(tie_out(world, related.tie, related.relation) for related in ties),
        notes=_notes(world, company),
        searched=_searched(world, company) if state == "none_found" else (),
        release=world.release,
    )


def bare_answer(query: str, state: State, release: Release, reason: Reason | None = None) -> Answer:
    """An answer about a host that no company in the data operates."""
    return Answer(
        query=query,
        domain=None,
        state=state,
        reason=reason,
        host=None,
        company=None,
        ownership=(),
        summary="",
        ties=(),
        notes=(),
        searched=(),
        release=release,
    )
