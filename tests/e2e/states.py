"""Every state that the popup knows: a made-up world that has them all, and how to bring the extension into each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Playwright

from app.db import Database
from app.packaging import build
from tests.conftest import make_settings
from tests.e2e.browser import Chromium, run_chromium
from tests.e2e.sites import Sites, Tap, run_sites, run_tap
from tests.keys import PUBLIC, publish
from tests.service import running_service
from tests.worlds import World, company, domain, owner, tie

QUOTE = "We have asked the agency to end the order early."
SETTINGS = "(settings) => chrome.storage.local.set({ settings })"
# What scripts of tests begin with to read and change the kept copy, in a page of the extension.
KEPT = """
  const { loadData, saveData, saveFacts } = await import("/lib/store.js");
  const { snapshot, ...facts } = await loadData();
  const bytes = (data) => new TextEncoder().encode(JSON.stringify(data));
"""
EXPIRES = "async (expiresAt) => {" + KEPT + "await saveFacts({ ...facts, expiresAt }); }"
PAST = "2026-11-01T00:00:00Z"
ERASE = "async () => (await import('/lib/store.js')).eraseAll()"
ICONS = "() => chrome.runtime.sendMessage('icons')"
REFRESH = "() => chrome.runtime.sendMessage('refresh')"


@dataclass(frozen=True)
class State:
    """A state: where it is seen, its heading in both languages, and what else must and must not be said."""

    url: str
    heading: str
    titulo: str
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    settings: dict[str, object] | None = None
    expired: bool = False
    away: bool = False
    erased: bool = False


BIG = "https://www.bigco.com/cloud?q=secret"
FILTER: dict[str, object] = {"agencies": None, "kinds": ["grant"], "sites": []}
SOME: dict[str, object] = {"agencies": ["us-dhs"], "kinds": None, "sites": []}
SITE: dict[str, object] = {"agencies": None, "kinds": None, "sites": ["bigco.com"]}
NO_VERDICT = ("no ties", "clean", "none was found")

STATES = {
    "documented": State(
        BIG,
        "Documented ties",
        "Vínculos documentados",
        (
            "Bigco has 2 documented ties with DoD and ICE.",
            "Statement by Bigco",
            QUOTE,
            "USD 19,400,000 ceiling",
            "Checked by our software on",
        ),
    ),
    "single-report": State(
        "https://rumour.com/",
        "Reported by one source",
        "Según una sola fuente",
        ("reported by one source only",),
        ("documented tie",),
    ),
    "via-owner": State(
        "https://shoes.com/",
        "Ties of its owner",
        "Vínculos de su propietario",
        ("Shoes is owned by Bigco", "held by Bigco, its owner"),
    ),
    "ended": State(
        "https://old.com/", "Ties that have ended", "Vínculos terminados", ("it has ended", "ended March 2019")
    ),
    "none-found": State(
        "https://looked.com/",
        "Searched, none found",
        "Buscado, nada encontrado",
        ("What was searched", "USAspending", "prime awards, all agencies", "does not prove that there is none"),
    ),
    "not-researched": State(
        "https://nobody-has-looked.com/",
        "Not researched",
        "Sin investigar",
        ("This says nothing either way.",),
        NO_VERDICT,
    ),
    "company-not-researched": State(
        "https://quiet.com/", "Not researched", "Sin investigar", ("Quiet", "have not been researched"), NO_VERDICT
    ),
    "hosted": State(
        "https://someone.pages.com/blog",
        "Hosted content",
        "Contenido alojado",
        ("Hosted on Pages", "says nothing about the author"),
        ("Quiet",),
    ),
    "disputed": State(
        "https://contested.com/",
        "Documented ties",
        "Vínculos documentados",
        ("Disputed", "1 of these ties is disputed.", "Contested says"),
    ),
    "some-hidden": State(
        BIG,
        "Documented ties",
        "Vínculos documentados",
        ("Your settings hide 2 more ties.", "ICE"),
        ("DoD",),
        settings=SOME,
    ),
    "hidden-by-filter": State(
        BIG,
        "Hidden by your settings",
        "Oculto por su configuración",
        ("4 ties are hidden", "Hidden is not none."),
        ("documented tie", "Bigco has"),
        settings=FILTER,
    ),
    "hidden-site": State(
        BIG,
        "Hidden by your settings",
        "Oculto por su configuración",
        ("You chose not to see",),
        ("ICE",),
        settings=SITE,
    ),
    "out-of-date": State(
        BIG,
        "Out of date",
        "Datos caducados",
        ("was good until", "Nov 1, 2026"),
        ("ICE", "Bigco", *NO_VERDICT),
        expired=True,
    ),
    "service-away": State(
        BIG,
        "Documented ties",
        "Vínculos documentados",
        ("The last update failed (the service answered with an error); this is the last good copy.",),
        away=True,
    ),
    "no-data": State(
        BIG,
        "No data yet",
        "Aún sin datos",
        ("has not been downloaded yet",),
        ("ICE", "Bigco", *NO_VERDICT),
        erased=True,
    ),
}


@dataclass
class Stage:
    """A browser with the extension, its service, and the tap between them."""

    browser: Chromium
    sites: Sites
    tap: Tap

    def open(self, name: str, lang: str = "en", **media: str) -> Page:
        """The popup in this state, as a page."""
        url = self.bring_about(name)
        return self.browser.popup_page(url, lang, lambda popup: popup.emulate_media(**media))  # type: ignore[arg-type]

    def bring_about(self, name: str) -> str:
        """Puts the extension into this state; where it is seen."""
        state = STATES[name]
        self.reset()
        page = self.backstage
        if state.settings:
            page.evaluate(SETTINGS, state.settings)
        if state.expired:
            page.evaluate(EXPIRES, PAST)
        if state.away:
            self.tap.down = True
            page.evaluate(REFRESH)
        if state.erased:
            page.evaluate(ERASE)
        page.evaluate(ICONS)
        return state.url

    def reset(self) -> None:
        """No settings, the service there, the data fresh."""
        self.tap.down = False
        self.backstage.evaluate(ERASE)
        self.backstage.evaluate(REFRESH)

    @property
    def backstage(self) -> Page:
        """The browser's first tab: a page of the extension that stays open, for scripts that set the scene."""
        page = self.browser.context.pages[0]
        if not page.url.startswith(self.browser.extension):
            page.goto(f"{self.browser.extension}/welcome/welcome.html")
        return page


