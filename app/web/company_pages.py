"""The page of a company."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from app.db import ReadSession
from app.errors import NotFound
from app.lookup.profile import Profile
from app.models import Release
from app.queries import awards as award_queries
from app.queries import read
from app.queries import releases as query
from app.render.award_section import AwardSection, award_section
from app.render.company_view import Sources, checks, claims, family, sites, then
from app.render.history import Step, steps
from app.render.linked_data import company_data
from app.render.schemas import PROFILE
from app.render.timeline import timeline
from app.render.wording import Lang
from app.web import templating
from app.web.current import Edition, Library
from app.web.deps import CompanyId
from app.web.find import asked_as
from app.web.pinned import Pinned, ThePinned
from app.web.templating import Absent

AWARDS = 20
HISTORY = 100

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the page is made of. `made_otherwise`: the award rows of today are not those of the release."""

    row: Release
    profile: Profile
    awards: AwardSection | None
    made_otherwise: bool
    history: list[Step]
    more: bool


@router.get("/companies/{id}")
def company(id: CompanyId, pinned: ThePinned) -> Response:
    """A company: owners and owned, ties in time, amounts, statements, notes, sources, dates, history."""
    page = pinned.page
    assert page.edition is not None
    edition, shown = page.library.with_awards(
        page.edition, lambda session, edition: _read(session, edition, id, pinned)
    )
    profile = shown.profile
    told = claims(profile)
    page = page.of(edition)
    page.request.state.release = shown.row.number
    return page.render(
        "company.html",
        company=profile,
        path=profile.url,
        data=company_data(profile, page.settings.address),
        awards=shown.awards,
        made_otherwise=shown.made_otherwise,
        tree=family(profile),
        sites=sites(profile),
        timeline=timeline(profile.ties, shown.row.published_at.date()),
        thens={tie.id: then(profile, tie) for tie in profile.ties},
        sources=Sources(told),
        checks=checks(told, templating.today()),
        history=shown.history,
        more=shown.more,
        withdrawn=shown.row.withdrawn,
        current=edition.row.number,
        asked_as=asked_as(page.request, profile.aliases),
    )


def _read(session: ReadSession, edition: Edition, id: str, pinned: Pinned) -> _Shown:
    library, lang = pinned.page.library, pinned.page.lang
    row = pinned.row(session, edition)
    profile = profile_in(library, session, edition, row, id, lang)
    made_with = award_queries.made_with(session, row.number)
    same = row is edition.row or _same_awards(session, edition, made_with)
    logged = query.latest_changes(session, up_to=row.number, company=id, limit=HISTORY + 1)
    return _Shown(
        row=row,
        profile=profile,
        awards=_awards(session, row, id, lang) if same else None,
        made_otherwise=made_with is not None and not same,
        history=steps(logged[:HISTORY]),
        more=len(logged) > HISTORY,
    )


def profile_in(
    library: Library, session: ReadSession, edition: Edition, row: Release, company: str, lang: Lang
) -> Profile:
    """A company as a release has it. Raises Absent where another release has it, NotFound where none has."""
    try:
        if row is edition.row:
            return PROFILE.validate_json(library.profile(edition, company, lang))
        return library.past_profile(session, row, company, lang)
    except NotFound:
        raise_absent(session, edition, row, "company", company)
        raise


def raise_absent(session: ReadSession, edition: Edition, row: Release, type_: str, name: str) -> None:
    """Raises Absent where a record is not in one release but in the current or an earlier one."""
    current = edition.row.number
    last = read.last_release_with(session, type_, name, current)
    if last == current:
        detail = f"No {type_} {name[:80]!r} in release {row.number}."
        raise Absent("not_in_release", 404, detail, version=row.number)
    if last is not None:
        raise Absent("removed", 404, f"No {type_} {name[:80]!r} since release {last}.", version=last)


def _same_awards(session: ReadSession, edition: Edition, made_with: str | None) -> bool:
    """Whether the award rows of today, which have no history, are those that a release was made with."""
    return made_with is not None and made_with == award_queries.made_with(session, edition.row.number)


def _awards(session: ReadSession, row: Release, id: str, lang: Lang) -> AwardSection | None:
    rollups = award_queries.rollups(session, id)
    if not rollups:
        return None
    agencies = read.agency_names(session, row.number)
    largest = [award for award, _ in award_queries.page(session, id, limit=AWARDS)]
    names = award_queries.names(session, row.number, {award.held_by for award in largest})
    return award_section(rollups, largest, names, agencies, award_queries.imported(session), lang)
