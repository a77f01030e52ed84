"""The settings, the welcome page, and what follows from them, in a real Chromium."""

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import MEDIA, overflow, tab_to, unframed_buttons, violations
from tests.e2e.states import BIG, EXPIRES, ICONS, PAST, SETTINGS, Stage
from tests.waiting import until

pytestmark = pytest.mark.browser

RULES = """() => new Promise((done) => chrome.declarativeContent.onPageChanged.getRules((rules) =>
  done(rules.flatMap((rule) => rule.conditions.map((condition) => [rule.id.split("/").at(-1), condition.pageUrl])))))"""
HIDE_ALL: dict[str, object] = {"agencies": [], "kinds": None, "sites": []}
PAGES = ("options", "welcome")
WIDTHS = (1280, 640, 320)  # 640 and 320 are 1280 at 200 % and 400 %


@pytest.fixture(autouse=True)
def fresh(stage: Stage) -> Iterator[None]:
    stage.reset()
    yield
    for page in stage.browser.context.pages[1:]:
        page.close()


def open_page(stage: Stage, name: str = "options", lang: str = "en", **media: str) -> Page:
    return stage.browser.extension_page(f"{name}/{name}.html", lang, **media)


def popup_heading(stage: Stage, url: str = BIG) -> str:
    page = stage.browser.popup_page(url)
    heading = page.locator(".verdict h2").inner_text()
    page.close()
    return heading


def icons(stage: Stage) -> dict[str, str]:
    """The icon that the rules give each host they name."""
    found: list[tuple[str, dict[str, Any]]] = stage.browser.worker.evaluate(RULES)
    named = {
        url.get("hostSuffix", url.get("hostEquals")): icon for icon, url in found if "originAndPathMatches" not in url
    }
    return {name.lstrip(".") if name else "every page": icon for name, icon in named.items()}


def wait_for_icon(stage: Stage, name: str, icon: str, seconds: int = 30) -> None:
    """The worker takes a moment to change the rules."""
    deadline = time.monotonic() + seconds
    while icons(stage).get(name) != icon:
        assert time.monotonic() < deadline, icons(stage)
        time.sleep(0.05)


def test_agencies_that_matter_change_popup_and_icon(stage: Stage) -> None:
    page = open_page(stage)
    wait_for_icon(stage, "bigco.com", "documented:3")
    page.get_by_label("Only these; a department").check()
    expect(page.locator(".warn")).to_have_text("Nothing is ticked: every tie is hidden, and the icon says so.")
    page.get_by_label("Department of Defense (DoD)").check()
    expect(page.locator(".warn")).to_have_count(0)
    assert popup_heading(stage) == "Documented ties"
    wait_for_icon(stage, "bigco.com", "documented:1")
    wait_for_icon(stage, "rumour.com", "hidden:0")
    assert popup_heading(stage, "https://rumour.com/") == "Hidden by your settings"
    page.get_by_label("All agencies, also").check()
    wait_for_icon(stage, "rumour.com", "single_report:1")


def test_kinds_that_matter_change_popup_and_icon(stage: Stage) -> None:
    page = open_page(stage)
    page.get_by_label("Only these", exact=True).check()
    page.get_by_label("Subcontract").check()
    assert popup_heading(stage) == "Hidden by your settings"
    wait_for_icon(stage, "bigco.com", "hidden:0")
    page.get_by_label("Sold through a reseller").check()
    until(lambda: popup_heading(stage) == "Documented ties")
    page.reload()
    expect(page.get_by_label("Sold through a reseller")).to_be_checked()


def test_a_hidden_site_is_listed_and_removed(stage: Stage) -> None:
    popup = stage.browser.popup_page(BIG)
    popup.get_by_role("button", name="Hide on this site").click()
    expect(popup.locator(".verdict h2")).to_have_text("Hidden by your settings")
    page = open_page(stage)
    wait_for_icon(stage, "bigco.com", "hidden:0")
    page.get_by_role("button", name="Show it again: bigco.com").click()
    expect(page.get_by_role("status")).to_have_text("bigco.com is shown again.")
    assert page.evaluate("document.activeElement.id") == "sites"
    wait_for_icon(stage, "bigco.com", "documented:3")
    assert popup_heading(stage) == "Documented ties"


def test_past_the_expiry_every_page_is_grey_until_the_next_update(stage: Stage) -> None:
    page = open_page(stage)
    page.evaluate(EXPIRES, PAST)
    page.evaluate(ICONS)
    wait_for_icon(stage, "every page", "out_of_date:0")
    page.reload()
    expect(page.locator(".warn")).to_contain_text("The data is out of date")
    page.evaluate(EXPIRES, "2999-01-01T00:00:00Z")
    page.evaluate(ICONS)
    wait_for_icon(stage, "bigco.com", "documented:3")
    assert page.evaluate("async () => (await chrome.alarms.get('expiry')).scheduledTime") > 32_000_000_000_000


def test_the_icons_turn_grey_by_themselves(stage: Stage) -> None:
    page = open_page(stage)
    for ahead in (1.5, 6, 24):  # a busy machine may need longer than that to set its rules
        page.evaluate(EXPIRES, (datetime.now(UTC) + timedelta(seconds=ahead)).isoformat())
        page.evaluate(ICONS)
        if icons(stage).get("bigco.com") == "documented:3":
            break
    else:
        raise AssertionError("the rules were never set before the expiry")
    wait_for_icon(stage, "every page", "out_of_date:0", seconds=60)
    assert len(icons(stage)) == 1


