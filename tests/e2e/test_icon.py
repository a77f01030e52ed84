"""The toolbar icon and what a click on it opens, seen on a screen: Chromium sets the icon by `declarativeContent`,
without telling the extension where."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.e2e.browser import Chromium, RealPopup, run_chromium
from tests.e2e.desktop import (
    CHROMIUM_ICON,
    CHROMIUM_WINDOW,
    POPUP,
    click,
    pin,
    run_desktop,
    take,
    toolbar_colours,
    wait_for_popup,
)
from tests.e2e.sites import Sites
from tests.waiting import until

pytestmark = pytest.mark.browser

DOCUMENTED, VIA_OWNER, PLAIN = "#9a3412", "#4338ca", "#64748b"
INKS = {DOCUMENTED, VIA_OWNER, PLAIN}

# In this order: after a page whose address several rules could claim, the others' icons must still come.
ICONS = {
    "https://google.com/": DOCUMENTED,
    "https://a.deep.subdomain.google.com/": DOCUMENTED,
    "https://www.zappos.com/": VIA_OWNER,
    "https://sites.google.com/x": PLAIN,
    "https://notgoogle.com/": PLAIN,
    "https://google.com.look.alike.net/": PLAIN,
    "http://google.com:80/": DOCUMENTED,
    "http://someone.github.io/": PLAIN,
    "https://user:word@www.google.com/": DOCUMENTED,
    "https://x.sites.google.com/": PLAIN,
    "https://www.twitch.tv/": VIA_OWNER,
    "https://websites.google.com/": DOCUMENTED,
}


@pytest.fixture(scope="module")
def screen() -> Iterator[dict[str, str]]:
    with run_desktop() as env:
        yield env


@pytest.fixture(scope="module")
def window(
    playwright: Playwright,
    packaged: Path,
    sites: Sites,
    screen: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Chromium]:
    """A browser on that screen, the icon in its toolbar."""
    profile = tmp_path_factory.mktemp("window") / "profile"
    pin(packaged, profile)
    with run_chromium(playwright, packaged, profile, sites, env=screen, **CHROMIUM_WINDOW) as browser:
        browser.wait_for_rules()
        yield browser


def test_the_toolbar_icon_follows_the_site(window: Chromium, screen: dict[str, str]) -> None:
    """In one tab, with no permission to read any address."""
    page = window.context.new_page()
    for url, ink in ICONS.items():
        page.goto(url)
        assert shown_ink(screen, page, ink) == ink, url


def shown_ink(env: dict[str, str], page: Page, wanted: str) -> str:
    """The ink of the icon in the toolbar, as soon as it is the one that is wanted, or after thirty seconds."""
    ink = ""
    for _ in range(150):
        page.wait_for_timeout(200)
        counts = toolbar_colours(env)
        ink = max(INKS, key=lambda colour: counts[colour])
        if ink == wanted and counts[ink] >= 5:
            break
    return ink


def test_a_click_on_the_icon_opens_a_popup_that_can_be_read(
    window: Chromium, screen: dict[str, str], tmp_path: Path
) -> None:
    page = window.visit("https://www.zappos.com/")
    before = take(screen, tmp_path / "before.png")
    popup = RealPopup(window, page, click=lambda: click(screen, CHROMIUM_ICON))
    assert popup.text().startswith("www.zappos.com\n")
    until(lambda: popup.evaluate("innerWidth") >= POPUP[0], within=10, what="the popup's width")
    wait_for_popup(screen, before)
