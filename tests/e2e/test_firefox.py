"""The packaged extension in a real Firefox with a window: it loads, downloads without naming itself, and answers on a
click."""

from pathlib import Path

import pytest

from app.packaging import build
from tests.e2e.desktop import POPUP, click, run_desktop, take, wait_for_popup
from tests.e2e.firefox import run_firefox
from tests.e2e.sites import run_sites, run_tap
from tests.keys import PUBLIC
from tests.waiting import until

pytestmark = pytest.mark.browser


def test_firefox_answers_on_click_and_names_itself_to_nobody(server: str, tmp_path: Path) -> None:
    with run_sites(tmp_path) as sites, run_tap(server) as tap, run_desktop() as screen:
        build(tap.address, tmp_path / "out", "0.1.0", PUBLIC)
        with run_firefox(tmp_path / "profile", sites.http, tmp_path / "out" / "firefox", screen) as firefox:
            until(lambda: len(tap.seen) == 3)
            until(lambda: firefox.evaluate("document.querySelector('main[aria-busy=false]') !== null"))
            firefox.evaluate("chrome.runtime.sendMessage('icons')")  # in its turn: the first update is over
            assert tap.seen[0] == "/v1/release"
            for headers in tap.headers:
                assert not {"origin", "cookie", "referer"} & set(headers), "a number of this installation"
            tap.seen.clear()
            firefox.call("WebDriver:Navigate", url="http://www.zappos.com/shoes")
            assert firefox.icon().endswith("/icons/16.png")
            before = take(screen, tmp_path / "before.png")
            click(screen, firefox.icon_place())
            until(lambda: firefox.icon().startswith("data:image/png"))
            until(lambda: firefox.popup()[0] >= POPUP[0], within=10, what="the popup's width")
            until(lambda: firefox.popup()[2].startswith("www.zappos.com: "))
            wait_for_popup(screen, before)
            assert [(host, path) for _, host, path in sites.seen] == [("www.zappos.com", "http://www.zappos.com/shoes")]
            assert tap.seen == []
