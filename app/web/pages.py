"""The pages people read: home with its search box, what was mended, privacy. They work without script and send nothing
to third parties."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

from app.errors import NotFound
from app.queries import awards as award_queries
from app.queries import read
from app.queries import releases as query
from app.render.feed import differences, title_of
from app.render.linked_data import site_data
from app.web import about_pages, agency_pages, company_pages, tie_pages
from app.web.deps import TheEdition, TheSettings, known_id
from app.web.kept import Kept, TheKept
from app.web.limits import limited
from app.web.respond import FRESH, IMMUTABLE
from app.web.search import PRIVATE, Found, search
from app.web.templating import ThePage, ThePlainPage, code_version

LATEST = 6
# What is news on the home page; the feed has all of it.
TOLD = ("company", "note", "tie")
LOGGED = 50

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Add the pages and their files."""
    app.state.kept = Kept(app.state.library.database)
    for pages in (router, company_pages.router, tie_pages.router, agency_pages.router, about_pages.router):
        app.routes.extend(pages.routes)  # as in app/main.py
    app.mount("/static", Assets(directory=Path(__file__).parent / "static"), name="static")


class Assets(StaticFiles):
    """Files of the pages. What is asked for by the version of this code never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or a 404."""
        response = await super().get_response(path, scope)
        if Request(scope).query_params.get("v") == code_version():
            response.headers["Cache-Control"] = IMMUTABLE
        return response


@router.get("/", dependencies=[Depends(limited("search", when="q"))])
def home(page: ThePage, edition: TheEdition, kept: TheKept, q: Annotated[str, Query(max_length=4096)] = "") -> Response:
    """The search box, and what it finds, or its page where one thing is called just so; without a question what this
    is, what changed, how much there is."""
    q = q.strip()
    found = search(page.library, kept, edition, q, page.lang) if q else Found()
    if found.page:
        return RedirectResponse(found.page, 303, headers={"Cache-Control": PRIVATE})
    latest = []
    if not q:
        with page.library.database.read() as session:
            latest = query.latest_changes(session, up_to=edition.row.number, limit=LATEST, types=TOLD)
    return page.render(
        "home.html",
        q=q,
        found=found,
        answer=found.answer,
        latest=[(change, title_of(change)) for change in latest],
        coverage=None if q else kept.coverage.get(edition),
        release=edition.release,
        counts=edition.row.counts,
        data=None if q else site_data(page.settings.address),
    )


@router.get("/corrections")
def corrections(
    page: ThePage,
    edition: TheEdition,
    company: Annotated[str, Query(max_length=80)] = "",
    tie: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """How to say that something is wrong, and the public log of what was mended; of one company where one is named."""
    one = known_id(company, "company") or None
    with page.library.database.read() as session:
        found = query.latest_changes(
            session, up_to=edition.row.number, limit=LOGGED + 1, before=before, company=one, corrections=True
        )
        about = one or (read.tie_holder(session, edition.row.number, tie) if tie else None)
        names = award_queries.names(session, edition.row.number, [edition.redirects.get(about, about)] if about else [])
    logged = [(change, title_of(change), differences(change)) for change in found[:LOGGED]]
    older = None
    if len(found) > LOGGED:
        older = {"company": company, "before": str(found[LOGGED - 1].cursor), "lang": page.lang}
    return page.render(
        "corrections.html",
        company_id=company,
        tie_id=tie,
        about=next(iter(names.values()), None),
        logged=logged,
        older=older and "/corrections?" + urlencode({key: value for key, value in older.items() if value}),
    )


@router.get("/privacy")
def privacy(page: ThePlainPage) -> Response:
    """What extension and service learn about a person; the extension's pages and the stores link here."""
    return page.render("privacy.html")


@router.get("/extension/{name}")
def download(name: str, settings: TheSettings) -> Response:
    """The packaged extension. It is made by `govties run` and `govties extension build`."""
    path = settings.data_dir / "extension" / name
    if name not in ("govties-chromium.zip", "govties-firefox.zip") or not path.is_file():
        raise NotFound("download", name)
    return FileResponse(path, media_type="application/zip", headers={"Cache-Control": FRESH})
