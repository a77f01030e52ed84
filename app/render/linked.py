"""Pages in the words of schema.org, for machines that read JSON-LD. Nothing is said that the page does not show."""

from typing import Any, Final

from app.lookup.agency import AgencyView
from app.lookup.facts import Release
from app.lookup.profile import Profile

CONTEXT: Final = {"@context": "https://schema.org"}
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
FILES: Final = {
    "application/jsonl+gzip": "govties.jsonl.gz",
    "application/zip": "govties-csv.zip",
    "application/vnd.sqlite3": "govties.sqlite",
}
Linked = dict[str, Any]


def site(address: str) -> Linked:
    """The site, with where to search it. `address` is the public one of the service, here and below."""
    template = {"@type": "EntryPoint", "urlTemplate": f"{address}/?q={{q}}"}
    search = {"@type": "SearchAction", "target": template, "query-input": "required name=q"}
    named = {"@type": "WebSite", "name": "govties", "url": f"{address}/", "inLanguage": ["en", "es"]}
    return CONTEXT | named | {"potentialAction": search}


def dataset(address: str, release: Release, description: str) -> Linked:
    """The data of a release, with its downloads."""
    return CONTEXT | {
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


def company(address: str, profile: Profile) -> Linked:
    """A company with today's owners and what it controls. Ties are left out: schema.org has no word that says one
    without saying more."""
    page = f"{address}{profile.url}"
    told = CONTEXT | _named("Organization", profile.name, page) | {"@id": page}
    if profile.legal_name:
        told["legalName"] = profile.legal_name
    if profile.ownership:
        owner = profile.ownership[0]
        told["parentOrganization"] = _named("Organization", owner.owner_name, f"{address}/companies/{owner.owner}")
    owned = [
        _named("Organization", hop.company_name, f"{address}/companies/{hop.company}")
        for hop in profile.owns
        if hop.valid_to is None and hop.kind != "minority"
    ]
    return told | ({"subOrganization": owned} if owned else {})


def agency(address: str, view: AgencyView) -> Linked:
    """An agency with its parent and components."""
    page = f"{address}/agencies/{view.id}"
    told = CONTEXT | _named("GovernmentOrganization", view.name, page) | {"@id": page, "alternateName": view.short_name}
    if view.parent:
        parent = view.parent
        told["parentOrganization"] = _named("GovernmentOrganization", parent.name, f"{address}/agencies/{parent.id}")
    below = [_named("GovernmentOrganization", part.name, f"{address}/agencies/{part.id}") for part in view.components]
    return told | ({"subOrganization": below} if below else {})


def _named(kind: str, name: str, url: str) -> Linked:
    return {"@type": kind, "name": name, "url": url}
