"""The pages people read: home with its search box, what was mended, privacy. They work without script and send nothing
to third parties."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from app.domains.names import HostError, parse_query
from app.errors import NotFound
from app.lookup.answer import Answer, CompanyRef
from app.queries import read
from app.queries import releases as query
from app.render.feed import differences, title_of
from app.render.schemas import ANSWER
from app.render.wording import Lang
from app.web import company_pages
from app.web.answers import answer as answer_of
from app.web.current import Edition, Library
from app.web.deps import TheEdition, TheSettings, known_id
from app.web.limits import limited
from app.web.respond import FRESH
from app.web.templating import ThePage, ThePlainPage

FOUND = 30
LOGGED = 50

router = APIRouter(include_in_schema=False)


def install(app: FastAPI) -> None:
    """Add the pages and their files."""
    for pages in (router, company_pages.router):
        app.include_router(pages)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")


@router.get("/", dependencies=[Depends(limited("search", when="q"))])
def home(page: ThePage, edition: TheEdition, q: Annotated[str, Query(max_length=4096)] = "") -> Response:
    """The search box, and what it finds: a site's answer, or companies by name."""
    q = q.strip()
    answer, companies = _search(page.library, edition, q, page.lang) if q else (None, [])
    return page.render(
        "home.html",
        q=q,
        answer=answer,
        companies=companies,
        release=edition.release,
        counts=edition.row.counts,
    )


def _search(library: Library, edition: Edition, q: str, lang: Lang) -> tuple[Answer | None, list[CompanyRef]]:
    """A name with a dot is a site; anything else, or a site that nobody knows, is looked for among the companies."""
    answer = None
    try:
        host = parse_query(q)
        if host.reason != "single_label":
            answer = ANSWER.validate_json(answer_of(library, edition, host, lang).body)
    except HostError:
        pass
    if answer and answer.company:
        return answer, []
    text = q.replace("\0", "")[:200].strip()
    if not text:
        return answer, []
    with library.database.read() as session:
        found = read.search_companies(session, edition.row.number, text=text, limit=FOUND)
    return answer, [CompanyRef(id=id_, name=name, url=f"/companies/{id_}") for name, id_ in found]


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
    logged = [(change, title_of(change), differences(change)) for change in found[:LOGGED]]
    older = None
    if len(found) > LOGGED:
        older = {"company": company, "before": str(found[LOGGED - 1].cursor), "lang": page.lang}
    return page.render(
        "corrections.html",
        company_id=company,
        tie_id=tie,
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
