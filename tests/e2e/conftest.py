"""The packaged extension in a real Chromium, fed by a real service with the real seed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from app.packaging import build
from tests.e2e.browser import Chromium, run_chromium
from tests.e2e.sites import Sites, Tap, run_sites, run_tap
from tests.keys import PUBLIC

# Playwright's own limit of five seconds is what a busy machine may take to draw a page. In milliseconds.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    with run_sites(tmp_path_factory.mktemp("sites")) as running:
        yield running


@pytest.fixture(scope="module")
def tap(server: str) -> Iterator[Tap]:
    with run_tap(server) as running:
        yield running


@pytest.fixture(scope="module")
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
