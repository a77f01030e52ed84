"""The public JSON of everything that is no answer, and the JSON Schemas of all of it, generated from the models."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.lookup import facts
from app.lookup.agency import AgencyView, SiteLine, TieLine
from app.lookup.answer import Answer, CompanyRef, TieOut
from app.lookup.profile import DomainOut, Profile
from app.queries.releases import ChangeOut
from app.render.wording import LANGUAGES, messages
from app.seeding import exempt, record
from app.settings import ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBy:
    """Why something was found: by its own or its legal name, by an alias, or by a site that it operates."""

    kind: Literal["name", "alias", "site"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCompany(CompanyRef):
    """A company, and why it was found; null where nothing was asked for."""

    found_by: FoundBy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyList:
    """A page of companies; `next` is the address of the following page."""

    companies: tuple[FoundCompany, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyTies:
    """The ties of a company's answer; all of them, so `next` is null."""

    ties: tuple[TieOut, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDomains:
    """The sites that a company operates or operated; all of them, so `next` is null."""

    domains: tuple[DomainOut, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyList:
    """All agencies."""

    agencies: tuple[facts.Agency, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyProfile:
    """One agency and the ties that companies have with it."""

    id: str
    name: str
    short_name: str
    country: str
    parent: str | None
    toptier: str | None
    subtier: str | None
    aliases: tuple[str, ...]
    ties: tuple[TieOut, ...]
    release: facts.Release


@dataclass(frozen=True, slots=True, kw_only=True)
class TieList:
    """Ties with an agency and its components; all of them, so `next` is null."""

    ties: tuple[TieLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteList:
    """Sites that ties with an agency and its components reach; all of them, so `next` is null."""

    sites: tuple[SiteLine, ...]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundName:
    """Something in whose name a word begins as what was typed, or (`alike`) that is spelled nearly so. `detail` is a
    site's company, or another name, first of all the one that matched; `url` is the path of its page."""

    kind: Literal["site", "company", "agency"]
    name: str
    detail: str
    url: str
    alike: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NameList:
    """Names, the best first; `next` is always null."""

    names: tuple[FoundName, ...]
    next: str | None


class ReleaseFile(BaseModel):
    """A file of a release; trusted by its hash. Size and hash are of the decoded bytes. A delta says from which
    release it leads."""

    model_config = ConfigDict(populate_by_name=True)

    role: str
    from_: int | None = Field(None, alias="from")
    url: str
    size: int
    sha256: str


class PublicKey(BaseModel):
    """A public key in use. It is never trusted because a manifest names it."""

    key_id: str
    public_key: str
    use: str


class Manifest(BaseModel):
    """The current release, signed as served."""

    version: int
    published_at: str
    issued_at: str
    expires_at: str
    key_id: str
    content_hash: str
    counts: dict[str, int]
    shrunk: int | None
    files: list[ReleaseFile]
    keys: list[PublicKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeList:
    """A page of the log of changes; `next` is the address of the following page."""

    changes: tuple[ChangeOut, ...]
    next: str | None


class RecordLine(BaseModel):
    """A line of the JSON Lines download after the first: a record of the release. Its members are those of the seed
    file (seed/README.md), with sources in place of their keys."""

    type: Literal["agency", "company", "domain", "import", "note", "ownership", "redirect", "research", "stop", "tie"]
    id: str
    record: dict[str, Any]


class Queries(BaseModel):
    """The body of `POST /v1/lookups`: hosts or URLs."""

    model_config = ConfigDict(extra="forbid")

    queries: list[str] = Field(max_length=100)


class Problem(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class QueryError(BaseModel):
    """In a batch: a query that is no host."""

    query: str
    error: Problem


class Answers(BaseModel):
    """The answers of a batch, in the order of its queries."""

    answers: list[Answer | QueryError]


ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
PROFILE: TypeAdapter[Profile] = TypeAdapter(Profile)
AGENCY_VIEW: TypeAdapter[AgencyView] = TypeAdapter(AgencyView)

PUBLIC: dict[str, TypeAdapter[Any]] = {
    "answer": ANSWER,
    "company": PROFILE,
    "agency": TypeAdapter(AgencyProfile),
    "tie": TypeAdapter(TieOut),
    "release": TypeAdapter(Manifest),
    "changes": TypeAdapter(ChangeList),
    "record": TypeAdapter(RecordLine),
    "problem": TypeAdapter(Problem),
}

# By these names editors find them: `# yaml-language-server: $schema=../schema/company.json`.
SEED: dict[str, type[record.Record]] = {
    "company": record.Company,
    "agency": record.Agency,
    "hosted": record.HostedFile,
    "exceptions": exempt.ExceptionsFile,
}


def public_schema(name: str) -> dict[str, Any]:
    """JSON Schema of a public shape."""
    return PUBLIC[name].json_schema(mode="serialization")


def form() -> str:
    """A short name for what this program makes of the facts: the code of lookup and rendering, and the words. Another
    version has another."""
    code = [path for package in ("lookup", "render") for path in sorted((ROOT / "app" / package).glob("*.py"))]
    digest = hashlib.sha256(json.dumps([messages(lang) for lang in LANGUAGES], sort_keys=True).encode())
    for path in code:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def seed_schema(name: str) -> dict[str, Any]:
    """JSON Schema of a seed file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **SEED[name].model_json_schema()}
