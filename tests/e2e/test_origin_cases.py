"""The origin cases (tests/origin.py) through the extension's popup, fed by the real seed."""

import pytest

from tests.e2e.browser import Chromium, RealPopup
from tests.origin import CASES, Case

pytestmark = pytest.mark.browser

HEADINGS = {
    "documented": "Documented ties",
    "via_owner": "Ties of its owner",
    "not_researched": "Not researched",
    "not_applicable": "Hosted content",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.site)
def test_by_the_popup(chromium: Chromium, case: Case) -> None:
    popup = RealPopup(chromium, chromium.visit(f"https://{case.site}"))
    assert HEADINGS[case.state] in popup.text()
    whole = " ".join(str(popup.evaluate("document.body.textContent")).split())
    for expected in (*case.shows, *case.says):
        assert expected in whole
    for wrong in case.never_says:
        assert wrong not in whole
