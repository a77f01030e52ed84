"""The origin cases as data: site, state, company, and what must (never) be said. Run against interface, page, popup."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`says` stands in the interface and on the page, `shows` on the page and in the popup."""

    site: str
    state: str
    company: str | None = None
    says: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()


AZURE = "Azure Government"
CASES = (
    Case("microsoft.com", "documented", "microsoft", ("dismayed", AZURE), ("USD 19,400,000", "reported")),
    Case("azure.com", "documented", "microsoft", (AZURE,), ("USD 19,400,000",)),
    Case("www.linkedin.com", "documented", "linkedin", (AZURE,), ("Microsoft", "Dec 8, 2016")),
    Case("github.com", "documented", "github", (AZURE,), ("Microsoft", "Oct 25, 2018")),
    Case("google.com", "documented", "google", ("Project Maven",), ("ended",)),
    Case("www.youtube.com", "via_owner", "youtube", ("Project Maven",), ("ended", "Google")),
    Case("nest.com", "via_owner", "nest", ("Project Maven",), ("ended", "Google")),
    Case("www.zappos.com", "via_owner", "zappos", ("Rekognition",), ("Amazon", "Palantir", "Supplier of a contractor")),
    Case("www.twitch.tv", "via_owner", "twitch", ("Rekognition",), ("Amazon", "Palantir")),
    Case("amazon.com", "documented", "amazon", ("Rekognition",), ("Palantir", "Pitch")),
    Case(
        "palantir.com",
        "documented",
        "palantir",
        ("CONT_IDV_HSCETC14C00002_7012",),
        ("USD 41,000,000", "USD 42,000,000"),
    ),
    Case("motorola.com", "not_researched", "motorola-mobility", ("Lenovo",), (), ("TACCOM", "radio")),
    Case(
        "motorolasolutions.com", "documented", "motorola-solutions", (), ("ICE",), ("Motorola Mobility", "is owned by")
    ),
    Case("wayfair.com", "not_researched", "wayfair", ("BCFS",), ("Private sale",)),
    Case("someone.github.io", "not_applicable", None, ("GitHub Pages",), (), (AZURE,)),
    Case("sites.google.com/x", "not_applicable", None, ("Google Sites",), (), ("Maven",)),
    Case("shop.myshopify.com", "not_applicable", None, ("Shopify",)),
    Case("nobody-has-researched-this.com", "not_researched", None, (), (), ("no ties", "clean")),
)
