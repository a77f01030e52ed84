"""Firefox: the badge without clicking, which is offered and never taken; popup, settings and welcome page there."""

import time
from collections.abc import Iterator

import pytest

from app.packaging import build
from tests.e2e.firefox import ORIGIN, Firefox, run_firefox
from tests.e2e.sites import Sites, Tap, run_sites, run_tap
from tests.e2e.states import STATES
from tests.keys import PUBLIC
from tests.waiting import until

pytestmark = pytest.mark.browser

ON, OFF = "//button[contains(., 'Turn on')]", "//button[contains(., 'Turn off')]"
STATE = "document.querySelector('.now').textContent.split(':')[0]"
SPOKEN = "document.querySelector('[role=status]').textContent"
SLOW_TO_TELL = """(() => {
  const contains = chrome.permissions.contains.bind(chrome.permissions);
  chrome.permissions.contains = (what) => new Promise((done) => setTimeout(() => done(contains(what)), 400));
})()"""
TITLES = {
    "http://www.bigco.com/": "govties: Documented ties (3 not ended)",
    "http://rumour.com/": "govties: Reported by one source (1 not ended)",
    "http://nobody-has-looked.com/": "govties",
    "http://shoes.com/": "govties: Ties of its owner (2 not ended)",
    "http://old.com/": "govties: Ties that have ended",
    "http://looked.com/": "govties: Searched, none found",
}


@pytest.fixture(scope="module")
def service(states_service: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sites, Tap]]:
    with run_sites(tmp_path_factory.mktemp("service")) as sites, run_tap(states_service) as tap:
        yield sites, tap