def test_the_data_its_age_and_its_last_error(stage: Stage) -> None:
    page = open_page(stage)
    data = page.locator("dl")
    expect(data).to_contain_text(re.compile(r"Release\s*1, of \w+ \d+, \d{4}"))
    expect(data).to_contain_text("(this hour)")
    expect(page.get_by_role("link", name=stage.tap.address)).to_have_attribute("href", stage.tap.address)
    stage.tap.down = True
    page.get_by_role("button", name="Update now").click()
    expect(data).to_contain_text("the service answered with an error (1 try in a row)")
    stage.tap.down = False
    page.get_by_role("button", name="Update now").click()
    expect(data).to_contain_text(re.compile(r"Last error\s*none"))
    expect(page.get_by_role("status")).to_have_text("The service was asked.")
    assert page.evaluate("document.activeElement.id") == "update"


def test_erasing_asks_first_and_forgets_everything(stage: Stage) -> None:
    page = open_page(stage)
    page.evaluate(SETTINGS, HIDE_ALL)
    page.get_by_role("button", name="Erase everything …").click()
    expect(page.get_by_role("dialog", name="Erase everything?")).to_be_visible()
    page.keyboard.press("Escape")
    assert set(page.evaluate("() => chrome.storage.local.get(null)")) == {"status", "settings"}
    page.get_by_role("button", name="Erase everything …").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Everything was erased.")
    assert page.evaluate("() => chrome.storage.local.get(null)") == {}
    assert page.evaluate("async () => (await import('/lib/store.js')).loadData()") is None
    assert icons(stage) == {}
    assert popup_heading(stage) == "No data yet"


def test_settings_by_keyboard_alone(stage: Stage) -> None:
    page = open_page(stage)
    tab_to(page, "All kinds, also those added later")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Contract", exact=True)).to_be_visible()
    tab_to(page, "Contract")
    page.keyboard.press("Space")
    expect(page.locator(".warn")).to_have_count(0)
    expect(page.get_by_label("Contract", exact=True)).to_be_checked()
    assert page.evaluate("document.activeElement.id") == "kind-prime_contract", "the focus stays where it was"
    tab_to(page, "Erase everything …")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Keep it"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("media", MEDIA)
def test_axe_finds_nothing(stage: Stage, name: str, media: str) -> None:
    page = open_page(stage, name, **MEDIA[media])
    if name == "options":
        page.get_by_label("Only these; a department").check()
        expect(page.locator(".warn")).to_have_count(1)
        page.get_by_label("Only these", exact=True).check()
        expect(page.locator(".warn")).to_have_count(2)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert violations(page) == []
        assert overflow(page) <= 0, width
    if name == "options":
        page.get_by_role("button", name="Erase everything …").click()
        assert violations(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_every_button_has_a_border_in_forced_colours(stage: Stage, name: str) -> None:
    page = open_page(stage, name, forced_colors="active")
    expect(page.get_by_role("button").first).to_be_visible()
    assert unframed_buttons(page) == []


def test_axe_finds_planted_faults(stage: Stage) -> None:
    page = open_page(stage)
    page.evaluate("document.querySelector('label span').remove()")
    page.evaluate("document.querySelector('.lead').style.color = '#ccc'")
    assert {"label", "color-contrast"} <= {found.partition(":")[0] for found in violations(page)}


@pytest.mark.parametrize("name", PAGES)
def test_in_spanish(stage: Stage, name: str) -> None:
    page = open_page(stage, name, lang="es")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator("h1")).to_have_text({"options": "Configuración", "welcome": "govties está instalado"}[name])
    assert not re.search(r"\b(the|of|and)\b", page.locator("main").inner_text())


def test_the_welcome_page_asks_for_nothing_on_chromium(stage: Stage) -> None:
    page = open_page(stage, "welcome")
    expect(page.get_by_role("heading", level=2)).to_have_text(
        ["What it does", "What it never does", "Keep the icon in sight", "What the icon says"]
    )
    expect(page.get_by_role("button")).to_have_text(["Choose what matters to you"])
    links = page.locator("a").evaluate_all("all => all.map((a) => a.href)")
    assert links == [f"{stage.tap.address}/privacy", f"{stage.tap.address}/"]


def test_the_privacy_policy_is_where_the_link_leads(stage: Stage) -> None:
    page = open_page(stage, "welcome")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Privacy policy").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Privacy")


@pytest.mark.parametrize("name", PAGES)
def test_every_policy_is_in_force(stage: Stage, name: str) -> None:
    """What a fault in the code could try is refused by the browser."""
    page = open_page(stage, name)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.evaluate("""() => {
      const script = Object.assign(document.createElement("script"), { textContent: "document.title = 'pwned'" });
      const image = Object.assign(new Image(), { src: "http://other.invalid/pixel.png" });
      document.body.append(script, image);
      return fetch("http://other.invalid/").catch(() => {});
    }""")

    def refused() -> bool:
        page.wait_for_timeout(50)  # lets the messages in
        return len([line for line in wrong if "Content Security Policy" in line]) >= 3

    until(refused)
    assert page.title() != "pwned"


def test_messages_from_elsewhere_are_not_heard(stage: Stage) -> None:
    page = open_page(stage)
    for message in ("forget", "__proto__", {"refresh": 1}, None):
        sent = f"chrome.runtime.sendMessage({json.dumps(message)}).then((a) => a ?? 'nothing', () => 'nobody')"
        assert page.evaluate(sent) in ("nothing", "nobody")
    site = stage.browser.visit("https://bigco.com/")
    assert site.evaluate("typeof chrome === 'undefined' || !chrome.runtime || !chrome.runtime.sendMessage")
