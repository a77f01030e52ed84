"""Visits many pages and clicks the icon on each, and shows that this caused no request: `make soak-extension`.

Three witnesses: the pages' own servers, the tap in front of the service, and Chromium's own log of its network, which
knows every request that the browser makes, to whomever.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Playwright, sync_playwright

from app.packaging import build
from tests.e2e.browser import RealPopup, run_chromium
from tests.e2e.sites import Sites, Tap, run_sites, run_tap
from tests.e2e.states import run_service
from tests.keys import PUBLIC

HOSTS = (
    "www.bigco.com",
    "shoes.com",
    "rumour.com",
    "nobody-has-looked.com",
    "someone.pages.com",
    "old.com",
    "looked.com",
)
BEGIN = "begin.invalid"
# With no extension too, Chromium asks Google whether somebody is signed in, and after some minutes for its updates.
CHROMIUMS_OWN = re.compile(
    r"https://accounts\.google\.com/ListAccounts|https?://update\.googleapis\.com/service/update2/"
)


@dataclass
class Seen:
    """What the witnesses saw from the first visit on."""

    visited: list[str]
    by_sites: list[str]
    by_service: list[str]
    by_browser: list[str]

    @property
    def caused(self) -> list[str]:
        """Requests that are no visit."""
        rest = list(self.by_browser)
        for url in self.visited:
            if url in rest:
                rest.remove(url)
        return [*rest, *self.by_service, *[url for url in self.by_sites if url not in self.visited]]


def soak(
    playwright: Playwright, service: str, folder: Path, visits: int, *, click: bool = True, planted: str = ""
) -> Seen:
    """That many visits, with a click on the icon after each; `planted` is an address that the worker fetches."""
    log = folder / "net.json"
    with run_tap(service) as tap, run_sites(folder) as sites:
        build(tap.address, folder / "extension", "0.1.0", PUBLIC)
        packaged, logged = folder / "extension" / "chromium", f"--log-net-log={log}"
        with run_chromium(playwright, packaged, folder / "profile", sites, args=[logged]) as browser:
            browser.wait_for_rules()
            sites.seen.clear()
            tap.seen.clear()
            page = browser.context.new_page()
            page.goto(f"http://{BEGIN}/")  # marks the place in the browser's log
            visited = [f"{'https' if n % 2 else 'http'}://{HOSTS[n % len(HOSTS)]}/{n}" for n in range(visits)]
            for url in visited:
                page.goto(url)
                if click:
                    RealPopup(browser, page).text()
            if planted:
                browser.worker.evaluate(f"() => fetch('{tap.address}{planted}').then(() => 0)")
    return _seen(visited, sites, tap, log)


def _seen(visited: list[str], sites: Sites, tap: Tap, log: Path) -> Seen:
    by_sites = [f"{scheme}://{host}{path}" for scheme, host, path in sites.seen if host != BEGIN]
    requests = list(_requests(log))
    begin = requests.index(("not an origin", f"http://{BEGIN}/"))
    by_browser = [url for initiator, url in requests[begin + 1 :] if _counts(initiator, url)]
    return Seen(visited, by_sites, tap.seen, by_browser)


def _requests(log: Path) -> Iterator[tuple[str, str]]:
    """Who began each request in Chromium's log, and its address, in order: a line an event."""
    first, *lines = log.read_text("utf-8").splitlines()
    started = json.loads(first.rstrip(",") + "}")["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    for line in lines:
        if f'"type":{started}}}' in line and '"url":' in line:
            params = json.loads(line.rstrip(",").rstrip("]"))["params"]
            yield params["initiator"], params["url"]


def _counts(initiator: str, url: str) -> bool:
    """Whether a request left the browser, and not for Chromium's own sake. No page and no extension begins those."""
    own = initiator == "not an origin" and CHROMIUMS_OWN.match(url) is not None
    return not own and re.match(r"https?|wss?|ftp", url) is not None


def main(visits: int) -> int:
    """Report, and fail if a visit caused a request."""
    with TemporaryDirectory() as name, sync_playwright() as playwright, run_service(folder := Path(name)) as service:
        start = time.monotonic()
        seen = soak(playwright, service, folder, visits)
    print(
        f"{visits} visits, each with a click on the icon, in {time.monotonic() - start:.0f} s. "
        f"Requests seen by the pages' servers: {len(seen.by_sites)}; by the service: {len(seen.by_service)}; "
        f"in the browser's own log: {len(seen.by_browser)}. Caused by visits and clicks: {len(seen.caused)}."
    )
    for url in seen.caused[:20]:
        print(f"  {url}", file=sys.stderr)
    return 1 if seen.caused or len(seen.by_sites) != visits or len(seen.by_browser) < visits else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1000)
    sys.exit(main(parser.parse_args().visits))
