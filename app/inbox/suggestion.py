"""What a suggestion may hold, and how its ticket shows it. What it names is compared with the release by the caller."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from app.domains.names import parse_host, parse_url
from app.errors import AppError
from app.models import Suggestion
from app.queries.read import iso
from app.seeding.fields import Slug, WebAddress

MAX_URL = 2_000
# What nobody sees in a terminal or an editor nobody can check; a text has line ends and tabs.
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Kind(StrEnum):
    """What a suggestion is. A company's reply is shown as one and comes from the company's own site or a filing."""

    CORRECTION = "correction"
    ADDITION = "addition"
    COMPANY_REPLY = "company_reply"


class State(StrEnum):
    """Where a suggestion stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


def _visible(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if HIDDEN.search(text):
        raise ValueError("a control character stands here: remove it")
    return text


def _public_address(text: str) -> str:
    try:
        host = parse_url(text)
    except AppError as error:
        raise ValueError(error.detail) from None
    if host.reason not in (None, "government", "hosted", "suffix"):
        raise ValueError("give an address that everybody can open")
    if "@" in text.split("/")[2]:
        raise ValueError("give the address without user name and password")
    return text


def _host(text: str) -> str:
    try:
        host = parse_host(text)
    except AppError as error:
        raise ValueError(error.detail) from None
    if host.reason:
        raise ValueError("give the name of a public site, such as www.example.com")
    return host.name


class WrongField(AppError):  # noqa: N818
    """A suggestion cannot be taken as it is; `field` names the one to mend, or `about` or `reply`."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__("invalid-suggestion", 422, f"{field}: {detail}.")
        self.field = field


class NewSuggestion(BaseModel):
    """The body of `POST /v1/suggestions`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind = Field(description="`company_reply`: the company itself answers; `source_url` is its own site's.")
    company: Slug | None = Field(None, description="The id of the company that it is about.")
    domain: Annotated[str, StringConstraints(max_length=253), AfterValidator(_host)] | None = Field(
        None, description="The site that it is about, where no company of the data is."
    )
    tie: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]+$", max_length=300)] | None = Field(
        None, description="The id of the tie that it is about."
    )
    text: Annotated[
        str, StringConstraints(min_length=10, max_length=4_000, strip_whitespace=True), AfterValidator(_visible)
    ] = Field(description="What is wrong and what is right, 10 to 4,000 characters. No personal data.")
    source_url: Annotated[
        WebAddress,
        StringConstraints(max_length=MAX_URL),
        AfterValidator(_visible),
        AfterValidator(_public_address),
    ] = Field(description="Where one can read that it is so.")

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        if self.company is None and (self.domain is None or self.kind == Kind.COMPANY_REPLY):
            raise ValueError("name the company that it is about, or, where no company of the data is, the domain")
        return self

    @classmethod
    def checked(cls, fields: dict[str, str]) -> Self:
        """A suggestion of a form's fields. Raises WrongField."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise _wrong(error) from None


def read_suggestion(body: bytes) -> NewSuggestion:
    """A suggestion of a JSON body. Raises WrongField."""
    try:
        return NewSuggestion.model_validate_json(body)
    except ValidationError as error:
        raise _wrong(error) from None


def _wrong(error: ValidationError) -> WrongField:
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(map(str, first["loc"])) or ("body" if first["type"] == "json_invalid" else "about")
    return WrongField(field, first["msg"].removeprefix("Value error, ").rstrip("."))


class Ticket(BaseModel):
    """A suggestion as everybody may see it. `text` and `source_url` are null until it is accepted."""

    id: str
    url: str
    kind: Kind
    state: State
    company: str | None
    domain: str | None
    tie: str | None
    created_at: str
    decided_at: str | None
    decision: str | None
    text: str | None
    source_url: str | None


def ticket_of(row: Suggestion) -> Ticket:
    """What is public of a suggestion."""
    accepted = row.state == State.ACCEPTED
    return Ticket(
        id=row.id,
        url=f"/suggestions/{row.id}",
        kind=Kind(row.kind),
        state=State(row.state),
        company=row.company,
        domain=row.domain,
        tie=row.tie,
        created_at=iso(row.created_at),
        decided_at=_moment(row.decided_at),
        decision=row.decision,
        text=row.text if accepted else None,
        source_url=row.source_url if accepted else None,
    )


def _moment(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
