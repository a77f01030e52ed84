"""`/v1/companies/{id}/awards`: the award records behind a company's ties, as pages of JSON or whole as CSV."""

import base64
import binascii
import json
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator

from app.db import Database, ReadSession
from app.errors import AppError, NotFound
from app.models import Award
from app.queries import awards as queries
from app.render import awards as render
from app.web.companies import MISSING, MOVED
from app.web.current import Edition
from app.web.deps import CompanyId, TheEdition, TheLibrary
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS
from app.web.respond import FRESH, content

PAGE = 50
# Rows of a CSV that are read at once: one short session each, so that a slow reader holds no connection.
CHUNK = 1_000

router = APIRouter(prefix="/v1/companies/{id}", tags=["Companies"], responses=PROBLEMS)


def _possible(agency: str | None) -> str | None:
    """Refuse what PostgreSQL refuses in text, before an answer has begun: a stream that breaks off says nothing."""
    if agency is not None and "\0" in agency:
        raise AppError("invalid-parameter", 422, "agency: a NUL character is in no id.")
    return agency


AgencyId = Annotated[
    str | None, Query(max_length=80, description="Only awards of this agency."), AfterValidator(_possible)
]
FiscalYear = Annotated[
    int | None, Query(ge=1900, le=9999, description="Only awards with an action in this fiscal year, by its sum.")
]
After = tuple[int, int]


@router.get("/awards", response_model=render.AwardList, responses=MISSING | MOVED)
def awards(
    id: CompanyId,
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    agency: AgencyId = None,
    fiscal_year: FiscalYear = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Award records on a company's page, 50 at a time, the most money first: its own, and those of companies that it
    owned at the time. Sums and the imported period come with every page."""
    company, after = id, _read_cursor(cursor) if cursor else None
    asked = {"agency": agency, "fiscal_year": fiscal_year}

    def read(session: ReadSession, edition: Edition) -> render.AwardList:
        _require(session, edition, company)
        found = _page(session, company, agency, fiscal_year, after, PAGE + 1)
        return render.AwardList(
            awards=_rendered(session, edition, found[:PAGE]),
            sums=[render.sum_out(row) for row in queries.rollups(session, company)],
            imported=render.imported_out(queries.imported(session)),
            next=_following(company, asked, *found[PAGE - 1]) if len(found) > PAGE else None,
        )

    edition, body = library.with_awards(edition, read)
    request.state.release = edition.row.number
    return content(request, body.model_dump_json(by_alias=True).encode())


def _following(company: str, asked: dict[str, Any], last: Award, cents: int) -> str:
    given = {key: value for key, value in asked.items() if value is not None}
    return f"/v1/companies/{company}/awards?" + urlencode(given | {"cursor": _cursor(cents, last.row)})


@router.get(
    "/awards.csv",
    responses={200: {"content": {"text/csv": {}}}, **MISSING, **MOVED, **TOO_MANY},
    response_class=StreamingResponse,
    dependencies=[Depends(limited("exports"))],
)
def awards_csv(
    id: CompanyId, library: TheLibrary, edition: TheEdition, agency: AgencyId = None, fiscal_year: FiscalYear = None
) -> Response:
    """The same award records, all of them, as CSV (RFC 4180, UTF-8)."""
    company = id
    with library.database.read() as session:
        _require(session, edition, company)
    lines = _lines(library.database, edition, company, agency, fiscal_year)
    headers = {"Cache-Control": FRESH, "Content-Disposition": f'attachment; filename="{company}-awards.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=headers)


def _lines(
    database: Database, edition: Edition, company: str, agency: str | None, fiscal_year: int | None
) -> Iterator[str]:
    after: After | None = None
    header = True
    while True:
        with database.read() as session:
            found = _page(session, company, agency, fiscal_year, after, CHUNK)
            rows = _rendered(session, edition, found)
        yield render.csv_rows(rows, header=header)
        if len(found) < CHUNK:
            return
        header, after = False, (found[-1][1], found[-1][0].row)


def _require(session: ReadSession, edition: Edition, company: str) -> None:
    if company not in queries.names(session, edition.row.number, [company]):
        raise NotFound("company", company)


def _page(
    session: ReadSession, company: str, agency: str | None, year: int | None, after: After | None, limit: int
) -> list[tuple[Award, int]]:
    return queries.page(session, company, agency=agency, fiscal_year=year, after=after, limit=limit)


def _rendered(session: ReadSession, edition: Edition, found: list[tuple[Award, int]]) -> list[render.AwardOut]:
    years = queries.years_of(session, [award.row for award, _ in found])
    names = queries.names(session, edition.row.number, {award.held_by for award, _ in found})
    return [render.award_out(award, years.get(award.row, {}), names) for award, _ in found]


def _cursor(cents: int, row: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([cents, row]).encode()).decode()


def _read_cursor(cursor: str) -> After:
    try:
        cents, row = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if type(cents) is int and type(row) is int and abs(cents) < 2**62 and 0 <= row < 2**31:
            return cents, row
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise AppError("invalid-cursor", 422, "This cursor is none of ours: take the `next` of a list as it is.")
