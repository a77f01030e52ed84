"""The page of a tie: everything known about it, under an address for articles."""

from dataclasses import dataclass
from typing import NoReturn

from fastapi import APIRouter, Response

from app.db import ReadSession
from app.errors import NotFound
from app.lookup.answer import OwnershipOut, TieOut
from app.lookup.facts import Agency
from app.lookup.profile import Profile
from app.models import Release
from app.queries import read
from app.queries import releases as query
from app.render.company_view import Checked, Sources, Then, checks, order_of, owner_then
from app.render.history import Step, steps
from app.render.linked_data import tie_data
from app.web import templating
from app.web.company_pages import profile_in, raise_absent
from app.web.current import Edition
from app.web.deps import known_id
from app.web.pinned import Pinned, ThePinned
from app.web.templating import Absent

HISTORY = 100

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the page is made of; `above` are the agencies above the tie's, nearest first."""

    row: Release
    holder: Profile
    tie: TieOut
    above: tuple[Agency, ...]
    history: list[Step]


@router.get("/ties/{id}")
def tie(id: str, pinned: ThePinned) -> Response:
    """One tie with everything known about it. A retracted one is 410 with id, date and reason."""
    known_id(id, "tie")
    page = pinned.page
    edition = page.edition
    assert edition is not None
    with page.library.database.read() as session:
        shown = _read(session, edition, id, pinned)
    page.request.state.release = shown.row.number
    tie, holder = shown.tie, shown.holder
    former = owner_then(holder, tie.valid_from)
    told: list[Checked] = [tie, *holder.ownership, *([former] if former else [])]
    return page.render(
        "tie.html",
        tie=tie,
        path=f"/ties/{tie.id}",
        data=tie_data(tie, holder.release, page.settings.address),
        above=shown.above,
        owners=_owners(holder, tie),
        former=former,
        sources=Sources(told),
        checks=checks([tie], templating.today()),
        history=shown.history,
        derived=tie.id == f"{tie.held_by}-{tie.agency.id}-awards",
        release=holder.release,
        withdrawn=shown.row.withdrawn,
        current=edition.row.number,
    )


def _owners(holder: Profile, tie: TieOut) -> list[tuple[OwnershipOut, Then]]:
    """Today's owners of the company that holds the tie, each with whether it was one when the tie began."""
    hops = holder.ownership
    return [(hop, order_of(holder.name, hop.owner_name, hops[: at + 1], tie.valid_from)) for at, hop in enumerate(hops)]


def _read(session: ReadSession, edition: Edition, id: str, pinned: Pinned) -> _Shown:
    row = pinned.row(session, edition)
    company = read.tie_holder(session, row.number, id)
    if company is None:
        _raise_absent(session, edition, row, id)
    holder = profile_in(pinned.page.library, session, edition, row, company, pinned.page.lang)
    tie = next(each for each in holder.ties if each.id == id)
    return _Shown(
        row=row,
        holder=holder,
        tie=tie,
        above=_above(session, row, tie.agency.parent),
        history=steps(query.latest_changes(session, up_to=row.number, company=company, tie=id, limit=HISTORY)),
    )


def _above(session: ReadSession, row: Release, name: str | None) -> tuple[Agency, ...]:
    found: list[Agency] = []
    while name and (agency := read.agency(session, row.number, name)) and agency not in found:
        found.append(agency)
        name = agency.parent
    return tuple(found)


def _raise_absent(session: ReadSession, edition: Edition, row: Release, id: str) -> NoReturn:
    """Says why a tie is not there: retracted, of another release, or never."""
    current = edition.row.number
    retracted = query.retraction(session, current, id)
    if retracted and read.tie_holder(session, current, id) is None:
        raise Absent("retracted", 410, f"The tie {id!r} was retracted.", change=retracted)
    raise_absent(session, edition, row, "tie", id)
    raise NotFound("tie", id)
