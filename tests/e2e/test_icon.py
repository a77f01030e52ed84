"""The toolbar icon, seen on a screen: Chromium sets it by `declarativeContent`, without telling the extension where."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright

from tests.e2e.browser import run_chromium
from tests.e2e.desktop import SIZE, pin, run_desktop, toolbar_colours
from tests.e2e.sites import Sites

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


def test_the_toolbar_icon_follows_the_site(
    playwright: Playwright, packaged: Path, sites: Sites, tmp_path: Path
) -> None:
    """On a screen, in one tab, with no permission to read any address."""
    profile = tmp_path / "profile"
    pin(packaged, profile)
    size = f"--window-size={SIZE[0]},{SIZE[1]}"
    options = {"args": [size, "--window-position=0,0"], "no_viewport": True}
    with (
        run_desktop() as env,
        run_chromium(playwright, packaged, profile, sites, headless=False, env=env, **options) as browser,
    ):
        browser.wait_for_rules()
        page = browser.context.new_page()
        for url, ink in ICONS.items():
            page.goto(url)
            assert shown_ink(env, page, ink) == ink, url


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
