"""The packaged extension in a real Chromium, fed by a real service with the real seed."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.e2e.browser import Chromium, RealPopup, run_chromium
from tests.e2e.looks import open_all, violations
from tests.e2e.sites import Sites, Tap
from tests.waiting import until

pytestmark = pytest.mark.browser

VISITS = 60


RULE_IDS = """() => new Promise((done) =>
  chrome.declarativeContent.onPageChanged.getRules((rules) => done(rules.map((rule) => rule.id).sort())))"""
BREAK_OFF = """(gone) => new Promise((done) => {
  const { onPageChanged, PageStateMatcher, ShowAction } = chrome.declarativeContent;
  const stale = { id: "stale", conditions: [new PageStateMatcher({})], actions: [new ShowAction()] };
  onPageChanged.removeRules(gone, () => onPageChanged.addRules([stale], done));
})"""


def rule_ids(browser: Chromium) -> list[str]:
    found: list[str] = browser.worker.evaluate(RULE_IDS)
    return found


def test_permissions_are_these_four_and_no_host(chromium: Chromium) -> None:
    granted = chromium.worker.evaluate("() => chrome.permissions.getAll()")
    assert sorted(granted["permissions"]) == ["activeTab", "alarms", "declarativeContent", "storage"]
    assert granted["origins"] == []


REAL = {
    "https://palantir.com/": ("Palantir", "Documented ties", "ICE", "Investigative Case Management"),
    "https://www.zappos.com/shoes?q=1": (
        "Zappos is owned by Amazon",
        "Nov 1, 2009",
        "Ties of its owner",
        "held by Amazon",
    ),
    "http://someone.github.io/": ("Hosted on GitHub Pages", "Hosted content", "says nothing about the author"),
    "https://nobody-has-researched-this.com/": ("Not researched", "This says nothing either way."),
    "http://127.0.0.1:{http}/": ("Not applicable", "numeric address"),
}


@pytest.mark.parametrize("url", REAL)
def test_the_real_popup(chromium: Chromium, sites: Sites, url: str) -> None:
    address = url.format(http=sites.http)
    text = RealPopup(chromium, chromium.visit(address)).text()
    assert text.split("\n")[0] == address.split("/")[2].partition(":")[0]
    for expected in REAL[url]:
        assert expected in text
    assert "As of release 1, " in text
    assert "Nothing about this visit was sent." in text


def test_the_real_popup_learns_of_one_tab_only(chromium: Chromium) -> None:
    chromium.visit("https://www.microsoft.com/")
    RealPopup(chromium, chromium.visit("https://palantir.com/")).text()
    urls = chromium.worker.evaluate("async () => (await chrome.tabs.query({})).map((tab) => tab.url ?? null)")
    assert "https://palantir.com/" in urls
    assert "https://www.microsoft.com/" not in urls


def test_a_tab_that_moves_on_takes_its_answer_with_it(chromium: Chromium) -> None:
    page = chromium.visit("https://palantir.com/")
    popup = RealPopup(chromium, page)
    assert "Documented ties" in popup.text()
    page.evaluate("location.href = 'https://nobody-has-researched-this.com/'")
    page.wait_for_url("https://nobody-has-researched-this.com/")
    until(lambda: "moved on" in popup.text())
    assert "Documented ties" not in popup.text()


def test_no_visit_causes_a_request(chromium: Chromium, sites: Sites, tap: Tap) -> None:
    visited = [(host, f"/{n}") for n, host in enumerate(hosts(VISITS))]
    sites.seen.clear()
    tap.seen.clear()
    page = chromium.context.new_page()
    for n, (host, path) in enumerate(visited):
        page.goto(f"{'https' if n % 2 else 'http'}://{host}{path}")
    RealPopup(chromium, page).text()
    assert [(host, path) for _, host, path in sites.seen] == visited
    assert tap.seen == []


def hosts(count: int) -> list[str]:
    some = ["www.microsoft.com", "zappos.com", "someone.github.io", "palantir.com", "nobody-has-researched-this.com"]
    return [some[n % len(some)] for n in range(count)]


def test_a_visit_that_asked_the_service_would_be_seen(chromium: Chromium, tap: Tap) -> None:
    tap.seen.clear()
    chromium.worker.evaluate(f"() => fetch('{tap.address}/v1/domains/planted.example')")
    assert tap.seen == ["/v1/domains/planted.example"]


def test_downloads_carry_nothing_that_tells_who_asks(chromium: Chromium, tap: Tap) -> None:
    tap.seen.clear()
    tap.headers.clear()
    page = chromium.popup_page("https://palantir.com/")
    page.evaluate("() => chrome.runtime.sendMessage('refresh')")
    assert tap.seen == ["/v1/release", "/v1/release.sig"]
    assert not {"cookie", "referer", "authorization", "if-none-match"} & set(tap.headers[0])


def test_sources_open_elsewhere_by_https_only_and_links_name_no_site(chromium: Chromium, tap: Tap) -> None:
    page = chromium.popup_page("https://www.linkedin.com/in/somebody?secret=1")
    links = page.locator("a").evaluate_all("all => all.map((a) => [a.href, a.target, a.rel])")
    assert len(links) > 10
    for href, target, rel in links:
        assert href.startswith(("https://", f"{tap.address}/"))
        assert (target, rel) == ("_blank", "noopener noreferrer")
        assert "somebody" not in href
    own = {href.removeprefix(tap.address) for href, _, _ in links if href.startswith(tap.address)}
    assert {"/companies/linkedin", "/corrections?company=linkedin"} <= own
    assert all(
        re.fullmatch(r"/corrections\?company=linkedin&tie=[a-z0-9-]+", href)
        for href in own - {"/companies/linkedin", "/corrections?company=linkedin"}
    )


def test_an_unknown_site_is_not_named_in_the_correction_link(chromium: Chromium, tap: Tap) -> None:
    page = chromium.popup_page("https://nobody-has-researched-this.com/")
    assert page.locator("a").evaluate_all("all => all.map((a) => a.href)") == [f"{tap.address}/corrections"]


def test_a_source_is_one_click_away(chromium: Chromium) -> None:
    page = chromium.popup_page("https://palantir.com/")
    first = page.locator(".tie").first.locator(".sources a").first
    expect(first).to_be_visible()
    assert (first.get_attribute("href") or "").startswith("https://")


def test_the_answer_stands_on_the_first_screen(chromium: Chromium) -> None:
    page = chromium.popup_page("https://www.zappos.com/")
    expect(page.locator(".sentence")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="Ties with government agencies")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_notes_are_open_only_where_there_is_nothing_else_to_read(chromium: Chromium) -> None:
    expect(chromium.popup_page("https://wayfair.com/").locator(".note").first).to_contain_text("Private sale")
    expect(chromium.popup_page("https://amazon.com/").locator(".note").first).to_be_hidden()


def test_in_spanish(chromium: Chromium) -> None:
    page = chromium.popup_page("https://www.zappos.com/", lang="es-419")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator(".sentence")).to_contain_text("Zappos es propiedad de Amazon, que tiene")


def test_english_data_is_marked_in_spanish(chromium: Chromium) -> None:
    page = chromium.popup_page("https://microsoft.com/", lang="es")
    data = page.locator(".tie h3, .tie blockquote, .tie q, .tie .source-list li > :first-child")
    told = data.evaluate_all("all => all.map((one) => [one.textContent, one.closest('[lang]').lang])")
    assert len(told) > 4
    assert [text for text, lang in told if lang != "en"] == []


def test_the_newest_amounts_come_first(chromium: Chromium) -> None:
    page = chromium.popup_page("https://palantir.com/")
    dates = page.locator(".amounts").evaluate_all(
        "all => all.map((list) => [...list.querySelectorAll('time')].map((time) => time.dateTime))"
    )
    assert max(map(len, dates)) > 1
    assert dates == [sorted(each, reverse=True) for each in dates]


def test_by_keyboard(chromium: Chromium) -> None:
    page = chromium.popup_page("https://palantir.com/")
    page.keyboard.press("Tab")
    reached = set()
    for _ in range(60):
        reached.add(page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent.trim()"))
        page.keyboard.press("Tab")
    assert "A Open the full page" in reached
    assert "SUMMARY What does this mean?" in reached
    summary = page.get_by_text("What does this mean?")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Public sources show")).to_be_visible()


@pytest.mark.parametrize("site", ["microsoft.com", "zappos.com", "google.com", "someone.github.io", "unknown.com"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Chromium, site: str, scheme: str) -> None:
    page = popup_in(chromium, scheme, f"https://{site}/")
    assert violations(page) == []


def test_axe_finds_planted_faults(chromium: Chromium) -> None:
    page = popup_in(chromium, "light", "https://microsoft.com/")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    page.evaluate("document.querySelector('.sentence').style.color = '#ccc'")
    page.evaluate("document.querySelector('.sources a').replaceChildren()")
    assert {"html-has-lang", "color-contrast", "link-name"} <= {found.partition(":")[0] for found in violations(page)}


def popup_in(browser: Chromium, scheme: str, url: str) -> Page:
    """The popup, all its parts open."""
    page = browser.popup_page(
        url, before=lambda page: page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    )
    open_all(page)
    return page


def test_without_a_page_nothing_is_claimed(chromium: Chromium) -> None:
    for url in ("chrome://settings/", "about:blank", None):
        page = chromium.popup_page(url)
        expect(page.locator("main")).to_contain_text("This tab shows no web page")


PLANT = """async () => {
  const { loadData, saveData } = await import("/lib/store.js");
  const { snapshot, ...facts } = await loadData();
  const planted = structuredClone(snapshot);
  planted.ties.title = planted.ties.title.map(() => "<img src=x onerror=alert(1)>");
  const bad = (one) => ({ ...one, url: "javascript:alert(1)" });
  planted.ties.sources = planted.ties.sources.map((some) => some.map(bad));
  await saveData(facts, new TextEncoder().encode(JSON.stringify(planted)));
}"""
KEEP = """async () => {
  const { loadData } = await import("/lib/store.js");
  const { snapshot, ...facts } = await loadData();
  return { facts, text: JSON.stringify(snapshot) };
}"""
RESTORE = """async (spare) => {
  const { saveData } = await import("/lib/store.js");
  await saveData(spare.facts, new TextEncoder().encode(spare.text));
}"""


def test_markup_in_data_stays_text(chromium: Chromium) -> None:
    page = chromium.popup_page("https://palantir.com/")
    spare = page.evaluate(KEEP)
    page.evaluate(PLANT)
    try:
        page.reload()
        expect(page.locator(".tie h3").first).to_have_text("<img src=x onerror=alert(1)>")
        assert page.locator("img, a[href^='javascript']").count() == 0
    finally:
        page.evaluate(RESTORE, spare)


FORGE = """async () => {
  const { loadData, saveData } = await import("/lib/store.js");
  const { snapshot, ...facts } = await loadData();
  const version = Number.MAX_SAFE_INTEGER;
  const forged = new TextEncoder().encode(JSON.stringify({ ...snapshot, version }));
  await saveData({ ...facts, version, domains: facts.domains * 2, key: "a key that is trusted no longer" }, forged);
}"""


def test_what_a_stolen_key_signed_is_not_shown_and_stands_in_no_release_s_way(chromium: Chromium) -> None:
    page = chromium.popup_page("https://palantir.com/")
    page.evaluate(FORGE)
    page.reload()
    expect(page.locator("main")).to_contain_text("has not been downloaded yet")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("main")).to_contain_text("Documented ties")


def test_first_start_without_the_service(
    playwright: Playwright, packaged: Path, sites: Sites, tap: Tap, tmp_path: Path
) -> None:
    tap.down = True
    try:
        with run_chromium(playwright, packaged, tmp_path / "profile", sites) as browser:
            page = browser.popup_page("https://palantir.com/")
            expect(page.locator("main")).to_contain_text("has not been downloaded yet")
            retry = page.get_by_role("button", name="Try again")
            retry.click()
            expect(retry).to_be_visible()  # it has another name while it tries
            expect(page.locator("main")).to_contain_text("Last try: the service answered with an error.")
            tap.down = False
            retry.click()
            expect(page.locator("main")).to_contain_text("Documented ties")
            assert browser.wait_for_rules() > 0
    finally:
        tap.down = False


def test_the_last_good_copy_outlives_the_service_and_the_browser(
    playwright: Playwright, packaged: Path, sites: Sites, tap: Tap, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with run_chromium(playwright, packaged, profile, sites) as browser:
        rules = browser.wait_for_rules()
    tap.down = True
    try:
        with run_chromium(playwright, packaged, profile, sites) as browser:
            assert browser.wait_for_rules() == rules
            page = browser.popup_page("https://palantir.com/")
            page.evaluate("() => chrome.runtime.sendMessage('refresh')")
            page.reload()
            expect(page.locator(".verdict")).to_contain_text("Documented ties")
            expect(page.locator("footer")).to_contain_text(
                "The last update failed (the service answered with an error)"
            )
            assert len(rule_ids(browser)) == rules
    finally:
        tap.down = False


def test_rules_broken_off_in_mid_work_are_mended(chromium: Chromium) -> None:
    """What a worker leaves that was ended between adding rules and removing old ones, or before adding all."""
    whole = rule_ids(chromium)
    chromium.worker.evaluate(BREAK_OFF, whole[:3])
    assert rule_ids(chromium) == sorted([*whole[3:], "stale"])
    page = chromium.popup_page("https://palantir.com/")
    page.evaluate("() => chrome.runtime.sendMessage('refresh')")
    assert rule_ids(chromium) == whole
