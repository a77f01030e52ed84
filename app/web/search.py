"""What the search box finds: a site's answer, companies and agencies by name, and names that are spelled alike."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import TypeAdapter

from app.domains.names import HostError, parse_query
from app.lookup.answer import Answer, CompanyRef
from app.lookup.spelling import Named
from app.queries import awards as award_queries
from app.queries import pages as query
from app.queries import read
from app.render.schemas import ANSWER, FoundName, NameList
from app.render.wording import Lang
from app.web.answers import answer as answer_of
from app.web.current import Edition, Library
from app.web.deps import Language, TheEdition, TheLibrary
from app.web.kept import Kept, TheKept
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS
from app.web.respond import content

FOUND = 30
ALIKE = 5
SUGGESTED = 8
# A shared cache must not hold what a person typed; the browser may, for a minute.
PRIVATE = "private, max-age=60"

router = APIRouter(prefix="/v1", tags=["Companies"], responses=PROBLEMS)
NAMES: TypeAdapter[NameList] = TypeAdapter(NameList)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found. `alike` are names spelled nearly so, where no name says it."""

    answer: Answer | None = None
    companies: tuple[CompanyRef, ...] = ()
    agencies: tuple[Named, ...] = ()
    alike: tuple[Named, ...] = ()


def search(library: Library, kept: Kept, edition: Edition, q: str, lang: Lang) -> Found:
    """A name with a dot is a site; anything else, or a site that nobody knows, is looked for among the names."""
    answer = _answer(library, edition, q, lang)
    if answer and (answer.company or answer.host):
        return Found(answer=answer)
    text = q.replace("\0", "")[:200].strip()
    if not text:
        return Found(answer=answer)
    with library.database.read() as session:
        found = read.search_companies(session, edition.row.number, text=text, limit=FOUND)
    companies = tuple(CompanyRef(id=id_, name=name, url=f"/companies/{id_}") for name, id_ in found)
    names = kept.names.get(edition)
    agencies = tuple(named for named in names.beginning(text, len(names.named)) if named.kind == "agency")[:FOUND]
    alike = () if companies or agencies else tuple(names.alike(_spelled(answer, text), ALIKE))
    return Found(answer=answer, companies=companies, agencies=agencies, alike=alike)


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
    """Up to 8 sites, companies and agencies whose names begin so, or else are spelled nearly so."""
    text, es = q.replace("\0", "").strip(), "?lang=es" if lang == "es" else ""
    named = kept.names.get(edition)
    sites = _sites(library, edition, text)
    found = [
        FoundName(kind="site", name=site, detail=company, url=f"/?q={site}" + es.replace("?", "&"))
        for site, company in sites
    ]
    spelled = named.beginning(text, SUGGESTED) or ([] if sites else named.alike(text, ALIKE))
    told = [
        FoundName(
            kind=each.kind, name=each.name, detail=next(iter(each.also), ""), url=f"{PATHS[each.kind]}/{each.id}{es}"
        )
        for each in spelled
    ]
    # Half of the room for names, so that neither crowds out the other.
    room = max(SUGGESTED - len(found), SUGGESTED // 2)
    listed = (*told[:room], *found)[:SUGGESTED]
    return content(request, NAMES.dump_json(NameList(names=listed, next=None)), cache=PRIVATE)


PATHS = {"company": "/companies", "agency": "/agencies"}


def _sites(library: Library, edition: Edition, text: str) -> list[tuple[str, str]]:
    """(site, company's name) of sites that begin so."""
    typed = text.lower().removeprefix("https://").removeprefix("www.").partition("/")[0]
    if len(typed) < 2:
        return []
    with library.database.read() as session:
        sites = query.sites_beginning(session, edition.row.number, typed, SUGGESTED // 2)
        names = award_queries.names(session, edition.row.number, {company for _, company in sites})
    return [(site, names.get(company, company)) for site, company in sites]
