"""The page of a company."""

from fastapi import APIRouter, Response

from app.db import ReadSession
from app.queries import awards as award_queries
from app.queries import read
from app.render.award_section import AwardSection, award_section
from app.render.schemas import PROFILE
from app.web.current import Edition
from app.web.deps import CompanyId, TheEdition, TheLibrary
from app.web.templating import ThePage

AWARDS = 20

router = APIRouter(include_in_schema=False)


@router.get("/companies/{id}")
def company(id: CompanyId, page: ThePage, library: TheLibrary, edition: TheEdition) -> Response:
    """A company: owner chain, ties, amounts, statements, notes, sources, dates."""

    def read_all(session: ReadSession, edition: Edition) -> tuple[bytes, AwardSection | None]:
        rollups = award_queries.rollups(session, id)
        agencies = read.agency_names(session, edition.row.number) if rollups else {}
        largest = [award for award, _ in award_queries.page(session, id, limit=AWARDS)]
        names = award_queries.names(session, edition.row.number, {award.held_by for award in largest})
        imported = award_queries.imported(session)
        section = award_section(rollups, largest, names, agencies, imported, page.lang)
        return library.profile(edition, id, page.lang), section

    edition, (body, awards) = library.with_awards(edition, read_all)
    profile = PROFILE.validate_json(body)
    return page.of(edition).render("company.html", company=profile, awards=awards)
