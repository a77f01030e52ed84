"""`/v1/agencies/{id}/ties` and `/sites`: what is tied to an agency and its components, as JSON and CSV."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import TypeAdapter

from app.lookup import facts
from app.lookup.agency import AgencyView, SiteLine, TieLine
from app.lookup.ties import Relation
from app.render.schemas import AGENCY_VIEW, SiteList, TieList
from app.render.sheets import csv_lines
from app.web.companies import MISSING
from app.web.deps import TheEdition, TheLibrary, known_id
from app.web.limits import TOO_MANY, limited
from app.web.lookup import PROBLEMS
from app.web.respond import content

router = APIRouter(prefix="/v1/agencies/{id}", tags=["Agencies"], responses=PROBLEMS)
EXPORTS = Depends(limited("exports"))
TIES: TypeAdapter[TieList] = TypeAdapter(TieList)
SITES: TypeAdapter[SiteList] = TypeAdapter(SiteList)
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}}}

TIE_COLUMNS = (
    *("tie", "title", "company", "company_name", "agency", "kind", "status", "status_as_of", "evidence"),
    *("claim_status", "valid_from", "valid_to"),
)
SITE_COLUMNS = ("domain", "company", "company_name", "relation", "holders", "ties", "lasting")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ties are wanted; all, where nothing is said."""

    kind: Annotated[facts.TieKind | None, Query(description="Only ties of this kind.")] = None
    status: Annotated[facts.TieStatus | None, Query(description="Only ties of this status.")] = None
    of: Annotated[Literal["own"] | None, Query(description="`own`: without those of the agency's components.")] = None

    def keeps(self, tie: TieLine, agency: str) -> bool:
        """Whether a tie is one of them."""
        asked = ((self.kind, tie.kind), (self.status, tie.status), (self.of and agency, tie.agency.id))
        return all(wanted in (None, has) for wanted, has in asked)


TheWanted = Annotated[Wanted, Depends()]
Reaches = Annotated[Relation | None, Query(description="Only sites that the ties reach in this way.")]


def view(library: TheLibrary, edition: TheEdition, id: str) -> AgencyView:
    """An agency of the edition. Raises NotFound."""
    return AGENCY_VIEW.validate_json(library.agency(edition, known_id(id, "agency")))


TheAgency = Annotated[AgencyView, Depends(view)]


def ties_of(agency: AgencyView, wanted: Wanted) -> tuple[TieLine, ...]:
    """The ties that are wanted, those that have not ended first, by company."""
    return tuple(tie for tie in agency.ties if wanted.keeps(tie, agency.id))


def sites_of(agency: AgencyView, relation: Relation | None) -> tuple[SiteLine, ...]:
    """The sites that are reached so, by name."""
    return tuple(site for site in agency.sites if relation in (None, site.relation))


@router.get("/ties", response_model=TieList, responses=MISSING)
def ties(request: Request, agency: TheAgency, wanted: TheWanted) -> Response:
    """Ties of companies with this agency and with its components, in one line each."""
    return content(request, TIES.dump_json(TieList(ties=ties_of(agency, wanted), next=None)))


@router.get("/ties.csv", responses=CSV | MISSING | TOO_MANY, response_class=Response, dependencies=[EXPORTS])
def ties_csv(request: Request, agency: TheAgency, wanted: TheWanted) -> Response:
    """The same as CSV (RFC 4180, UTF-8)."""
    rows = [
        (
            tie.id,
            tie.title,
            tie.company.id,
            tie.company.name,
            tie.agency.id,
            *(getattr(tie, n) for n in TIE_COLUMNS[5:]),
        )
        for tie in ties_of(agency, wanted)
    ]
    return _csv(request, f"{agency.id}-ties.csv", csv_lines(TIE_COLUMNS, rows))


@router.get("/sites", response_model=SiteList, responses=MISSING)
def sites(request: Request, agency: TheAgency, relation: Reaches = None) -> Response:
    """Sites of companies with such a tie, of companies that they own, and of their owners."""
    return content(request, SITES.dump_json(SiteList(sites=sites_of(agency, relation), next=None)))


@router.get("/sites.csv", responses=CSV | MISSING | TOO_MANY, response_class=Response, dependencies=[EXPORTS])
def sites_csv(request: Request, agency: TheAgency, relation: Reaches = None) -> Response:
    """The same as CSV (RFC 4180, UTF-8)."""
    rows = [
        (s.domain, s.company.id, s.company.name, s.relation, " ".join(h.id for h in s.holders), s.ties, s.lasting)
        for s in sites_of(agency, relation)
    ]
    return _csv(request, f"{agency.id}-sites.csv", csv_lines(SITE_COLUMNS, rows))


def _csv(request: Request, name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return content(request, text.encode(), media_type="text/csv", headers=headers)