@contextmanager
def run_stage(playwright: Playwright, folder: Path, **options: object) -> Iterator[Stage]:
    """A browser whose extension has the world of all states, and their service."""
    with run_service(folder) as address, run_stage_of(address, playwright, folder, **options) as stage:
        yield stage


@contextmanager
def run_stage_of(service: str, playwright: Playwright, folder: Path, **options: object) -> Iterator[Stage]:
    """The same, where the service is there already."""
    with run_tap(service) as tap, run_sites(folder) as sites:
        build(tap.address, folder / "extension", "0.1.0", PUBLIC)
        packaged = folder / "extension" / "chromium"
        with run_chromium(playwright, packaged, folder / "profile", sites, **options) as browser:  # type: ignore[arg-type]
            browser.wait_for_rules()
            yield Stage(browser, sites, tap)


@contextmanager
def run_service(folder: Path) -> Iterator[str]:
    """The address of a service with the world of all states."""
    settings = make_settings(folder, seed_dir=states_world(folder / "seed").write())
    database = Database(settings)
    database.migrate()
    publish(database, settings.seed_dir)
    database.close()
    with running_service(settings.data_dir, folder / "log") as address:
        yield address


def states_world(folder: Path) -> World:
    """The made-up world with what its other tests do not need: amounts, statements, a rumour, a dispute."""
    world = World(folder)
    cloud, _ = world.companies["bigco"]["ties"]
    cloud |= {
        "title": "Cloud for case management",
        "sources": ["award", "paper"],
        "amounts": [
            {"kind": "ceiling", "value": "19400000", "as_of": "2018-01-24", "source": "award"},
            {"kind": "reported", "value": "2500000.50", "currency": "EUR", "as_of": "2018-06", "source": "paper"},
        ],
        "statements": [{"by": "bigco", "date": "2018-06-19", "quote": QUOTE, "source": "paper"}],
    }
    world.companies["bigco"]["ties"].append(
        tie("bigco-dod-grant", agency="us-dod", kind="reseller", via_name="Reseller & Sons", title="Office licences")
    )
    world.companies["rumour"] = company(
        "rumour", domains=[domain("rumour.com")], ties=[tie("rumour-ice", evidence="single_report", sources=["paper"])]
    )
    world.companies["contested"] = company("contested", domains=[domain("contested.com")], ties=[_disputed()])
    world.companies["laces"] = company("laces", domains=[domain("laces.com")], owners=[owner("shoes")])
    return world


def _disputed() -> dict[str, object]:
    return tie(
        "contested-dod",
        agency="us-dod",
        title="Radios",
        claim_status="disputed",
        history=[
            {"date": "2026-03-01", "status": "disputed", "note": "Contested says that the record names another firm."}
        ],
    )
