"""What the search box finds: a site's answer, companies and agencies by name, and names that are spelled alike."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import TypeAdapter

from app.domains.names import HostError, parse_query
from app.lookup.answer import Answer
from app.lookup.spelling import Hit
from app.queries import awards as award_queries
from app.queries import pages as query
from app.render.schemas import ANSWER, FoundBy, FoundName, NameList
from app.render.wording import Lang
from app.web.answers import answer as answer_of
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary
from app.web.find import find, found_by, page_of, site_begun
from app.web.kept import Kept, TheKept
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS
from app.web.respond import content

FOUND = 10
ALIKE = 3
SUGGESTED = 8
# A shared cache must not hold what a person typed; the browser may, for a minute.
PRIVATE = "private, max-age=60"

router = APIRouter(prefix="/v1", tags=["Companies"], responses=PROBLEMS)
NAMES: TypeAdapter[NameList] = TypeAdapter(NameList)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing found: its page, why it was found, and of a company the answer that says its state and owner."""

    hit: Hit
    url: str
    by: FoundBy
    answer: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found. `page` is the address of the one thing that is called just so; `total` counts what `rows`
    begins to list; `alike` are names spelled nearly so, where no name says it."""

    answer: Answer | None = None
    page: str | None = None
    rows: tuple[Row, ...] = ()
    total: int = 0
    alike: tuple[Row, ...] = ()


def search(library: Library, kept: Kept, edition: Edition, q: str, lang: Lang) -> Found:
    """A name with a dot is a site; anything else, or a site that nobody knows, is looked for among the names."""
    answer = _answer(library, edition, q, lang)
    if answer and (answer.company or answer.host):
        return Found(answer=answer)
    text = q.replace("\0", "")[:200].strip()
    names = kept.names.get(edition)
    exact = names.exact(text)
    if len(exact) == 1:
        return Found(page=page_of(exact[0], lang))
    hits = find(library, kept, edition, text)
    alike = [] if hits else names.alike(_spelled(answer, text), ALIKE)

    def rows(of: list[Hit]) -> tuple[Row, ...]:
        return tuple(_row(library, edition, hit, lang) for hit in of)

    return Found(answer=answer, rows=rows(hits[:FOUND]), total=len(hits), alike=rows(alike))


def _row(library: Library, edition: Edition, hit: Hit, lang: Lang) -> Row:
    answer = None
    if hit.named.kind == "company":
        answer = ANSWER.validate_json(library.answer(edition, hit.named.id, lang).body)
    return Row(hit=hit, url=page_of(hit, lang), by=found_by(hit), answer=answer)


def _answer(library: Library, edition: Edition, q: str, lang: Lang) -> Answer | None:
    try:
        host = parse_query(q)
    except HostError:
        return None
    if host.reason == "single_label":
        return None
    return ANSWER.validate_json(answer_of(library, edition, host, lang).body)


def _spelled(answer: Answer | None, text: str) -> str:
    """What may be the name of a company: of a site the longest label, so `amazom` of `www.amazom.co.uk`."""
    return max(answer.query.split("."), key=len) if answer else text


@router.get("/names", response_model=NameList, responses=TOO_MANY, dependencies=[Depends(limited("names"))])
def names(
    request: Request,
    library: TheLibrary,
    kept: TheKept,
    edition: TheEdition,
    q: Annotated[str, Query(max_length=200, description="What has been typed so far.")] = "",
    lang: Language = "en",
) -> Response:
    """Up to 8 sites that begin so, companies and agencies in whose names a word begins so, or else names that are
    spelled nearly so."""
    text = q.replace("\0", "").strip()
    sites = _sites(library, edition, text, lang)
    named = kept.names.get(edition)
    hits = named.beginning(text)[:SUGGESTED]
    # Half of the room for names, so that neither crowds out the other.
    room = max(SUGGESTED - len(sites), SUGGESTED // 2)
    listed = [*(_suggested(hit, lang) for hit in hits[:room]), *sites][:SUGGESTED]
    if not listed:
        listed = [_suggested(hit, lang, alike=True) for hit in named.alike(text, ALIKE)]
    return content(request, NAMES.dump_json(NameList(names=tuple(listed), next=None)), cache=PRIVATE)


def _suggested(hit: Hit, lang: Lang, *, alike: bool = False) -> FoundName:
    named = hit.named
    detail = hit.by if hit.by != named.name else next(iter(named.also), "")
    return FoundName(kind=named.kind, name=named.name, detail=detail, url=page_of(hit, lang), alike=alike)


def _sites(library: Library, edition: Edition, text: str, lang: Lang) -> list[FoundName]:
    """Sites that begin so, with their companies' names."""
    typed = site_begun(text)
    if not typed:
        return []
    with library.database.read() as session:
        sites = query.sites_beginning(session, edition.row.number, typed, SUGGESTED // 2)
        names = award_queries.names(session, edition.row.number, {company for _, company in sites})
    es = "&lang=es" if lang == "es" else ""
    return [
        FoundName(kind="site", name=site, detail=names.get(company, company), url=f"/?q={site}{es}", alike=False)
        for site, company in sites
    ]
