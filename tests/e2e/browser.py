"""Chromium with the packaged extension, pages at real host names, and the extension's real popup."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, Worker

from tests.e2e.sites import Sites

CHROMIUM = "/usr/bin/chromium"
MISSING = "Chromium is missing. Install it: apt-get install -y --no-install-recommends chromium fonts-dejavu-core"

# Rules that name no address are missing until the first download is done and the icons are drawn.
READY = """async () => {
  const rules = () => new Promise((done) => chrome.declarativeContent.onPageChanged.getRules(done));
  const start = Date.now();
  while (Date.now() - start < 60000) {
    const working = await chrome.alarms.get("rules");
    if (!working && (await rules()).length > 0) return (await rules()).length;
    await new Promise((later) => setTimeout(later, 25));
  }
  return 0;
}"""


def chromium() -> str:
    """The browser's path. A missing browser is an error: tests that need one never pass for want of it."""
    found = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError(MISSING)
    return found


@dataclass
class Chromium:
    """A running browser with the extension in it."""

    context: BrowserContext

    @property
    def worker(self) -> Worker:
        """The extension's service worker."""
        workers = self.context.service_workers
        return workers[0] if workers else self.context.wait_for_event("serviceworker", timeout=30_000)

    @property
    def extension(self) -> str:
        """The extension's origin, without a slash at the end."""
        return "/".join(self.worker.url.split("/")[:3])

    def wait_for_rules(self) -> int:
        """How many icon rules there are, as soon as the snapshot is there."""
        count: int = self.worker.evaluate(READY)
        assert count > 0, "no icon rule was registered within 60 s"
        return count

    def visit(self, url: str) -> Page:
        """A new tab on this page."""
        page = self.context.new_page()
        page.goto(url)
        return page

    def extension_page(self, path: str, lang: str = "en", **media: str) -> Page:
        """A page of the extension in a tab of its own, in the language that the browser is made to speak."""
        page = self.context.new_page()
        page.emulate_media(**media)  # type: ignore[arg-type]
        page.add_init_script(f"chrome.i18n.getUILanguage = () => {json.dumps(lang)};")
        page.goto(f"{self.extension}/{path}")
        page.locator('main[aria-busy="false"]').wait_for(timeout=30_000)
        return page

    def popup_page(self, url: str | None, lang: str = "en", before: Callable[[Page], None] | None = None) -> Page:
        """The popup as a page of its own, 360 pixels wide, told that the active tab shows `url`.

        Outside the real popup no permission gives the address of a tab, and Debian's Chromium speaks English unless a
        package of translations is there: the browser's answers to these two questions are put in their place.
        """
        page = self.context.new_page()
        page.set_viewport_size({"width": 360, "height": 600})
        if before:
            before(page)
        self.show_popup(page, url, lang)
        return page

    def show_popup(self, page: Page, url: str | None, lang: str = "en") -> None:
        """The popup, anew, in a tab that is open: of several answers put in place the last one counts."""
        page.add_init_script(
            f"chrome.tabs.get = async () => ({json.dumps({'id': 1, 'url': url})});"
            f"chrome.i18n.getUILanguage = () => {json.dumps(lang)};"
        )
        page.goto(f"{self.extension}/popup/popup.html?tab=1")
        page.locator('main[aria-busy="false"]').wait_for(timeout=30_000)


@contextmanager
def run_chromium(
    playwright: Playwright, extension: Path, profile: Path, sites: Sites, *, headless: bool = True, **options: Any
) -> Iterator[Chromium]:
    """Chromium with an unpacked extension; every host name leads to `sites`."""
    rules = f"MAP *:80 127.0.0.1:{sites.http},MAP *:443 127.0.0.1:{sites.https},EXCLUDE 127.0.0.1"
    more: list[str] = options.pop("args", [])
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        headless=headless,
        chromium_sandbox=False,  # needed as root
        ignore_https_errors=True,
        args=[
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--no-first-run",
            "--enable-unsafe-extension-debugging",  # lets tests click the icon
            f"--disable-extensions-except={extension}",
            f"--load-extension={extension}",
            f"--host-resolver-rules={rules}",
            *more,
        ],
        **options,
    )
    try:
        yield Chromium(context)
    finally:
        context.close()


class RealPopup:
    """The popup bubble over a tab, opened as by a click on the icon: the browser grants `activeTab` for it, which
    `chrome.action.openPopup()` does not. Playwright does not list it as a page; the DevTools protocol does. Where there
    is a screen, `click` clicks on the icon there."""

    def __init__(
        self,
        browser: Chromium,
        page: Page,
        file: str = "popup/popup.html",
        click: Callable[[], None] | None = None,
    ) -> None:
        assert browser.context.browser is not None
        page.bring_to_front()
        self._page = page
        self._cdp: CDPSession = browser.context.browser.new_browser_cdp_session()
        self._got: dict[int, Any] = {}
        self._sent = 0
        self._wrong: Any = None
        if click:
            click()
        else:
            identity = browser.extension.removeprefix("chrome-extension://")
            tab = self._target("tab", page.url)
            self._cdp.send("Extensions.triggerAction", {"id": identity, "targetId": tab})
        popup = self._target("page", f"{browser.extension}/{file}")
        attached = self._cdp.send("Target.attachToTarget", {"targetId": popup, "flatten": False})
        self._session: str = attached["sessionId"]
        self._cdp.on("Target.receivedMessageFromTarget", self._receive)

    def _target(self, kind: str, url: str) -> str:
        for _ in range(1200):
            for target in self._cdp.send("Target.getTargets", {"filter": [{}]})["targetInfos"]:
                if (target["type"], target["url"]) == (kind, url):
                    return str(target["targetId"])
            self._page.wait_for_timeout(25)
        raise TimeoutError(f"no {kind} with {url}")

    def _receive(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._got[message["id"]] = message

    def send(self, method: str, **params: Any) -> Any:
        """The result of a DevTools call inside the popup."""
        self._sent += 1
        message = json.dumps({"id": self._sent, "method": method, "params": params})
        self._cdp.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        for _ in range(1200):
            if self._sent in self._got:
                got = self._got.pop(self._sent)
                self._wrong = got.get("error")
                return got.get("result", {})  # none where a page was just arriving
            self._page.wait_for_timeout(25)
        raise TimeoutError(method)

    def evaluate(self, expression: str) -> Any:
        """The value of an expression inside the popup."""
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True).get("result", {}).get("value")

    def text(self) -> str:
        """What the popup says, once it has settled."""
        for _ in range(1200):
            if self.evaluate("document.querySelector('main')?.getAttribute('aria-busy')") == "false":
                return str(self.evaluate("document.body.innerText"))
            self._page.wait_for_timeout(25)
        raise TimeoutError(f"the popup shows nothing ({self._wrong})")
