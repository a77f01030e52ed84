"""Every state of the popup, in a real Chromium: what it says, that it claims no more, how it looks and sounds."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.looks import MEDIA, open_all, overflow, tab_to, unframed_buttons, violations
from tests.e2e.states import STATES, Stage
from tests.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=STATES)
def name(request: pytest.FixtureRequest, stage: Stage) -> str:
    """Each state in its turn, brought about once for all that is asked of it."""
    stage.bring_about(request.param)
    return str(request.param)


@pytest.fixture(scope="module")
def opened(name: str, stage: Stage) -> Page:
    return stage.browser.popup_page(STATES[name].url)


@pytest.fixture
def popup(opened: Page) -> Iterator[Page]:
    """The popup in this state, all its parts open; the next test finds it as it was."""
    open_all(opened)
    yield opened
    opened.emulate_media(color_scheme="null", forced_colors="null", contrast="null")
    opened.set_viewport_size({"width": 360, "height": 600})
    opened.evaluate("document.documentElement.style.zoom = ''")


@pytest.fixture(autouse=True)
def no_page_is_left(request: pytest.FixtureRequest, stage: Stage) -> Iterator[None]:
    """Closes what a test opened, but for the popup that the next test of the same state looks at."""
    kept = request.getfixturevalue("opened") if "name" in request.fixturenames else None
    yield
    for page in stage.browser.context.pages[1:]:
        if page is not kept:
            page.close()


def text(page: Page) -> str:
    return " ".join(page.locator("main").inner_text().split())


def test_it_says_what_is_so_and_no_more(popup: Page, name: str) -> None:
    state = STATES[name]
    expect(popup.locator(".verdict h2")).to_have_text(state.heading)
    said = text(popup)
    for expected in state.says:
        assert expected in said
    for wrong in state.never:
        assert wrong not in said


def test_it_says_so_in_spanish(stage: Stage, name: str) -> None:
    page = stage.browser.popup_page(STATES[name].url, "es-MX")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator(".verdict h2")).to_have_text(STATES[name].titulo)
    assert not re.search(r"\b(the|of|this|and)\b", _without_data(page)), "an English word is left"


def _without_data(page: Page) -> str:
    """The popup's own words: what comes from the data stays in its language."""
    page.evaluate(
        "document.querySelectorAll('h1, h3, .long, .note > p, .places, blockquote').forEach((e) => e.remove())"
    )
    return text(page)


def test_axe_finds_nothing(popup: Page) -> None:
    for media in MEDIA.values():
        popup.emulate_media(**media)  # type: ignore[arg-type]
        assert violations(popup) == [], media
        assert overflow(popup) == 0


def test_axe_finds_planted_faults(stage: Stage) -> None:
    page = stage.open("hidden-by-filter")
    page.evaluate("document.querySelector('.buttons button').replaceChildren()")
    page.evaluate("document.querySelector('.sentence').style.color = '#ccc'")
    page.evaluate("document.querySelector('footer').style.width = '500px'")
    assert {"button-name", "color-contrast"} <= {found.partition(":")[0] for found in violations(page)}
    assert overflow(page) > 0


def test_at_twice_the_size_nothing_is_cut_off(popup: Page) -> None:
    popup.set_viewport_size({"width": 720, "height": 1200})
    popup.evaluate("document.documentElement.style.zoom = 2")
    assert overflow(popup) == 0
    cut = "all => all.filter((e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible')"
    assert popup.locator("main *:not(.spoken)").evaluate_all(f"{cut}.length") == 0


def test_every_button_has_a_border_in_forced_colours(stage: Stage) -> None:
    page = stage.open("some-hidden")
    assert len(unframed_buttons(page)) == 2, "some look like links otherwise"
    page.emulate_media(forced_colors="active")
    expect(page.get_by_role("button")).to_have_count(3)
    assert unframed_buttons(page) == []


@pytest.mark.parametrize("width", [320, 412])
def test_on_a_phone_it_is_as_wide_as_the_screen(stage: Stage, width: int) -> None:
    """Firefox for Android shows the popup as a page."""
    page = stage.open("documented")
    assert page.evaluate(BODY_WIDTH) == 360
    session = page.context.new_cdp_session(page)
    screen = {"width": width, "height": 800, "screenWidth": width, "screenHeight": 800}
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    session.send("Emulation.setDeviceMetricsOverride", {**screen, "deviceScaleFactor": 2, "mobile": True})
    until(lambda: page.evaluate(BODY_WIDTH) == width)
    assert overflow(page) == 0


BODY_WIDTH = "document.body.getBoundingClientRect().width"


def test_no_two_states_differ_by_colour_alone(stage: Stage) -> None:
    """With the heading's words they differ by the shape of the icon: its outline, all colours made one."""
    outlines = {}
    for name in (
        "documented",
        "single-report",
        "via-owner",
        "ended",
        "none-found",
        "not-researched",
        "hidden-site",
        "out-of-date",
    ):
        outlines[name] = stage.open(name).locator("header canvas").evaluate(OUTLINE)
    assert len(set(outlines.values())) == len(outlines)


