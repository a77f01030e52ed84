"""What a seed file may hold: the authority for `seed/`, its JSON Schemas and its error messages.

The rules stand in seed/README.md. A model here refuses what one record alone can show;
what needs several records (unknown ids, cycles, duplicates) is in `checks.py`. All scalars arrive as strings
(reader.py), so `NO`, `0001133421` and `2018-10` keep the form in which they were written.
"""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.seeding.fields import AwardKey, Handle, Line, Money, PartialDate, Quote, ShortName, Slug, Text, WebAddress


class SourceType(StrEnum):
    """Where a source comes from. `dataset` may support domains and ownership only (trust.md)."""

    GOVERNMENT_RECORD = "government_record"
    COMPANY_STATEMENT = "company_statement"
    FILING = "filing"
    COURT = "court"
    PRESS = "press"
    NGO = "ngo"
    DATASET = "dataset"


class ClaimStatus(StrEnum):
    """Editorial state of a claim. A retracted claim leaves the answers; a disputed one stays, marked."""

    PUBLISHED = "published"
    DISPUTED = "disputed"
    CORRECTED = "corrected"
    RETRACTED = "retracted"


class OwnershipKind(StrEnum):
    """`subsidiary` and `brand` are control (over 50 % or consolidated); `minority` is never inherited."""

    SUBSIDIARY = "subsidiary"
    BRAND = "brand"
    MINORITY = "minority"


class TieKind(StrEnum):
    """Kinds of tie, defined for curators in seed/README.md."""

    PRIME_CONTRACT = "prime_contract"
    SUBCONTRACT = "subcontract"
    RESELLER = "reseller"
    SUPPLIER_OF_CONTRACTOR = "supplier_of_contractor"
    GRANT = "grant"
    OTHER = "other"


class TieStatus(StrEnum):
    """Whether the tie itself goes on, as of `status_as_of`."""

    ACTIVE = "active"
    ENDING_ANNOUNCED = "ending_announced"
    ENDED = "ended"
    UNKNOWN = "unknown"


class Evidence(StrEnum):
    """How well a tie is documented (trust.md rule 1)."""

    RECORD = "record"
    CORROBORATED = "corroborated"
    SINGLE_REPORT = "single_report"


class AmountKind(StrEnum):
    """Kinds of money, never added up."""

    OBLIGATED = "obligated"
    CEILING = "ceiling"
    CURRENT_VALUE = "current_value"
    REPORTED = "reported"


class NoteKind(StrEnum):
    """Sourced facts that are no ties."""

    PITCH = "pitch"
    PRIVATE_SALE = "private_sale"
    ADVERTISING = "advertising"
    MEETING = "meeting"


class IdentifierKind(StrEnum):
    """By what an award record may name a company (trust.md 5)."""

    UEI = "uei"
    CAGE = "cage"
    RECIPIENT = "recipient"
    PARENT = "parent"


class HostedAction(StrEnum):
    """What a tenant platform's name stands for: the company that runs it, or a stop."""

    COMPANY = "company"
    STOP = "stop"


class Record(BaseModel):
    """Base of all: an unknown field is an error, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dataset(Record):
    """The release of a dataset that a source cites, and the licence that lets us."""

    name: Line
    version: Line
    licence: Line


class Source(Record):
    """A page that says what the claim says. What was not seen is left out, never made up."""

    url: WebAddress
    publisher: Line
    type: SourceType
    title: Line | None = None
    published_at: PartialDate | None = None
    retrieved_at: PartialDate | None = None
    archive_url: WebAddress | None = None
    quote: Quote | None = None
    locator: Line | None = None
    dataset: Dataset | None = None

    @model_validator(mode="after")
    def _dataset_is_described(self) -> Self:
        if (self.type == SourceType.DATASET) != (self.dataset is not None):
            raise ValueError("type: dataset and dataset: {name, version, licence} go together")
        return self


class Change(Record):
    """A dated, public note on a change of a claim."""

    date: PartialDate
    status: ClaimStatus
    note: Text


class Dated(Record):
    """What holds for a time and was compared with its sources. `sources` are keys of the file's `sources`."""

    valid_from: PartialDate | None = None
    valid_to: PartialDate | None = None
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]
    verified_at: PartialDate
    verified_by: Handle
    reviewed_by: Handle | None = None

    @model_validator(mode="after")
    def _reviewer_is_another(self) -> Self:
        if self.reviewed_by is not None and self.reviewed_by == self.verified_by:
            raise ValueError("reviewed_by is a second person, not the one in verified_by")
        return self


class Claim(Dated):
    """What every claim carries (trust.md)."""

    claim_status: ClaimStatus = ClaimStatus.PUBLISHED
    history: tuple[Change, ...] = ()

    @model_validator(mode="after")
    def _status_is_explained(self) -> Self:
        explained = any(change.status == self.claim_status for change in self.history)
        if self.claim_status != ClaimStatus.PUBLISHED and not explained:
            raise ValueError(f"claim_status {self.claim_status} needs a dated note in history")
        return self


