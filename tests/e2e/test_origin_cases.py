"""The origin cases (tests/origin.py) through the extension's popup, fed by the real seed."""

import pytest

from tests.e2e.browser import Chromium, RealPopup
from tests.origin import CASES, Case

pytestmark = pytest.mark.browser

# Dates are written in the browser's language; the day itself stands in their attribute.
WHOLE = "[document.body.textContent, ...[...document.querySelectorAll('time')].map((time) => time.dateTime)].join(' ')"
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
    whole = " ".join(str(popup.evaluate(WHOLE)).split())
    for expected in (*case.shows, *case.says):
        assert expected in whole
    for wrong in case.never_says:
        assert wrong not in whole
