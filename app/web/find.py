"""What a text finds: the same rules for the search box, its suggestions and the list of companies.

A name matches where a word of it begins so, a site where a label of it begins so, from four letters on. Letters that
merely stand somewhere in a name or a site find nothing: "ice" is no part of a company's office.
"""

from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from app.domains.index import NameIndex
from app.lookup.facts import TieKind
from app.lookup.spelling import Hit, folded
from app.queries import pages as query
from app.queries import read
from app.render.schemas import FoundBy, FoundCompany
from app.render.wording import Lang
from app.web.current import Edition, Library
from app.web.kept import Kept

LETTERS: Final = 4
PATHS: Final = {"company": "/companies", "agency": "/agencies"}


def find(library: Library, kept: Kept, edition: Edition, text: str) -> list[Hit]:
    """Companies and agencies: those by name first, the best first, then those by a site, the shorter sites first."""
    names = kept.names.get(edition)
    hits = names.beginning(text)
    seen = {hit.named.id for hit in hits if hit.named.kind == "company"}
    sites = _operated(library, edition, text)
    return hits + [Hit(names.companies[id_], site, site=True) for id_, site in sites.items() if id_ not in seen]


def site_begun(text: str) -> str:
    """What of a site has been typed, or nothing where it is too short to say which."""
    typed = text.strip().lower().removeprefix("http://").removeprefix("https://").removeprefix("www.").partition("/")[0]
    return typed if len(typed) >= LETTERS else ""


def _operated(library: Library, edition: Edition, text: str) -> dict[str, str]:
    """The companies that operate such sites, each with the shortest of them."""
    typed, found = site_begun(text), dict[str, str]()
    if typed:
        with library.database.read() as session:
            sites = query.sites_with(session, edition.row.number, typed)
        for site, company in sorted(sites, key=lambda pair: len(pair[0])):
            if company not in found and _label_begins(edition.index, site, typed):
                found[company] = site
    return found


def _label_begins(index: NameIndex, site: str, text: str) -> bool:
    """Whether a label of the site's own begins so, none of its public suffix, which stands in the index as a stop."""
    starts = (at for at in range(len(site)) if (at == 0 or site[at - 1] == ".") and site.startswith(text, at))
    for at in starts:
        rest = site[at:]
        entry = index.get(rest)
        if "." in rest and (entry is None or entry.kind == "domain"):
            return True
    return False


def companies(
    library: Library,
    kept: Kept,
    edition: Edition,
    *,
    text: str,
    agency: str | None,
    kind: TieKind | None,
    after: tuple[str, str] | None,
    limit: int,
) -> list[FoundCompany]:
    """Companies in alphabetical order, after a (lower-cased name, id): those that a text finds, or all; `agency` and
    `kind` keep those that hold such a tie themselves."""
    number = edition.row.number
    if not text:
        with library.database.read() as session:
            listed = read.list_companies(session, number, agency=agency, kind=kind, after=after, limit=limit)
        return [_company(id_, name, None) for name, id_ in listed]
    hits = {hit.named.id: hit for hit in find(library, kept, edition, text) if hit.named.kind == "company"}
    if agency or kind:
        with library.database.read() as session:
            held = read.holders(session, number, agency=agency, kind=kind)
        hits = {id_: hit for id_, hit in hits.items() if id_ in held}
    places = sorted((hit.named.name.lower(), id_) for id_, hit in hits.items())
    places = [place for place in places if after is None or place > after][:limit]
    return [_company(id_, hits[id_].named.name, found_by(hits[id_])) for _, id_ in places]


def _company(id_: str, name: str, by: FoundBy | None) -> FoundCompany:
    return FoundCompany(id=id_, name=name, url=f"/companies/{id_}", found_by=by)


def found_by(hit: Hit) -> FoundBy:
    """By what something was found, as the interface says it."""
    return FoundBy(kind="site" if hit.site else "alias" if hit.is_alias else "name", text=hit.by)


def page_of(hit: Hit, lang: Lang) -> str:
    """The address of its page. That page is told the alias, so that it can say why it is the answer."""
    asked = ({"as": hit.by} if hit.is_alias else {}) | ({"lang": lang} if lang != "en" else {})
    return f"{PATHS[hit.named.kind]}/{hit.named.id}" + (f"?{urlencode(asked)}" if asked else "")


def asked_as(request: Request, aliases: tuple[str, ...]) -> str | None:
    """The alias by which somebody came to a page, if it is one of these: an address cannot make a page say more."""
    asked = folded(request.query_params.get("as", "")[:300])
    return next((alias for alias in aliases if folded(alias) == asked), None)