class DomainClaim(Claim):
    """*This company operates this domain.* The name in the form browsers send: lower case, punycode."""

    id: Slug | None = None
    name: Line


class OwnershipClaim(Claim):
    """*This company is owned by `owner`.*"""

    id: Slug | None = None
    owner: Slug
    kind: OwnershipKind


class Amount(Record):
    """One figure, its kind and who gives it. `source` is one of the claim's sources."""

    kind: AmountKind
    value: Money
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    as_of: PartialDate
    source: Slug


class Statement(Record):
    """What a company said about the tie. `by` is a company id."""

    by: Slug
    date: PartialDate
    quote: Quote
    source: Slug


class TieClaim(Claim):
    """*This company has a tie with an agency.* It stands in the file of the company that holds it."""

    id: Slug
    agency: Slug
    kind: TieKind
    via: Slug | None = None
    via_name: Line | None = None
    status: TieStatus
    status_as_of: PartialDate
    evidence: Evidence
    title: Line
    summary: Text
    recipient: Line | None = None
    uei: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{12}$")] | None = None
    cage: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$")] | None = None
    amounts: tuple[Amount, ...] = ()
    awards: tuple[AwardKey, ...] = ()
    statements: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        if self.via and self.via_name:
            raise ValueError("give via (a company id) or via_name (any other firm), not both")
        if self.kind == TieKind.SUPPLIER_OF_CONTRACTOR and not (self.via or self.via_name):
            raise ValueError("kind supplier_of_contractor names the contractor in via or via_name")
        if self.valid_to and self.status != TieStatus.ENDED:
            raise ValueError("a tie with valid_to has status ended")
        cited = [amount.source for amount in self.amounts] + [said.source for said in self.statements]
        for source in cited:
            if source not in self.sources:
                raise ValueError(f"source {source} is not among the sources of this tie")
        return self


class NoteClaim(Claim):
    """A sourced fact that is no tie: never in state, count or badge."""

    id: Slug
    kind: NoteKind
    date: PartialDate
    text: Text
    agency: Slug | None = None


class Searched(Record):
    """One place that was searched, and for what."""

    where: Line
    what: Text
    url: WebAddress | None = None


class Research(Record):
    """A dated entry of what was searched for this company. Only with one for every company in the chain may
    an answer say `none_found`; one file about one agency never suffices (product.md)."""

    id: Slug
    date: PartialDate
    by: Handle
    searched: Annotated[tuple[Searched, ...], Field(min_length=2)]


class Identifier(Dated):
    """A code or an exact name by which award records mean this company, as recipient or as reported parent."""

    kind: IdentifierKind
    value: Line


class Company(Record):
    """One company: `seed/companies/<id>.yml`."""

    id: Slug
    name: Line
    legal_name: Line | None = None
    aliases: tuple[Line, ...] = ()
    sources: dict[Slug, Source] = {}
    identifiers: tuple[Identifier, ...] = ()
    domains: tuple[DomainClaim, ...] = ()
    owners: tuple[OwnershipClaim, ...] = ()
    ties: tuple[TieClaim, ...] = ()
    notes: tuple[NoteClaim, ...] = ()
    research: tuple[Research, ...] = ()


class AgencyCodes(Record):
    """Codes of a United States agency in award records: `toptier` three digits, `subtier` four."""

    toptier: Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")] | None = None
    subtier: Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")] | None = None


class Agency(Record):
    """One government agency: `seed/agencies/<id>.yml`."""

    id: Slug
    name: Line
    short_name: ShortName
    aliases: tuple[Line, ...] = ()
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    parent: Slug | None = None
    codes: AgencyCodes = AgencyCodes()


class Hosted(Record):
    """A platform whose tenants write their own pages. `apex` is the name itself, `children` the names below it;
    `own` lists children that the operator runs itself. `company` operates the platform, where it is known."""

    name: Line
    platform: Line
    apex: HostedAction
    children: HostedAction = HostedAction.STOP
    own: tuple[Line, ...] = ()
    company: Slug | None = None

    @model_validator(mode="after")
    def _company_is_known(self) -> Self:
        is_company = HostedAction.COMPANY in (self.apex, self.children) or self.own
        if is_company and not self.company:
            raise ValueError("name the company that the apex, the children or own stand for")
        return self


class Government(Record):
    """A suffix under which governments keep their own sites, such as `gov` or `gov.uk`."""

    suffix: Line
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class HostedFile(Record):
    """`seed/hosted.yml`."""

    platforms: tuple[Hosted, ...] = ()
    governments: tuple[Government, ...] = ()
