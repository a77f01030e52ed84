"""Pages about the service: method and limits, coverage; and what machines look for, the sitemap and robots.txt."""

from xml.etree import ElementTree as ET

from fastapi import APIRouter, Request, Response

from app.errors import NotFound
from app.lookup.coverage import Claims
from app.render.linked_data import dataset_data
from app.web import templating
from app.web.current import Edition
from app.web.deps import TheEdition, TheSettings
from app.web.kept import Kept, TheKept
from app.web.respond import content
from app.web.templating import ThePage, ThePlainPage

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
# A sitemap may hold 50,000 addresses and 50 MB.
IN_SITEMAP = 20_000
ALWAYS = ("/", "/companies", "/agencies", "/about", "/about/coverage", "/corrections", "/privacy")

router = APIRouter(include_in_schema=False)


@router.get("/about")
def about(page: ThePlainPage) -> Response:
    """Method, what each state means, limits of the data, licence, how a company replies."""
    return page.render("about.html")


@router.get("/about/coverage")
def coverage(page: ThePage, edition: TheEdition, kept: TheKept) -> Response:
    """How much there is, and on what it rests (trust.md, "Published about ourselves")."""
    today = templating.today()

    def days(claims: Claims) -> int | None:
        return (today - claims.verified).days if claims.verified else None

    return page.render(
        "coverage.html",
        coverage=kept.coverage.get(edition),
        days=days,
        release=edition.release,
        counts=edition.row.counts,
        data=dataset_data(page.settings.address, edition.release, page.say("page.tagline")),
    )


@router.get("/robots.txt")
def robots(request: Request, settings: TheSettings) -> Response:
    """Everything may be read; results of the search box say nothing of their own."""
    lines = ["User-agent: *", "Disallow: /?q=", "Disallow: /v1/", f"Sitemap: {settings.address}/sitemap.xml"]
    return content(request, "\n".join(lines).encode() + b"\n", media_type="text/plain")


@router.get("/sitemap.xml")
def sitemap(request: Request, kept: TheKept, edition: TheEdition, settings: TheSettings) -> Response:
    """Names the sitemaps, each of at most 20,000 addresses."""
    root = ET.Element("sitemapindex", xmlns=SITEMAP)
    for number in range(1, -(-len(_paths(kept, edition)) // IN_SITEMAP) + 1):
        ET.SubElement(ET.SubElement(root, "sitemap"), "loc").text = f"{settings.address}/sitemaps/{number}.xml"
    return _xml(request, root)


@router.get("/sitemaps/{number}.xml")
def sitemap_part(number: int, request: Request, kept: TheKept, edition: TheEdition, settings: TheSettings) -> Response:
    """Addresses of pages, each with its other language."""
    paths = _paths(kept, edition)[IN_SITEMAP * (number - 1) : IN_SITEMAP * number] if number > 0 else []
    if not paths:
        raise NotFound("sitemap", str(number))
    root = ET.Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": XHTML})
    for path in paths:
        url, address = ET.SubElement(root, "url"), settings.address + path
        ET.SubElement(url, "loc").text = address
        for lang, said in (("en", address), ("es", f"{address}?lang=es")):
            ET.SubElement(url, "xhtml:link", rel="alternate", hreflang=lang, href=said)
    return _xml(request, root)


def _paths(kept: Kept, edition: Edition) -> list[str]:
    kinds = {"company": "/companies/", "agency": "/agencies/"}
    named = [kinds[each.kind] + each.id for each in kept.names.get(edition).named]
    return [*ALWAYS, *named, *(f"/ties/{tie}" for tie in kept.ties.get(edition))]


def _xml(request: Request, root: ET.Element) -> Response:
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root)
    return content(request, body, media_type="application/xml")
