"""Pages to browse by: agencies with who and what is tied to them, and companies by name. All choices are links."""

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Response

from app.lookup import facts
from app.lookup.agency import AgencyView, SiteLine, TieLine
from app.lookup.ties import Relation
from app.queries import pages as query
from app.queries import read
from app.render.linked_data import agency_data
from app.web import find
from app.web.agencies import Reaches, TheAgency, TheWanted, sites_of, ties_of
from app.web.companies import NameCursor, after_cursor, cursor_after
from app.web.deps import TheEdition
from app.web.kept import TheKept
from app.web.limits import limited
from app.web.templating import Page, ThePage

TIES = 100
SITES = 200
SITES_SHOWN = 40
COMPANIES = 100

router = APIRouter(include_in_schema=False)

TieOrder = Literal["company", "agency", "kind", "status", "evidence", "since"]
SiteOrder = Literal["domain", "company", "ties"]
Number = Annotated[int, Query(ge=1, le=10_000, alias="page")]
TIE_ORDERS: dict[TieOrder, Callable[[TieLine], Any]] = {
    "company": lambda tie: tie.company.name.lower(),
    "agency": lambda tie: tie.agency.short_name.lower(),
    "kind": lambda tie: tie.kind,
    "status": lambda tie: tie.status,
    "evidence": lambda tie: ("record", "corroborated", "single_report").index(tie.evidence),
    "since": lambda tie: tie.valid_from or "~",  # unknown dates last
}
SITE_ORDERS: dict[SiteOrder, Callable[[SiteLine], Any]] = {
    "domain": lambda site: site.domain,
    "company": lambda site: (site.company.name.lower(), site.domain),
    "ties": lambda site: -site.ties,
}


class Links:
    """Addresses of one page with other parameters: for filters, orders and the following page."""

    def __init__(self, path: str, asked: dict[str, Any]) -> None:
        self._path = path
        self._asked = {name: value for name, value in asked.items() if value not in (None, 1)}

    def __call__(self, **changed: Any) -> str:
        """The address with some parameters changed, or left out where they are None. Another choice starts at 1."""
        kept = {name: value for name, value in self._asked.items() if name != "page"} | changed
        told = {name: value for name, value in kept.items() if value not in (None, 1)}
        return self._path + (f"?{urlencode(told)}" if told else "")


@router.get("/agencies")
def agencies(page: ThePage, edition: TheEdition) -> Response:
    """All agencies, components below their departments, with how many companies are tied to each."""
    with page.library.database.read() as session:
        world = read.load_world(session, edition.row, ())
        pairs = query.holders(session, edition.row.number)
    companies = Counter(agency for agency, _ in set(pairs))
    ties = Counter(agency for agency, _ in pairs)
    by_name = sorted(world.agencies.values(), key=lambda agency: agency.name)
    below = {agency.id: [each for each in by_name if each.parent == agency.id] for agency in by_name}
    tops = [agency for agency in by_name if agency.parent not in world.agencies]
    return page.render("agencies.html", tops=tops, below=below, companies=companies, ties=ties, release=edition.release)


@router.get("/agencies/{id}")
def agency(
    page: ThePage, agency: TheAgency, wanted: TheWanted, sort: TieOrder | None = None, number: Number = 1
) -> Response:
    """An agency: its place, and which companies and sites are tied to it."""
    asked = {"kind": wanted.kind, "status": wanted.status, "of": wanted.of, "sort": sort, "lang": _lang(page)}
    found = list(ties_of(agency, wanted))
    if sort:
        found.sort(key=TIE_ORDERS[sort])
    chosen = {name: value for name, value in asked.items() if name in ("kind", "status", "of")}
    return page.render(
        "agency.html",
        agency=agency,
        ties=found[TIES * (number - 1) : TIES * number],
        total=len(found),
        number=number,
        pages=-(-len(found) // TIES),
        link=Links(f"/agencies/{agency.id}", asked),
        csv=Links(f"/v1/agencies/{agency.id}/ties.csv", chosen)(),
        json=Links(f"/v1/agencies/{agency.id}/ties", chosen)(),
        asked=asked,
        kinds=_counted(agency, "kind"),
        statuses=_counted(agency, "status"),
        orders=tuple(TIE_ORDERS),
        sites=_foremost(agency),
        data=agency_data(agency, page.settings.address),
        asked_as=find.asked_as(page.request, agency.aliases),
    )


@router.get("/agencies/{id}/sites")
def sites(
    page: ThePage, agency: TheAgency, relation: Reaches = None, sort: SiteOrder | None = None, number: Number = 1
) -> Response:
    """The sites that ties with an agency reach."""
    asked = {"relation": relation, "sort": sort, "lang": _lang(page)}
    found = list(sites_of(agency, relation))
    if sort:
        found.sort(key=SITE_ORDERS[sort])
    chosen = {"relation": relation}
    return page.render(
        "agency_sites.html",
        agency=agency,
        sites=found[SITES * (number - 1) : SITES * number],
        total=len(found),
        number=number,
        pages=-(-len(found) // SITES),
        link=Links(f"/agencies/{agency.id}/sites", asked),
        csv=Links(f"/v1/agencies/{agency.id}/sites.csv", chosen)(),
        json=Links(f"/v1/agencies/{agency.id}/sites", chosen)(),
        asked=asked,
        relations=Counter(site.relation for site in agency.sites),
    )


@router.get("/companies", dependencies=[Depends(limited("search", when="q"))])
def companies(
    page: ThePage,
    edition: TheEdition,
    kept: TheKept,
    q: Annotated[str, Query(max_length=200)] = "",
    agency: Annotated[str | None, Query(max_length=80)] = None,
    kind: facts.TieKind | None = None,
    cursor: NameCursor = None,
) -> Response:
    """Companies by name, all of them or those with a tie to an agency or of a kind."""
    text, meant = q.replace("\0", "").strip(), (agency or "").replace("\0", "") or None
    with page.library.database.read() as session:
        names = read.agency_names(session, edition.row.number)
    found = find.companies(
        *(page.library, kept, edition),
        text=text,
        agency=meant,
        kind=kind,
        after=after_cursor(cursor),
        limit=COMPANIES + 1,
    )
    asked = {"q": text or None, "agency": meant, "kind": kind, "lang": _lang(page)}
    more = cursor_after(found[COMPANIES - 1]) if len(found) > COMPANIES else None
    link = Links("/companies", asked)
    return page.render(
        "companies.html",
        found=found[:COMPANIES],
        asked=asked,
        agencies=sorted(names.items(), key=lambda pair: pair[1].lower()),
        link=link,
        more=link(cursor=more) if more else None,
        first=cursor is None,
        release=edition.release,
        counts=edition.row.counts,
    )


def _lang(page: Page) -> str | None:
    return "es" if page.lang == "es" else None


def _counted(agency: AgencyView, member: str) -> list[tuple[str, int]]:
    return Counter(getattr(tie, member) for tie in agency.ties).most_common()


def _foremost(agency: AgencyView) -> list[SiteLine]:
    """Some of the sites: those whose company itself is tied to the agency, then those reached along owners."""
    order: dict[Relation, int] = {"own": 0, "owner": 1, "subsidiary": 2}
    by_nearness = sorted(agency.sites, key=lambda site: (site.lasting == "ended", order[site.relation], -site.ties))
    return by_nearness[:SITES_SHOWN]
