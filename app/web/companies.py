"""`/v1/companies`, `/v1/agencies`, `/v1/ties`: what the data holds."""

import base64
import binascii
import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import TypeAdapter

from app.errors import AppError, NotFound
from app.lookup import facts
from app.lookup.answer import CompanyRef, TieOut, tie_out
from app.lookup.profile import Profile
from app.queries import read
from app.render.schemas import PROFILE, AgencyList, AgencyProfile, CompanyDomains, CompanyList, CompanyTies
from app.web import find
from app.web.current import Edition, Library
from app.web.deps import CompanyId, Language, TheEdition, TheLibrary, known_id
from app.web.kept import TheKept
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS
from app.web.respond import content

PAGE = 50
MISSING: dict[int | str, dict[str, Any]] = {404: PROBLEMS[422] | {"description": "No such id in the current release"}}
MOVED: dict[int | str, dict[str, Any]] = {308: {"description": "The id is retired: `Location` has the one of today"}}

router = APIRouter(prefix="/v1", responses=PROBLEMS)
NameCursor = Annotated[str | None, Query(max_length=600)]
COMPANIES: TypeAdapter[CompanyList] = TypeAdapter(CompanyList)
TIES: TypeAdapter[CompanyTies] = TypeAdapter(CompanyTies)
DOMAINS: TypeAdapter[CompanyDomains] = TypeAdapter(CompanyDomains)
AGENCIES: TypeAdapter[AgencyList] = TypeAdapter(AgencyList)
AGENCY: TypeAdapter[AgencyProfile] = TypeAdapter(AgencyProfile)
TIE: TypeAdapter[TieOut] = TypeAdapter(TieOut)


@router.get(
    "/companies",
    tags=["Companies"],
    response_model=CompanyList,
    responses=TOO_MANY,
    dependencies=[Depends(limited("search"))],
)
def companies(
    request: Request,
    library: TheLibrary,
    kept: TheKept,
    edition: TheEdition,
    q: Annotated[str, Query(max_length=200, description="The beginning of a word of a name, or of a site.")] = "",
    agency: Annotated[str | None, Query(max_length=80, description="Holds a tie with this agency.")] = None,
    kind: Annotated[facts.TieKind | None, Query(description="Holds a tie of this kind.")] = None,
    cursor: NameCursor = None,
) -> Response:
    """Companies by name, 50 a page."""
    after = after_cursor(cursor)
    if "\0" in q + (agency or ""):
        raise AppError("invalid-parameter", 422, "q, agency: a NUL character is in no name.")
    found = find.companies(
        library, kept, edition, text=q.strip(), agency=agency, kind=kind, after=after, limit=PAGE + 1
    )
    following = None
    if len(found) > PAGE:
        asked = {"q": q, "agency": agency, "kind": kind, "cursor": cursor_after(found[PAGE - 1])}
        following = "/v1/companies?" + urlencode({key: value for key, value in asked.items() if value})
    return content(request, COMPANIES.dump_json(CompanyList(companies=tuple(found[:PAGE]), next=following)))


def cursor_after(company: CompanyRef) -> str:
    """The place behind a company in a list by name."""
    return base64.urlsafe_b64encode(json.dumps([company.name.lower(), company.id]).encode()).decode()


def after_cursor(cursor: str | None) -> tuple[str, str] | None:
    """The (lower-cased name, id) that a list goes on after. Raises AppError where it was none of ours."""
    if not cursor:
        return None
    try:
        name, id_ = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if isinstance(name, str) and isinstance(id_, str) and b"\0" not in (name + id_).encode():
            return name, id_
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise AppError("invalid-cursor", 422, "This cursor is none of ours: take the `next` of a list as it is.")


@router.get("/companies/{id}", tags=["Companies"], response_model=Profile, responses=MISSING | MOVED)
def company(
    id: CompanyId, request: Request, library: TheLibrary, edition: TheEdition, lang: Language = "en"
) -> Response:
    """One company, whole."""
    return content(request, library.profile(edition, id, lang))


@router.get("/companies/{id}/ties", tags=["Companies"], response_model=CompanyTies, responses=MISSING | MOVED)
def ties(id: CompanyId, request: Request, library: TheLibrary, edition: TheEdition, lang: Language = "en") -> Response:
    """The ties of a company's answer: its own, those of companies it controls, its owners'."""
    found = PROFILE.validate_json(library.profile(edition, id, lang)).ties
    return content(request, TIES.dump_json(CompanyTies(ties=found, next=None)))


@router.get("/companies/{id}/domains", tags=["Companies"], response_model=CompanyDomains, responses=MISSING | MOVED)
def domains(id: CompanyId, request: Request, library: TheLibrary, edition: TheEdition) -> Response:
    """The sites of a company, each with its sources."""
    found = PROFILE.validate_json(library.profile(edition, id, "en")).domains
    return content(request, DOMAINS.dump_json(CompanyDomains(domains=found, next=None)))


@router.get("/agencies", tags=["Agencies"], response_model=AgencyList)
def agencies(request: Request, library: TheLibrary, edition: TheEdition) -> Response:
    """All agencies."""
    world = _world(library, edition)
    found = tuple(world.agencies[name] for name in sorted(world.agencies))
    return content(request, AGENCIES.dump_json(AgencyList(agencies=found, next=None)))


@router.get("/agencies/{id}", tags=["Agencies"], response_model=AgencyProfile, responses=MISSING)
def agency(id: str, request: Request, library: TheLibrary, edition: TheEdition) -> Response:
    """One agency and all ties that companies hold with it."""
    name = known_id(id, "agency")
    with library.database.read() as session:
        pairs = read.agency_ties(session, edition.row.number, name)
        world = read.load_world(session, edition.row, {company for company, _ in pairs})
    found = world.agencies.get(name)
    if found is None:
        raise NotFound("agency", name)
    held = [tie for company in dict(pairs) for tie in world.companies[company].ties if tie.agency == name]
    profile = AgencyProfile(
        id=found.id,
        name=found.name,
        short_name=found.short_name,
        country=found.country,
        parent=found.parent,
        toptier=found.toptier,
        subtier=found.subtier,
        aliases=found.aliases,
        ties=tuple(tie_out(world, tie, "own") for tie in held),
        release=edition.release,
    )
    return content(request, AGENCY.dump_json(profile))


@router.get("/ties/{id}", tags=["Ties"], response_model=TieOut, responses=MISSING)
def tie(id: str, request: Request, library: TheLibrary, edition: TheEdition) -> Response:
    """One tie with all its sources, amounts, statements and history."""
    name = known_id(id, "tie")
    with library.database.read() as session:
        holder = read.tie_holder(session, edition.row.number, name)
        if holder is None:
            raise NotFound("tie", name)
        world = read.load_world(session, edition.row, {holder})
    found = next(tie for tie in world.companies[holder].ties if tie.id == name)
    return content(request, TIE.dump_json(tie_out(world, found, "own")))


def _world(library: Library, edition: Edition) -> facts.World:
    with library.database.read() as session:
        return read.load_world(session, edition.row, ())
