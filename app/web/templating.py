"""What all pages share: their templates, language and links, and an ETag that is known before anything is read."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import Depends, Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from app.errors import AppError
from app.lookup.dates import age_in_months, is_stale
from app.render.wording import Lang, amounts, one_source, say, when, with_language
from app.settings import ROOT, Settings
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary, TheSettings
from app.web.respond import coding_for, is_known, packed, tagged

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HTML: Final = "text/html"
PAGE_HEADERS: Final = {"Content-Security-Policy": CSP, "Vary": "Accept-Encoding"}
# Addresses of programs: there an error is problem+json, whatever a browser accepts.
PROGRAMS: Final = ("/v1/", "/schemas/", "/static/", "/docs/", "/openapi.json", "/healthz", "/readyz")

templates = Environment(
    loader=PackageLoader("app.web"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.globals["one_source"] = one_source
templates.globals["amounts"] = amounts
templates.globals["when"] = when
templates.globals["asset"] = lambda name: _asset(name)
templates.globals["is_stale"] = lambda date, months: is_stale(date, months, today())
templates.globals["age_in_months"] = lambda date: age_in_months(date, today())


class Absent(AppError):  # noqa: N818
    """Nothing stands here, and people are told why: `why` is one of the words `absent.*`, `values` is what it names."""

    def __init__(self, why: str, status: int, detail: str, **values: Any) -> None:
        super().__init__("gone" if status == 410 else "not-found", status, detail)
        self.why = why
        self.values = values


class NotModified(Exception):  # noqa: N818
    """The client has this page already. `response` is the 304 that says so."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page is made for: the request, the language, and the edition where it is of one."""

    request: Request
    library: Library
    settings: Settings
    lang: Lang
    edition: Edition | None = None

    def render(self, name: str, **values: Any) -> Response:
        """The page from its template."""
        body, coding = _body(self.request, name, self.lang, self.settings, **values), coding_for(self.request)
        headers = PAGE_HEADERS | ({"Content-Encoding": coding} if coding else {})
        return tagged(self.request, packed(body, coding), HTML, self.tag(), headers=headers)

    def say(self, key: str, n: int | None = None, **values: str | int) -> str:
        """A message in the page's language."""
        return say(self.lang, key, n, **values)

    def of(self, edition: Edition) -> "Page":
        """The same page of another edition: of the one that was read in the end."""
        self.request.state.release = edition.row.number
        return replace(self, edition=edition)

    def tag(self) -> str:
        """All that a page depends on, as a hash: code and words, settings, release, address with language, coding, and
        the day, because a verification goes stale with time."""
        row = self.edition.row if self.edition else None
        release = (row.number, row.content_hash, row.published_at) if row else None
        given = (code_version(), self.settings.contact, self.settings.address, release, self.lang, today())
        url = self.request.url
        asked = (url.path, url.query, coding_for(self.request))
        return hashlib.sha256(repr((*given, *asked)).encode("utf-8", "replace")).hexdigest()[:32]


def _page(
    request: Request, library: TheLibrary, settings: TheSettings, edition: TheEdition, lang: Language = "en"
) -> Page:
    return unless_known(Page(request=request, library=library, settings=settings, lang=lang, edition=edition))


def _plain_page(request: Request, library: TheLibrary, settings: TheSettings, lang: Language = "en") -> Page:
    return unless_known(Page(request=request, library=library, settings=settings, lang=lang))


def unless_known(page: Page) -> Page:
    """Raises NotModified before anything is read, where the client has the page."""
    tag = page.tag()
    # `*` means any content that stands here, which is not known yet.
    if page.request.headers.get("if-none-match", "").strip() != "*" and is_known(page.request, tag):
        raise NotModified(tagged(page.request, b"", HTML, tag, headers=PAGE_HEADERS))
    return page


ThePage = Annotated[Page, Depends(_page)]
# A page that says the same in every release, and stands before the first.
ThePlainPage = Annotated[Page, Depends(_plain_page)]


def failed(request: Request, error: AppError) -> Response:
    """The page for a person at an address where nothing stands, or that cannot be answered now; never cached."""
    lang: Lang = "es" if request.query_params.get("lang") == "es" else "en"
    settings = request.app.state.settings
    if isinstance(error, Absent):
        body = _body(request, "absent.html", lang, settings, why=error.why, about=error.values)
    else:
        reason = error.status if error.status in (404, 422, 429, 503) else 500
        body = _body(request, "error.html", lang, settings, reason=reason, detail=error.detail, wait=error.retry_after)
    headers = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", "Vary": "Accept"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return Response(body, error.status, media_type=HTML, headers=headers)


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a page. Programs, `*/*` included, get problem+json."""
    return not request.url.path.startswith(PROGRAMS) and HTML in request.headers.get("accept", "")


def _body(request: Request, name: str, lang: Lang, settings: Settings, **values: Any) -> bytes:
    given = with_language(lang) | {
        "lang": lang,
        # What a link within the pages ends with, after a path and after a query.
        "es": "?lang=es" if lang == "es" else "",
        "and_es": "&lang=es" if lang == "es" else "",
        "contact": settings.contact,
        "address": settings.address,
        "path": request.url.path,
        "here": settings.address + quote(request.url.path),
        "other": _other_language(request, lang),
        "data": None,
    }
    return templates.get_template(name).render(given | values).encode()


def _other_language(request: Request, lang: Lang) -> str:
    """The address of this page in the other language, with what was asked."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    query = urlencode(kept + ([] if lang == "es" else [("lang", "es")]), errors="replace")
    # One slash at the start: an address that begins with two would lead to another site.
    return "/" + request.url.path.lstrip("/") + (f"?{query}" if query else "")


def today() -> date:
    """The day by which pages count ages, in UTC."""
    return datetime.now(UTC).date()


def _asset(name: str) -> str:
    """The address of a file under static/, which changes with the code: so browsers keep it for good."""
    return f"/static/{name}?v={code_version()}"


@cache
def code_version() -> str:
    """A short name for what this program makes pages of: its code, templates and words. Another version has another."""
    digest = hashlib.sha256()
    for package in ("lookup", "messages", "queries", "render", "web"):
        for path in sorted((ROOT / "app" / package).rglob("*")):
            if path.suffix in (".py", ".html", ".json", ".css", ".js"):
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def uncached(
    request: Request, name: str, lang: Lang, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> Response:
    """A page that no cache keeps: it holds what one person sent, or a moment."""
    body = _body(request, name, lang, request.app.state.settings, **values)
    sent = {"Content-Security-Policy": CSP, "Cache-Control": "no-store", **(headers or {})}
    return Response(body, status, media_type=HTML, headers=sent)
