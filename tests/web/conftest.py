"""Pages are of one day: what a test expects does not depend on the calendar, and nobody waits."""

from datetime import date
from types import SimpleNamespace

import pytest

from app.web import templating

TODAY = date(2026, 12, 1)


@pytest.fixture(autouse=True)
def a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templating, "today", lambda: TODAY)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each form was kept waiting; here nobody waits."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("app.web.suggestions.asyncio", SimpleNamespace(sleep=sleep))
    return waited
