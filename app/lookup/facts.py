"""The facts of one release as frozen dataclasses: what the lookup reasons on, whatever they were read from.

Dates are ISO 8601 strings of the precision they are known to; money is a decimal string. `World` may hold a whole
release (to build its snapshot) or just the companies that one answer needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CONTROL = frozenset({"subsidiary", "brand"})
LIVE = frozenset({"active", "ending_announced", "unknown"})

AmountKind = Literal["obligated", "ceiling", "current_value", "reported"]
ClaimStatus = Literal["published", "disputed", "corrected", "retracted"]
Evidence = Literal["record", "corroborated", "single_report"]
NoteKind = Literal["pitch", "private_sale", "advertising", "meeting"]
OwnershipKind = Literal["subsidiary", "brand", "minority"]
SourceType = Literal["government_record", "company_statement", "filing", "court", "press", "ngo", "dataset"]
TieKind = Literal["prime_contract", "subcontract", "reseller", "supplier_of_contractor", "grant", "other"]
TieStatus = Literal["active", "ending_announced", "ended", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """The dataset release that a source of type `dataset` cites."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page that says what the claim says. Null means: not known, never guessed."""

    url: str
    publisher: str
    type: SourceType
    title: str | None = None
    published_at: str | None = None
    retrieved_at: str | None = None
    archive_url: str | None = None
    quote: str | None = None
    locator: str | None = None
    dataset: Dataset | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChange:
    """A dated public note on a change of a claim."""

    date: str
    status: ClaimStatus
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What every claim carries."""

    id: str
    valid_from: str | None = None
    valid_to: str | None = None
    claim_status: ClaimStatus = "published"
    history: tuple[ClaimChange, ...] = ()
    sources: tuple[Source, ...] = ()
    verified_at: str
    verified_by: str
    reviewed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainClaim(Claim):
    """This company operates this domain."""

    company: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership(Claim):
    """`company` is owned by `owner`."""

    company: str
    owner: str
    kind: OwnershipKind

    @property
    def controls_today(self) -> bool:
        """Whether ties flow over this edge today: control (> 50 %), not ended."""
        return self.kind in CONTROL and self.valid_to is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One figure of one kind; `source` is a position in the tie's sources. Kinds are never added up."""

    kind: AmountKind
    value: str
    currency: str
    as_of: str
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the company `by` said about the tie."""

    by: str
    date: str
    quote: str
    source: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie(Claim):
    """`held_by` has a tie with `agency`."""

    held_by: str
    agency: str
    kind: TieKind
    via: str | None = None
    via_name: str | None = None
    status: TieStatus
    status_as_of: str
    evidence: Evidence
    title: str
    summary: str
    recipient: str | None = None
    uei: str | None = None
    cage: str | None = None
    amounts: tuple[Amount, ...] = ()
    awards: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def live(self) -> bool:
        """Whether it counts in state and badge: active, ending or unknown."""
        return self.status in LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Claim):
    """A sourced fact about `company` that is no tie."""

    company: str
    kind: NoteKind
    date: str
    text: str
    agency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedPlace:
    """One place that was searched, and for what."""

    where: str
    what: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Research:
    """What was searched for `company`, and when."""

    company: str
    date: str
    by: str
    searched: tuple[SearchedPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A government agency; `parent` is the id of the one above it."""

    id: str
    name: str
    short_name: str
    country: str
    parent: str | None = None
    toptier: str | None = None
    subtier: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company and the claims in its own file."""

    id: str
    name: str
    legal_name: str | None = None
    aliases: tuple[str, ...] = ()
    domains: tuple[DomainClaim, ...] = ()
    ties: tuple[Tie, ...] = ()
    notes: tuple[Note, ...] = ()
    research: tuple[Research, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The release that an answer is made from. `published_at` is ISO 8601 in UTC."""

    version: int
    published_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Facts of one release. `owners` lists a company's ownership claims, `owned` those in which it is the owner;
    both hold past ones too. Retracted claims are not here."""

    release: Release
    companies: Mapping[str, Company]
    agencies: Mapping[str, Agency]
    owners: Mapping[str, tuple[Ownership, ...]] = field(default_factory=dict)
    owned: Mapping[str, tuple[Ownership, ...]] = field(default_factory=dict)