@pytest.fixture(scope="module")
def firefox(service: tuple[Sites, Tap], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    sites, tap = service
    folder = tmp_path_factory.mktemp("firefox")
    build(tap.address, folder / "out", "0.1.0", PUBLIC)
    with run_firefox(folder / "profile", sites.http, folder / "out" / "firefox") as running:
        until(lambda: len(tap.seen) == 3)
        yield running


@pytest.fixture(autouse=True)
def off(firefox: Firefox) -> None:
    """Every test begins without the permission and without settings, with data even if the one before erased it."""
    open_page(firefox, "options")
    firefox.evaluate(
        "import('/lib/store.js').then(s => s.loadData()).then(d => d || chrome.runtime.sendMessage('refresh'))"
    )
    firefox.evaluate("chrome.permissions.remove({permissions: ['tabs']})")
    firefox.evaluate("chrome.storage.local.remove('settings')")
    firefox.evaluate("chrome.runtime.sendMessage('icons')")


def open_page(firefox: Firefox, name: str) -> None:
    firefox.open(f"{ORIGIN}/{name}/{name}.html")
    until(lambda: firefox.evaluate("document.querySelector('main[aria-busy=false]') !== null"))


def wait_for_title(firefox: Firefox, title: str) -> None:
    until(lambda: firefox.title() == title)


def wait_for_icon(firefox: Firefox, begins: str, ends: str) -> None:
    until(lambda: firefox.icon().startswith(begins) and firefox.icon().endswith(ends))


def turn_on(firefox: Firefox) -> None:
    open_page(firefox, "welcome")
    firefox.click(ON)
    until(lambda: "Access browser tabs" in firefox.prompt())
    firefox.answer_prompt(allow=True)
    until(lambda: firefox.evaluate(STATE) == "On")


def test_the_welcome_page_comes_by_itself_and_explains_in_one_sentence(firefox: Firefox) -> None:
    open_page(firefox, "welcome")
    assert firefox.evaluate(STATE) == "Off"
    assert firefox.evaluate("document.querySelector('section').className") == "automatic", "the button is first"
    why = firefox.evaluate("document.querySelector('.automatic p').textContent")
    assert why.startswith("To change the icon by itself, Firefox has to tell the extension the address of every tab")
    assert why.count(". ") == 0
    assert firefox.prompt() == "", "nothing is asked without a click"


def test_allowed_the_badge_comes_without_clicking_and_goes_with_the_permission(
    firefox: Firefox, service: tuple[Sites, Tap]
) -> None:
    turn_on(firefox)
    until(lambda: firefox.evaluate(SPOKEN).startswith("On:"))
    service[1].seen.clear()
    for url, title in TITLES.items():
        firefox.open(url)
        wait_for_title(firefox, title)
        until(lambda: firefox.icon().startswith("data:image/png"))
    firefox.call("WebDriver:Refresh")
    time.sleep(0.5)  # the title may still be that of before
    wait_for_title(firefox, "govties: Searched, none found")
    assert service[1].seen == []
    open_page(firefox, "welcome")
    firefox.click(OFF)
    until(lambda: firefox.evaluate(STATE) == "Off")
    for url in TITLES:
        firefox.open(url)
        time.sleep(0.2)
        assert firefox.title() == "govties"
        assert firefox.icon().endswith("/icons/16.png")


def test_taken_back_in_another_tab_the_open_tab_forgets_its_badge(firefox: Firefox) -> None:
    turn_on(firefox)
    first = firefox.call("WebDriver:GetWindowHandle")
    firefox.open("http://www.bigco.com/")
    until(lambda: firefox.icon().startswith("data:"))
    other = firefox.call("WebDriver:NewWindow", type="tab", focus=True)["handle"]
    firefox.call("WebDriver:SwitchToWindow", handle=other)
    open_page(firefox, "options")
    firefox.click(OFF)
    until(lambda: firefox.evaluate(STATE) == "Off")
    firefox.call("WebDriver:CloseWindow")
    firefox.call("WebDriver:SwitchToWindow", handle=first)
    until(lambda: firefox.icon().endswith("/icons/16.png"))
    wait_for_title(firefox, "govties")


def test_refused_everything_stays_as_it_was(firefox: Firefox) -> None:
    open_page(firefox, "welcome")
    firefox.click(ON)
    until(lambda: firefox.prompt() != "")
    firefox.answer_prompt(allow=False)
    assert firefox.evaluate(STATE) == "Off"
    firefox.open("http://www.bigco.com/")
    time.sleep(0.3)
    assert firefox.icon().endswith("/icons/16.png")


def test_whoever_hurries_from_page_to_page_sees_the_last_ones_badge(firefox: Firefox) -> None:
    turn_on(firefox)
    for _ in range(5):
        for url in TITLES:
            firefox.open(url)
        assert firefox.call("WebDriver:GetCurrentURL") == "http://looked.com/"
        until(lambda: firefox.title() == TITLES["http://looked.com/"])
        time.sleep(0.3)
        assert firefox.title() == TITLES["http://looked.com/"]


def test_settings_reach_the_badge_and_erasing_gives_the_permission_back(firefox: Firefox) -> None:
    turn_on(firefox)
    open_page(firefox, "options")
    firefox.click("//label[contains(., 'Only these; a department')]")
    until(lambda: firefox.evaluate("document.querySelector('.warn') !== null"))
    firefox.open("http://www.bigco.com/")
    until(lambda: firefox.title() == "govties: Hidden by your settings")
    open_page(firefox, "options")
    firefox.evaluate(SLOW_TO_TELL)
    firefox.click("//button[contains(., 'Erase everything …')]")
    firefox.click("//dialog//button[text()='Erase']")
    until(lambda: firefox.evaluate(SPOKEN) == "Everything was erased.")
    time.sleep(1)
    assert firefox.evaluate(SPOKEN) == "Everything was erased.", "the permission that went with it says nothing over it"
    assert firefox.evaluate("chrome.storage.local.get(null)") == {}
    assert firefox.evaluate("chrome.permissions.contains({permissions: ['tabs']})") is False
    firefox.click("//button[@id='update']")
    until(lambda: "none" not in firefox.evaluate("document.querySelector('dd').textContent"))


def test_past_the_expiry_firefox_is_grey_everywhere_and_then_plain_again(firefox: Firefox) -> None:
    open_page(firefox, "options")
    for expires, begins, ends in (
        ("2020-01-01T00:00:00Z", "data:image/png", ""),
        ("2999-01-01T00:00:00Z", ORIGIN, "/icons/16.png"),
    ):
        firefox.evaluate(f"""(async () => {{
          const {{ loadData, saveFacts }} = await import("/lib/store.js");
          const {{ snapshot, ...facts }} = await loadData();
          await saveFacts({{ ...facts, expiresAt: "{expires}" }});
          await chrome.runtime.sendMessage("icons");
        }})()""")
        wait_for_icon(firefox, begins, ends)


@pytest.mark.parametrize(
    "name", ["documented", "single-report", "via-owner", "ended", "none-found", "not-researched", "hosted"]
)
def test_the_popup_says_the_same_in_firefox(firefox: Firefox, name: str) -> None:
    turn_on(firefox)  # else a page of the extension learns no address
    url = STATES[name].url.replace("https:", "http:")
    first = firefox.call("WebDriver:GetWindowHandle")
    other = firefox.call("WebDriver:NewWindow", type="tab", focus=True)["handle"]
    firefox.call("WebDriver:SwitchToWindow", handle=other)
    firefox.open(url)
    firefox.call("WebDriver:SwitchToWindow", handle=first)
    tab = firefox.evaluate(f"(async () => (await chrome.tabs.query({{}})).find((tab) => tab.url === '{url}').id)()")
    firefox.open(f"{ORIGIN}/popup/popup.html?tab={tab}")
    until(lambda: firefox.evaluate("document.querySelector('.verdict h2') !== null"))
    assert firefox.evaluate("document.querySelector('.verdict h2').textContent") == STATES[name].heading
    said = " ".join(firefox.evaluate("document.querySelector('main').textContent").split())
    for expected in STATES[name].says:
        assert expected in said
    firefox.call("WebDriver:SwitchToWindow", handle=other)
    firefox.call("WebDriver:CloseWindow")
    firefox.call("WebDriver:SwitchToWindow", handle=first)
