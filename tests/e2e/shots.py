"""Takes the screenshots of docs/screenshots/ and docs/stores/, and draws the icon that shared links show: `make shots`,
or `python -m tests.e2e.shots`.

A service of its own, with the real seed in a folder that is removed afterwards, is what they show.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Playwright, sync_playwright

from app.db import Database
from app.errors import AppError
from app.packaging import build
from app.publishing import BadSeed
from app.settings import ROOT
from tests.conftest import make_settings
from tests.e2e.browser import chromium as chromium_path
from tests.e2e.browser import run_chromium
from tests.e2e.desktop import CHROMIUM_WINDOW, pin, run_desktop
from tests.e2e.firefox import run_firefox
from tests.e2e.shots_extension import lighten, take_states, take_stores
from tests.e2e.shots_popup import take_firefox_popup, take_popup
from tests.e2e.sites import run_sites
from tests.keys import PUBLIC, publish
from tests.service import running_service

OUT = ROOT / "docs" / "screenshots"
STATIC = ROOT / "app" / "web" / "static"
ICON = 512  # pixels; what shows shared links wants no SVG
MAX_BYTES = 150_000  # a README is read on phones too


@dataclass(frozen=True)
class Shot:
    """One picture: of what, how wide and high, light or dark."""

    name: str
    path: str
    width: int
    height: int
    dark: bool = False


SHOTS = (
    Shot("home", "/", 1000, 900),
    Shot("home-phone", "/", 360, 740),
    Shot("agency", "/agencies/us-ice", 1000, 900),
    Shot("agency-phone", "/agencies/us-ice#sites", 360, 740),
    Shot("coverage", "/about/coverage", 1000, 700),
    Shot("zappos", "/?q=zappos.com", 1000, 1000),
    Shot("company", "/companies/linkedin", 900, 1050),
    Shot("tie", "/ties/microsoft-ice-azure-government", 768, 800),
    Shot("company-phone", "/companies/google#ties", 390, 844, dark=True),
    Shot("palantir-phone", "/companies/palantir", 390, 844, dark=True),
)


def main() -> None:
    """Take all of them."""
    OUT.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        settings = make_settings(Path(folder), seed_dir=ROOT / "seed")
        database = Database(settings)
        database.migrate()
        publish(database, settings.seed_dir)
        database.close()
        with running_service(settings.data_dir, Path(folder) / "log") as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
            for shot in SHOTS:
                _take(browser, address, shot)
            _draw_icon(browser)
            browser.close()
            _take_popups(playwright, address, Path(folder))
            states = Path(folder) / "states"
            states.mkdir()
            take_states(playwright, states)


def _take_popups(playwright: Playwright, address: str, folder: Path) -> None:
    build(address, folder / "extension", "0.1.0", PUBLIC)
    packaged, profile = folder / "extension" / "chromium", folder / "profile"
    pin(packaged, profile)
    with run_desktop() as screen, run_sites(folder) as sites:
        with run_chromium(playwright, packaged, profile, sites, env=screen, **CHROMIUM_WINDOW) as chromium:
            chromium.wait_for_rules()
            take_popup(screen, chromium, "https://www.zappos.com/", OUT / "popup.png")
            take_stores(screen, chromium)
        with run_firefox(folder / "firefox", sites.http, folder / "extension" / "firefox", screen) as firefox:
            take_firefox_popup(screen, firefox, "http://www.zappos.com/", OUT / "popup-firefox.png")
    for name in ("popup", "popup-firefox"):
        lighten(OUT / f"{name}.png")
        _weigh(OUT / f"{name}.png")


def _take(browser: Browser, address: str, shot: Shot) -> None:
    file = OUT / f"{shot.name}.png"
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height}, color_scheme="dark" if shot.dark else "light"
    )
    page = context.new_page()
    response = page.goto(address + shot.path)
    if response is None or not response.ok:
        raise RuntimeError(f"{shot.path} is no page (is the company in the seed?)")
    page.screenshot(path=file)
    context.close()
    _weigh(file)


def _draw_icon(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": ICON, "height": ICON})
    page.set_content(f"<style>body {{ margin: 0 }}</style>{(STATIC / 'icon.svg').read_text()}")
    page.screenshot(path=STATIC / "icon.png", omit_background=True)
    _weigh(STATIC / "icon.png")


def _weigh(file: Path) -> None:
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise RuntimeError(f"{file.name} has {size:,} bytes, more than {MAX_BYTES:,}: make its picture smaller")
    print(f"{file.relative_to(ROOT)}: {size:,} bytes")


if __name__ == "__main__":
    try:
        main()
    except BadSeed as error:
        sys.exit("\n".join(map(str, error.problems)))
    except AppError as error:
        sys.exit(error.detail)
