"""`/v1/suggestions`, the form `/suggest`, and the public tickets: the one thing that the web process writes."""

import asyncio
import time
from typing import Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.domains.names import parse_url
from app.errors import AppError, NotFound
from app.inbox.form import FIELDS, SHOWN, TRAP, fault, form_key, read_form, seconds_early, token
from app.inbox.store import EXPIRED, put_in
from app.inbox.suggestion import Kind, NewSuggestion, Ticket, WrongField, read_suggestion, ticket_of
from app.lookup.service import Hit, resolve
from app.models import Suggestion
from app.queries import awards as award_queries
from app.queries import read
from app.queries import suggestions as query
from app.render.schemas import Problem
from app.render.wording import Lang
from app.settings import Settings
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary, TheSettings, known_id
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS, TOO_LARGE
from app.web.respond import JSON, content
from app.web.templating import uncached

# Search engines leave tickets out; a person who was sent one finds it.
NOINDEX = {"X-Robots-Tag": "noindex"}
# Where a company files what it says of itself; its reply may stand there instead of on its own site.
FILINGS = ("sec.gov",)

router = APIRouter(prefix="/v1/suggestions", tags=["Suggestions"], responses=PROBLEMS)
pages = APIRouter(include_in_schema=False)
BODY = {"requestBody": {"required": True, "content": {JSON: {"schema": NewSuggestion.model_json_schema()}}}}
REFUSED: dict[int | str, dict[str, Any]] = {
    403: {"model": Problem, "description": "Sent by another site's page"},
    415: {"model": Problem, "description": "The body is not application/json"},
    **TOO_LARGE,
    **TOO_MANY,
}
LIMITED = Depends(limited("suggestions"))


@router.post("", status_code=201, response_model=Ticket, responses=REFUSED, openapi_extra=BODY, dependencies=[LIMITED])
async def suggest(request: Request, library: TheLibrary, edition: TheEdition) -> Response:
    """Send a correction, an addition or a company's reply; the answer is its public ticket. Nothing about the sender
    is kept."""
    _require_own_page(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise AppError("unsupported-media-type", 415, "Send application/json.")
    body = await request.body()

    def take() -> Suggestion:
        return put_in(library.database, _fitting(read_suggestion(body), library, edition))

    ticket = ticket_of(await run_in_threadpool(take))
    sent = {"Location": f"/v1{ticket.url}", "Cache-Control": "no-store"}
    return Response(ticket.model_dump_json(), 201, media_type=JSON, headers=sent)


@router.get("/{ticket}", response_model=Ticket, responses={404: PROBLEMS[422] | {"description": "No such ticket"}})
def suggestion(ticket: str, request: Request, library: TheLibrary) -> Response:
    """What became of a suggestion. What was sent is shown once it has been accepted."""
    return content(request, _ticket(library, ticket).model_dump_json().encode(), headers=NOINDEX)


@pages.get("/suggest")
def form(
    request: Request,
    library: TheLibrary,
    edition: TheEdition,
    settings: TheSettings,
    lang: Language = "en",
) -> Response:
    """The form, with company, tie, site and kind filled in where the address has them."""
    given = {name: request.query_params.get(name, "")[:300] for name in FIELDS if name not in ("text", "source_url")}
    return _form(request, library, edition, settings, lang, given)


@pages.post("/suggest", dependencies=[LIMITED])
async def send_form(
    request: Request, library: TheLibrary, edition: TheEdition, settings: TheSettings, lang: Language = "en"
) -> Response:
    """Take the form: on to the ticket, or the form again with what is to be mended."""
    _require_own_page(request)
    fields = read_form(await request.body())
    await asyncio.sleep(seconds_early(fields, time.time()))
    return await run_in_threadpool(_take_form, request, library, edition, settings, lang, fields)


def _take_form(
    request: Request, library: Library, edition: Edition, settings: Settings, lang: Lang, fields: dict[str, str]
) -> Response:
    given = {name: fields.get(name, "") for name in FIELDS}
    wrong = fault(fields, form_key(settings.form_secret, settings.data_dir), time.time())
    if wrong:
        return _form(request, library, edition, settings, lang, given, wrong=wrong)
    try:
        new = NewSuggestion.checked({name: value for name, value in given.items() if value})
        row = put_in(library.database, _fitting(new, library, edition))
    except WrongField as error:
        return _form(request, library, edition, settings, lang, given, wrong=error.field)
    address = f"/suggestions/{row.id}" + ("?lang=es" if lang == "es" else "")
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


def _form(
    request: Request,
    library: Library,
    edition: Edition,
    settings: Settings,
    lang: Lang,
    given: dict[str, str],
    wrong: str | None = None,
) -> Response:
    known = edition.redirects.get(given.get("company", ""), given.get("company", ""))
    values = {name: given.get(name, "") for name in FIELDS} | {"company": known}
    return uncached(
        request,
        "suggest.html",
        lang,
        status=422 if wrong else 200,
        given=values,
        about=_name(library, edition, known),
        kinds=[kind.value for kind in Kind],
        wrong=wrong,
        token=token(form_key(settings.form_secret, settings.data_dir), time.time()),
        fields=(SHOWN, TRAP),
        action="/suggest" + ("?lang=es" if lang == "es" else ""),
        open_days=settings.suggestion_open_days,
        declined_days=settings.suggestion_declined_days,
    )


@pages.get("/suggestions/{ticket}")
def ticket_page(ticket: str, request: Request, library: TheLibrary, lang: Language = "en") -> Response:
    """A ticket as a page."""
    found = _ticket(library, ticket)
    return uncached(request, "ticket.html", lang, ticket=found, expired=found.decision == EXPIRED, headers=NOINDEX)


def _ticket(library: Library, ticket: str) -> Ticket:
    if not (ticket.isascii() and ticket.isalnum() and len(ticket) == 20):
        raise NotFound("suggestion", ticket)
    with library.database.read() as session:
        row = query.suggestion(session, ticket)
        if row is None:
            raise NotFound("suggestion", ticket)
        return ticket_of(row)


def _require_own_page(request: Request) -> None:
    """Another site's page must not make its visitors send something here. Browsers say whose page it is; programs say
    nothing, and no cookie or login of theirs could be misused."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise AppError("cross-site", 403, "A page of another site sent this: open /suggest and send it from there.")


def _fitting(new: NewSuggestion, library: Library, edition: Edition) -> NewSuggestion:
    """The suggestion with ids as they are today. Raises WrongField where it names what is not in the release."""
    company = edition.redirects.get(new.company, new.company) if new.company else None
    with library.database.read() as session:
        number = edition.row.number
        holder = read.tie_holder(session, number, new.tie) if new.tie else None
        if new.tie and holder is None:
            raise WrongField("tie", f"no tie {new.tie} in release {number}")
        if company and company not in award_queries.names(session, number, [company]):
            raise WrongField("company", f"no company {company} in release {number}")
    if new.kind == Kind.COMPANY_REPLY and not _speaks_for(company, new.source_url, edition):
        raise WrongField("reply", "a company's reply stands on the company's own site, or in a filing at sec.gov")
    return new.model_copy(update={"company": company})


def _speaks_for(company: str | None, url: str, edition: Edition) -> bool:
    host = parse_url(url)
    if any(host.name == filing or host.name.endswith(f".{filing}") for filing in FILINGS):
        return True
    found = resolve(host, edition.index, edition.release)
    return isinstance(found, Hit) and found.company == company


def _name(library: Library, edition: Edition, company: str) -> str | None:
    if not company:
        return None
    with library.database.read() as session:
        return award_queries.names(session, edition.row.number, [known_id(company, "company")]).get(company)
