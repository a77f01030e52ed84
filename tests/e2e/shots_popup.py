"""Pictures of the popup as a person sees it: the screen around it, after a click on the icon in a real window."""

import json
from pathlib import Path

from tests.e2e.browser import Chromium, RealPopup
from tests.e2e.desktop import CHROMIUM_ICON, SIZE, click, take
from tests.e2e.firefox import Firefox
from tests.waiting import until

FEATURES = {
    "dark": {"name": "prefers-color-scheme", "value": "dark"},
    "forced": {"name": "forced-colors", "value": "active"},
    "contrast": {"name": "prefers-contrast", "value": "more"},
}
# A page that the popup stands out from.
GREY = "document.documentElement.style.background = '#dfe3e8'"
# Firefox stripes its address bar while a program drives it.
NO_STRIPES = (
    "Services.wm.getMostRecentWindow('navigator:browser').document.documentElement.removeAttribute('remotecontrol')"
)
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
WIDTH, TOP, BELOW = 430, 40, 12  # pixels; from under the tabs to a little below the popup
CHROMIUM_LEFT, FIREFOX_LEFT = 480, 566


def take_popup(
    screen: dict[str, str], browser: Chromium, url: str, file: Path, lang: str = "en", media: str = ""
) -> None:
    """Chromium's popup over this page, in the language and with the colours that the popup is made to see."""
    page = browser.visit(url)
    page.evaluate(GREY)
    popup = RealPopup(browser, page, click=lambda: click(screen, CHROMIUM_ICON))
    popup.text()
    if media:
        popup.send("Emulation.setEmulatedMedia", features=[FEATURES[media]])
    if lang != "en":
        popup.send("Page.enable")
        popup.send(
            "Page.addScriptToEvaluateOnNewDocument", source=f"chrome.i18n.getUILanguage = () => {json.dumps(lang)};"
        )
        popup.send("Page.reload")
        until(lambda: popup.evaluate("document.documentElement.lang") == lang[:2])
        popup.text()
    popup.send("Runtime.evaluate", expression=DRAWN, awaitPromise=True)
    _take(screen, file, CHROMIUM_LEFT, popup.evaluate("innerHeight"))
    page.close()


def take_firefox_popup(screen: dict[str, str], firefox: Firefox, url: str, file: Path) -> None:
    """Firefox's popup over this page."""
    firefox.script(NO_STRIPES)
    firefox.open(url)
    firefox.evaluate(GREY)
    click(screen, firefox.icon_place())
    until(lambda: firefox.popup()[1] > 0 and ": " in firefox.popup()[2])
    _take(screen, file, FIREFOX_LEFT, firefox.popup()[1])


def _take(screen: dict[str, str], file: Path, left: int, height: int) -> None:
    """The part of the screen with the popup, as soon as it no longer changes."""
    last = b""

    def still() -> bool:
        nonlocal last
        seen, last = last, take(screen, file.with_suffix(".ppm")).read_bytes()
        return seen == last

    until(still)
    file.with_suffix(".ppm").unlink()
    bottom = min(SIZE[1], 86 + height + BELOW)
    take(screen, file, f"{WIDTH}x{bottom - TOP}+{left}+{TOP}")
