"""A real Chromium: plain for the pages, and with the packaged extension, fed by a real service with the real seed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from app.packaging import build
from tests.e2e.browser import Chromium, run_chromium
from tests.e2e.browser import chromium as chromium_path
from tests.e2e.planted import run_planted
from tests.e2e.sites import Sites, Tap, run_sites, run_tap
from tests.e2e.states import Stage, run_service, run_stage_of
from tests.keys import PUBLIC

# Playwright's own limit of five seconds is what a busy machine may take to draw a page. In milliseconds.
expect.set_options(timeout=30_000)


# Servers last as long as the run; browsers end with their file: while Playwright runs, no other test of this process
# can start an event loop.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without the extension."""
    running = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
    yield running
    running.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service whose data are markup."""
    with run_planted(tmp_path_factory.mktemp("planted")) as address:
        yield address


@pytest.fixture(scope="session")
def states_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with the world of all states."""
    with run_service(tmp_path_factory.mktemp("states")) as address:
        yield address


@pytest.fixture(scope="module")
def stage(playwright: Playwright, states_service: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A browser whose extension has the world of all states."""
    with run_stage_of(states_service, playwright, tmp_path_factory.mktemp("stage")) as running:
        yield running


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with run_sites(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture(scope="session")
def tap(server: str) -> Iterator[Tap]:
    with run_tap(server) as running:
        yield running


@pytest.fixture(scope="session")
def packaged(tap: Tap, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Chromium folder of an extension whose backend is the tap."""
    out = tmp_path_factory.mktemp("extension")
    build(tap.address, out, "0.1.0", PUBLIC)
    return out / "chromium"


@pytest.fixture(scope="module")
def chromium(
    playwright: Playwright, packaged: Path, sites: Sites, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chromium]:
    """A browser whose extension has its data and rules."""
    with run_chromium(playwright, packaged, tmp_path_factory.mktemp("profile"), sites) as running:
        running.wait_for_rules()
        yield running


@pytest.fixture(autouse=True)
def no_tab_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Closes what a test opened in the shared browser."""
    yield
    if "chromium" in request.fixturenames:
        browser: Chromium = request.getfixturevalue("chromium")
        for page in browser.context.pages[1:]:
            page.close()
