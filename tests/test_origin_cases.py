"""The ten cases from which govties began (tests/origin.py), on the real seed, through the interface and the page.

tests/e2e/test_origin_cases.py puts the same sites through the extension's popup.
"""

import html
import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.origin import CASES, Case


def look_up(real: TestClient, case: Case) -> dict[str, Any]:
    response = real.get("/v1/lookup", params={"url": f"https://{case.site}"})
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.site)
def test_by_the_interface(real: TestClient, case: Case) -> None:
    answer = look_up(real, case)
    assert answer["state"] == case.state
    assert (answer["company"] or {}).get("id") == case.company
    text = str(answer)
    for expected in case.says:
        assert expected in text
    for wrong in case.never_says:
        assert wrong not in text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.site)
def test_by_the_page(real: TestClient, case: Case) -> None:
    answer = look_up(real, case)
    page = text_of(real.get("/", params={"q": case.site}).text)
    assert answer["summary"] in page
    if case.company:
        page += text_of(real.get(f"/companies/{case.company}").text)
    for expected in (*case.shows, *case.says):
        assert expected in page
    for wrong in case.never_says:
        assert wrong not in page


def ties(real: TestClient, site: str) -> dict[str, dict[str, Any]]:
    answer = real.get(f"/v1/domains/{site}").json()
    return {tie["id"]: tie for tie in answer["ties"]}


def test_1_microsoft_azure_government_and_the_campaigners_figure(real: TestClient) -> None:
    held = ties(real, "azure.com")
    azure = held["microsoft-ice-azure-government"]
    assert (azure["held_by"], azure["relation"], azure["agency"]["id"]) == ("microsoft", "own", "us-ice")
    assert any(source["published_at"] == "2018-01-24" for source in azure["sources"])
    amounts = {(amount["kind"], amount["value"]) for amount in azure["amounts"]}
    assert ("reported", "19400000") in amounts
    assert not {kind for kind, value in amounts if value == "19400000"} - {"reported"}
    direct = [tie for tie in held.values() if tie["evidence"] == "record" and tie["awards"]]
    assert any("CONT_AWD_HSCETC16J00017" in award["key"] for tie in direct for award in tie["awards"])


def test_2_the_companys_statement_stands_beside_that_tie(real: TestClient) -> None:
    said = ties(real, "microsoft.com")["microsoft-ice-azure-government"]["statements"]
    assert any("dismayed" in statement["quote"] and statement["date"].startswith("2018-06") for statement in said)


@pytest.mark.parametrize(
    ("site", "own", "since"),
    [("linkedin.com", "linkedin", "2016-12-08"), ("github.com", "github", "2018-10-25")],
)
def test_3_their_own_small_records_first_then_microsofts(real: TestClient, site: str, own: str, since: str) -> None:
    answer = real.get(f"/v1/domains/{site}").json()
    assert (answer["ownership"][0]["owner"], answer["ownership"][0]["valid_from"]) == ("microsoft", since)
    relations = [tie["relation"] for tie in answer["ties"]]
    assert answer["ties"][0]["held_by"] == own
    assert relations == sorted(relations, key=["own", "subsidiary", "owner"].index)
    assert {tie["held_by"] for tie in answer["ties"] if tie["relation"] == "owner"} == {"microsoft"}


@pytest.mark.parametrize("site", ["google.com", "youtube.com", "nest.com"])
def test_4_maven_has_ended_and_the_others_keep_their_own_status(real: TestClient, site: str) -> None:
    held = ties(real, site)
    maven = held["google-dod-project-maven"]
    assert (maven["status"], maven["valid_to"], maven["agency"]["id"]) == ("ended", "2019-03", "us-dod")
    assert maven["history"]
    assert any(tie["status"] != "ended" for tie in held.values())


@pytest.mark.parametrize("site", ["zappos.com", "twitch.tv"])
def test_5_hosting_palantir_is_no_contract_with_ice(real: TestClient, site: str) -> None:
    hosting = [tie for tie in ties(real, site).values() if tie["kind"] == "supplier_of_contractor"]
    assert [tie["via"] for tie in hosting] == ["palantir"] * len(hosting)
    assert hosting
    assert all("contract with" not in tie["title"].lower() for tie in hosting)
    answer = real.get(f"/v1/domains/{site}").json()
    assert any(note["kind"] == "pitch" and "Rekognition" in note["text"] for note in answer["notes"])
    assert not any("Rekognition" in tie["title"] for tie in answer["ties"])
    assert real.get("/v1/domains/amazon.com").json()["state"] == "documented"


def test_6_palantir_reported_figures_beside_the_records_own(real: TestClient) -> None:
    held = ties(real, "palantir.com")
    key = "CONT_IDV_HSCETC14C00002_7012"
    icm = next(tie for tie in held.values() if any(award["key"] == key for award in tie["awards"]))
    amounts = {(amount["kind"], amount["value"]) for amount in icm["amounts"]}
    assert {("reported", "41000000"), ("reported", "42000000"), ("ceiling", "53148388.39")} <= amounts
    others = [award["key"] for tie in held.values() for award in tie["awards"] if award["key"] != key]
    assert len(others) >= 2


def test_7_the_two_motorolas_have_nothing_in_common(real: TestClient) -> None:
    mobility = real.get("/v1/domains/motorola.com").json()
    solutions = real.get("/v1/domains/motorolasolutions.com").json()
    assert mobility["ownership"][0]["owner"] == "lenovo"
    assert mobility["ties"] == []
    assert solutions["state"] == "documented"
    assert all(tie["held_by"] == "motorola-solutions" for tie in solutions["ties"])


def test_8_a_private_sale_is_a_note(real: TestClient) -> None:
    answer = real.get("/v1/domains/wayfair.com").json()
    assert answer["ties"] == []
    assert [note["kind"] for note in answer["notes"]] == ["private_sale"]


@pytest.mark.parametrize("site", ["someone.github.io", "sites.google.com", "shop.myshopify.com"])
def test_9_hosted_content_names_its_host(real: TestClient, site: str) -> None:
    answer = real.get(f"/v1/domains/{site}").json()
    assert (answer["reason"], answer["company"], answer["ties"]) == ("hosted", None, [])
    assert answer["host"]["name"]


def test_10_absence_is_never_a_verdict(real: TestClient) -> None:
    summary = real.get("/v1/domains/example.com").json()["summary"]
    assert "Nobody has researched" in summary
    assert not re.search(r"\b(clean|no ties|safe)\b", summary)
