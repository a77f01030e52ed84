"""This tests data, not code: what people type leads to the real companies and agencies of `seed/`. How search works is
tested on a made-up world in tests/web/test_search.py."""

import re

import pytest
from starlette.testclient import TestClient

from tests.web.reading import BROWSER, page, text

AT_ONCE = {
    "ICE": "/agencies/us-ice",
    "NSA": "/agencies/us-nsa",
    "U.S. Army": "/agencies/us-army?as=U.S.+Army",
    "pentagon": "/agencies/us-dod?as=Pentagon",
    "border patrol": "/agencies/us-cbp?as=Border+Patrol",
    "homeland security": "/agencies/us-dhs?as=Homeland+Security",
    "AWS": "/companies/amazon?as=AWS",
    "kindle": "/companies/amazon?as=Kindle",
    "prime video": "/companies/amazon?as=Prime+Video",
    "google maps": "/companies/google?as=Google+Maps",
    "facebook": "/companies/meta?as=Facebook",
    "AT&T": "/companies/att",
}
MEANT = {"amazn": "Amazon", "zapos": "Zappos", "wal mart": "Walmart", "chat gpt": "ChatGPT", "mircosoft": "Microsoft"}
UNKNOWN = ("cnn.com", "temu", "tiktok", "H&M", "chewy", "staples", "experian", "hbomax")


@pytest.mark.parametrize(("q", "where"), AT_ONCE.items())
def test_what_people_call_it_leads_to_its_page(real: TestClient, q: str, where: str) -> None:
    response = real.get("/", params={"q": q}, headers=BROWSER, follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (303, where)
    assert real.get(where).status_code == 200


@pytest.mark.parametrize(("q", "name"), MEANT.items())
def test_a_typing_error_is_asked_about(real: TestClient, q: str, name: str) -> None:
    assert f"Did you mean {name}?" in text(page(real, "/", q=q))


@pytest.mark.parametrize("q", UNKNOWN)
def test_what_is_not_in_the_data_names_nobody_else(real: TestClient, q: str) -> None:
    body = page(real, "/", q=q).partition('class="result"')[2]
    assert not re.findall(r'href="/(?:companies|agencies)/', body.partition("</section>")[0])
    assert "says nothing" in body


def test_fox_is_no_firefox(real: TestClient) -> None:
    assert re.findall(r'<li><a href="([^"]*)">', page(real, "/", q="fox")) == ["/companies/fox-corporation"]