OUTLINE = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, 64, 64);
  let marks = "";
  for (let at = 0; at < data.length; at += 4) marks += data[at + 3] > 128 && data[at] < 190 ? "#" : ".";
  return marks;
}"""


MOVING = """all => all.map((e) => getComputedStyle(e))
  .filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none").length"""


def test_nothing_moves(stage: Stage) -> None:
    page = stage.open("documented", reduced_motion="reduce")
    assert page.locator("*").evaluate_all(MOVING) == 0


def test_names_and_roles_for_a_screen_reader(stage: Stage) -> None:
    page = stage.open("via-owner")
    assert page.title() == "shoes.com: Ties of its owner"
    snapshot = page.get_by_role("main").aria_snapshot()
    for expected in (
        '- heading "shoes.com" [level=1]',
        '- list "Who owns it":',
        '- text: "Company:"',
        "- text: Sold through a reseller through Reseller & Sons active, last seen",
        '- heading "Ties of its owner" [level=2]',
        "- paragraph: Shoes is owned by Bigco, which has 2 documented ties with DoD and ICE.",
        '- heading "Cloud for case management" [level=3]',
        '- figure "Statement by Bigco, Jun 19, 2018 Source 2: The Paper":',
        '- link "The Paper":',
        '- button "Hide on this site"',
    ):
        assert expected in snapshot.replace("- 'figure", "- figure").replace("':", ":"), snapshot
    expect(page.get_by_role("link", name="Source 2: The Paper")).to_have_count(2)


def test_order_site_sentence_ties_statement_notes_foot(stage: Stage) -> None:
    said = text(stage.open("documented"))
    page_order = (
        "www.bigco.com",
        "Bigco has 2",
        "Ties with government agencies",
        "Office licences",
        "Facts that are no ties",
        "What does this mean?",
        "Open the full page",
        "As of release 1",
    )
    places = [said.index(part) for part in page_order]
    assert places == sorted(places)
    tie = stage.open("via-owner").locator(".tie", has_text="Cloud for case management")
    expect(tie.locator("figure")).to_contain_text("Statement by Bigco, Jun 19, 2018")


def test_a_correction_names_company_and_tie_and_nothing_else(stage: Stage) -> None:
    page = stage.open("via-owner")
    open_all(page)
    links = page.locator("a").evaluate_all("all => all.map((a) => [a.href, a.rel, a.target])")
    own = {href.removeprefix(stage.tap.address) for href, _, _ in links if href.startswith(stage.tap.address)}
    assert own == {
        "/companies/shoes",
        "/corrections?company=shoes",
        "/corrections?company=shoes&tie=bigco-ice-cloud",
        "/corrections?company=shoes&tie=bigco-dod-grant",
    }
    assert {(rel, target) for _, rel, target in links} == {("noopener noreferrer", "_blank")}


def test_the_correction_page_knows_what_it_is_about(stage: Stage) -> None:
    page = stage.open("via-owner")
    stage.tap.seen.clear()
    page.locator(".tie", has_text="Cloud").locator("summary").click()
    with page.context.expect_page() as opened:
        page.locator(".tie", has_text="Cloud").get_by_role("link", name="Suggest a correction of this tie").click()
    expect(opened.value.locator("main")).to_contain_text("You came from: Shoes")
    assert stage.tap.seen[0] == "/corrections?company=shoes&tie=bigco-ice-cloud"


def test_by_keyboard_a_site_is_hidden_and_shown_again(stage: Stage) -> None:
    page = stage.open("documented")
    tab_to(page, "Hide on this site")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict h2")).to_have_text("Hidden by your settings")
    expect(page.get_by_role("status")).to_have_text("www.bigco.com: Hidden by your settings")
    tab_to(page, "Show it again")
    page.keyboard.press("Space")
    expect(page.locator(".verdict h2")).to_have_text("Documented ties")


def test_hidden_ties_can_be_seen_once(stage: Stage) -> None:
    page = stage.open("hidden-by-filter")
    page.get_by_role("button", name="Show this once").click()
    expect(page.locator(".verdict h2")).to_have_text("Documented ties")
    page.reload()
    expect(page.locator(".verdict h2")).to_have_text("Hidden by your settings")


def test_trying_again_brings_the_data(stage: Stage) -> None:
    page = stage.open("no-data")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict h2")).to_have_text("Documented ties")


def test_what_it_means_is_one_key_away(stage: Stage) -> None:
    page = stage.open("none-found")
    tab_to(page, "What does this mean?")
    page.keyboard.press("Enter")
    expect(page.locator("footer")).to_contain_text("Someone looked in the places listed and found no tie.")
