"""A short version of `make soak-extension`, and proof that its witnesses see what they should."""

from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests.e2e.soak import soak

pytestmark = pytest.mark.browser

VISITS = 21  # each site three times


def test_visits_and_clicks_cause_no_request(playwright: Playwright, states_service: str, tmp_path: Path) -> None:
    seen = soak(playwright, states_service, tmp_path, VISITS)
    assert seen.by_sites == seen.visited
    assert len(seen.by_browser) >= VISITS, "the browser's own log was read"
    assert seen.caused == []


def test_a_request_would_be_seen(playwright: Playwright, states_service: str, tmp_path: Path) -> None:
    seen = soak(playwright, states_service, tmp_path, 2, click=False, planted="/v1/domains/planted.example")
    assert len(seen.caused) == 2, "by the service, and in the browser's log"
    assert all(url.endswith("/v1/domains/planted.example") for url in seen.caused)
