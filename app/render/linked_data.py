"""The pages in the words of schema.org, for machines that read pages. Nothing stands here that the page does not say,
and no rating of anybody."""

from typing import Any

from app.lookup.agency import AgencyView
from app.lookup.answer import TieOut
from app.lookup.facts import Release
from app.lookup.profile import Profile

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
FILES = {
    "application/jsonl+gzip": "govties.jsonl.gz",
    "application/zip": "govties-csv.zip",
    "application/vnd.sqlite3": "govties.sqlite",
}
Data = dict[str, Any]


def company_data(company: Profile, address: str) -> Data:
    """The page of a company. `address` is the public one of the service."""
    about: Data = _organization(company.id, company.name, address)
    if company.legal_name:
        about["legalName"] = company.legal_name
    if company.ownership:
        owner = company.ownership[0]
        about["parentOrganization"] = _organization(owner.owner, owner.owner_name, address)
    owned = [each.ownership for each in company.group if each.depth == 1]
    if owned:
        about["subOrganization"] = [_organization(hop.company, hop.company_name, address) for hop in owned]
    return _page(company.name, address + company.url, company.summary, company.release) | {"about": about}


def tie_data(tie: TieOut, release: Release, address: str) -> Data:
    """The page of a tie, with its sources as citations."""
    agency = {"@type": "GovernmentOrganization", "name": tie.agency.name, "alternateName": tie.agency.short_name}
    cited = [source for source in tie.sources if source.url.startswith("https://")]
    return _page(tie.title, f"{address}/ties/{tie.id}", tie.summary, release) | {
        "about": [_organization(tie.held_by, tie.held_by_name, address), agency],
        "citation": [
            {"@type": "CreativeWork", "url": source.url, "name": source.title or source.publisher} for source in cited
        ],
    }


def site_data(address: str) -> Data:
    """The site, with where to search it. `address` is the public one of the service, here and below."""
    template = {"@type": "EntryPoint", "urlTemplate": f"{address}/?q={{q}}"}
    search = {"@type": "SearchAction", "target": template, "query-input": "required name=q"}
    named = {"@type": "WebSite", "name": "govties", "url": f"{address}/", "inLanguage": ["en", "es"]}
    return {"@context": "https://schema.org"} | named | {"potentialAction": search}


def dataset_data(address: str, release: Release, description: str) -> Data:
    """The data of a release, with its downloads."""
    return {"@context": "https://schema.org"} | {
        "@type": "Dataset",
        "name": "govties",
        "description": description,
        "url": f"{address}/about/coverage",
        "license": LICENCE,
        "version": str(release.version),
        "dateModified": release.published_at,
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": form,
                "contentUrl": f"{address}/v1/releases/{release.version}/{name}",
            }
            for form, name in FILES.items()
        ],
    }


def agency_data(view: AgencyView, address: str) -> Data:
    """The page of an agency, with its parent and components."""
    about = _agency(view.id, view.name, address) | {"alternateName": view.short_name}
    if view.parent:
        about["parentOrganization"] = _agency(view.parent.id, view.parent.name, address)
    if view.components:
        about["subOrganization"] = [_agency(part.id, part.name, address) for part in view.components]
    return {"@context": "https://schema.org"} | about


def _page(name: str, url: str, description: str, release: Release) -> Data:
    return {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": name,
        "url": url,
        "description": description,
        "version": str(release.version),
        "dateModified": release.published_at,
        "license": LICENCE,
        "isPartOf": {"@type": "Dataset", "name": "govties", "license": LICENCE},
    }


def _organization(name: str, title: str, address: str) -> Data:
    return {"@type": "Organization", "@id": f"{address}/companies/{name}", "name": title}


def _agency(name: str, title: str, address: str) -> Data:
    page = f"{address}/agencies/{name}"
    return {"@type": "GovernmentOrganization", "@id": page, "url": page, "name": title}
