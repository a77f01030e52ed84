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
from app.render.schemas import AgencyList, AgencyProfile, CompanyList
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS
from app.web.respond import content

PAGE = 50
MISSING: dict[int | str, dict[str, Any]] = {404: PROBLEMS[422] | {"description": "No such id in the current release"}}

router = APIRouter(prefix="/v1", responses=PROBLEMS)
COMPANIES: TypeAdapter[CompanyList] = TypeAdapter(CompanyList)
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
    edition: TheEdition,
    q: Annotated[str, Query(max_length=200, description="Part of a name or of a domain.")] = "",
    agency: Annotated[str | None, Query(max_length=80, description="Holds a tie with this agency.")] = None,
    kind: Annotated[facts.TieKind | None, Query(description="Holds a tie of this kind.")] = None,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    """Companies by name, 50 a page."""
    after = _read_cursor(cursor) if cursor else None
    if "\0" in q + (agency or ""):
        raise AppError("invalid-parameter", 422, "q, agency: a NUL character is in no name.")
    with library.database.read() as session:
        found = read.search_companies(
            session, edition.row.number, text=q.strip(), agency=agency, kind=kind, after=after, limit=PAGE + 1
        )
    refs = tuple(CompanyRef(id=id_, name=name, url=f"/companies/{id_}") for name, id_ in found[:PAGE])
    following = None
    if len(found) > PAGE:
        asked = {"q": q, "agency": agency, "kind": kind, "cursor": _cursor(refs[-1])}
        following = "/v1/companies?" + urlencode({key: value for key, value in asked.items() if value})
    return content(request, COMPANIES.dump_json(CompanyList(companies=refs, next=following)))


def _cursor(last: CompanyRef) -> str:
    return base64.urlsafe_b64encode(json.dumps([last.name.lower(), last.id]).encode()).decode()


def _read_cursor(cursor: str) -> tuple[str, str]:
    try:
        name, id_ = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if isinstance(name, str) and isinstance(id_, str) and b"\0" not in (name + id_).encode():
            return name, id_
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise AppError("invalid-cursor", 422, "This cursor is none of ours: take the `next` of a list as it is.")


@router.get("/companies/{id}", tags=["Companies"], response_model=Profile, responses=MISSING)
def company(id: str, request: Request, library: TheLibrary, edition: TheEdition, lang: Language = "en") -> Response:
    """One company, whole."""
    return content(request, library.profile(edition, known_id(id, "company"), lang))


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


def known_id(name: str, what: str) -> str:
    """An id that can exist. PostgreSQL refuses NUL in text, and no id is so long."""
    if len(name) > 300 or "\0" in name:
        raise NotFound(what, "")
    return name
