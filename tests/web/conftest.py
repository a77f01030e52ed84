"""Pages are of one day: what a test expects does not depend on the calendar."""

from datetime import date

import pytest

from app.web import templating

TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "today", lambda: TODAY)
