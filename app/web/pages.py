"""The pages people read: home with its search box, a company, how to ask for a correction. They work without script
and send nothing to third parties."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.db import ReadSession
from app.domains.names import HostError, parse_query
from app.errors import NotFound
from app.lookup.answer import Answer, CompanyRef
from app.lookup.dates import is_stale
from app.queries import awards as award_queries
from app.queries import read
from app.queries import releases as query
from app.render.award_section import AwardSection, award_section
from app.render.feed import differences, title_of
from app.render.schemas import ANSWER, PROFILE
from app.render.wording import Lang, one_source, with_language
from app.settings import Settings
from app.web.answers import answer as answer_of
from app.web.companies import known_id
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary, TheSettings
from app.web.limits import limited
from app.web.respond import FRESH, content

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FOUND = 30
LOGGED = 50
AWARDS = 20

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=PackageLoader("app.web"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals["one_source"] = one_source
templates.globals["is_stale"] = lambda date, months: is_stale(date, months, datetime.now(UTC).date())


def install(app: FastAPI) -> None:
    """Add the pages and their files."""
    app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")


def render(request: Request, name: str, lang: Lang, settings: Settings, **values: Any) -> Response:
    """A page from its template."""
    body = _body(request, name, lang, settings, **values)
    return content(request, body, media_type="text/html", headers={"Content-Security-Policy": CSP})


def missing(request: Request) -> Response:
    """The page for a person at an address under /companies/ where nothing stands; never cached."""
    lang: Lang = "es" if request.query_params.get("lang") == "es" else "en"
    body = _body(request, "error.html", lang, request.app.state.settings)
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "Vary": "Accept"}
    return Response(body, 404, media_type="text/html", headers=headers)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a company's page. Programs, `*/*` included, get problem+json."""
    return request.url.path.startswith("/companies/") and "text/html" in request.headers.get("accept", "")


def _body(request: Request, name: str, lang: Lang, settings: Settings, **values: Any) -> bytes:
    values |= with_language(lang) | {"lang": lang, "contact": settings.contact, "other": _other_language(request, lang)}
    return templates.get_template(name).render(values).encode()


def _other_language(request: Request, lang: Lang) -> str:
    """The address of this page in the other language, with what was asked."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    query = urlencode(kept + ([] if lang == "es" else [("lang", "es")]), errors="replace")
    return request.url.path + (f"?{query}" if query else "")


@router.get("/", dependencies=[Depends(limited("search", when="q"))])
def home(
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    settings: TheSettings,
    q: Annotated[str, Query(max_length=4096)] = "",
    lang: Language = "en",
) -> Response:
    """The search box, and what it finds: a site's answer, or companies by name."""
    q = q.strip()
    answer, companies = _search(library, edition, q, lang) if q else (None, [])
    return render(
        request,
        "home.html",
        lang,
        settings,
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


@router.get("/companies/{id}")
def company(
    id: str,
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    settings: TheSettings,
    lang: Language = "en",
) -> Response:
    """A company: owner chain, ties, amounts, statements, notes, sources, dates."""
    known_id(id, "company")

    def read_all(session: ReadSession, edition: Edition) -> tuple[bytes, AwardSection | None]:
        rollups = award_queries.rollups(session, id)
        agencies = read.agency_names(session, edition.row.number) if rollups else {}
        largest = [award for award, _ in award_queries.page(session, id, limit=AWARDS)]
        names = award_queries.names(session, edition.row.number, {award.held_by for award in largest})
        imported = award_queries.imported(session)
        section = award_section(rollups, largest, names, agencies, imported, lang)
        return library.profile(edition, id, lang), section

    edition, (body, awards) = library.with_awards(edition, read_all)
    profile = PROFILE.validate_json(body)
    return render(request, "company.html", lang, settings, company=profile, awards=awards)


@router.get("/corrections")
def corrections(
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    settings: TheSettings,
    company: Annotated[str, Query(max_length=80)] = "",
    tie: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    lang: Language = "en",
) -> Response:
    """How to say that something is wrong, and the public log of what was mended; of one company where one is named."""
    one = known_id(company, "company") or None
    with library.database.read() as session:
        found = query.latest_changes(
            session, up_to=edition.row.number, limit=LOGGED + 1, before=before, company=one, corrections=True
        )
    logged = [(change, title_of(change), differences(change)) for change in found[:LOGGED]]
    older = {"company": company, "before": str(found[LOGGED - 1].cursor), "lang": lang} if len(found) > LOGGED else None
    return render(
        request,
        "corrections.html",
        lang,
        settings,
        company_id=company,
        tie_id=tie,
        logged=logged,
        older=older and "/corrections?" + urlencode({key: value for key, value in older.items() if value}),
    )


@router.get("/privacy")
def privacy(request: Request, settings: TheSettings, lang: Language = "en") -> Response:
    """What extension and service learn about a person; the extension's pages and the stores link here."""
    return render(request, "privacy.html", lang, settings)


@router.get("/extension/{name}")
def download(name: str, settings: TheSettings) -> Response:
    """The packaged extension. It is made by `govties run` and `govties extension build`."""
    path = settings.data_dir / "extension" / name
    if name not in ("govties-chromium.zip", "govties-firefox.zip") or not path.is_file():
        raise NotFound("download", name)
    return FileResponse(path, media_type="application/zip", headers={"Cache-Control": FRESH})
