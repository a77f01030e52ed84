"""The lookup as its users call it."""

import json
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient


def get(client: TestClient, host: str, **params: str) -> dict[str, object]:
    response = client.get(f"/v1/domains/{host}", params=params)
    assert response.status_code == 200, response.text
    answer: dict[str, object] = response.json()
    return answer


def test_documented_with_ended_beside(client: TestClient) -> None:
    answer = get(client, "WWW.Bigco.com.")
    assert (answer["query"], answer["domain"], answer["state"]) == ("www.bigco.com", "bigco.com", "documented")
    assert answer["company"] == {"id": "bigco", "name": "Bigco", "url": "/companies/bigco"}
    # Code's tie flows up from the company that Bigco controls; the ended one stays, after the live one.
    ties = [(tie["id"], tie["relation"]) for tie in answer["ties"]]  # type: ignore[attr-defined]
    assert ties == [("bigco-ice-cloud", "own"), ("bigco-dod-ended", "own"), ("code-ice-licence", "subsidiary")]


def test_via_owner_says_whose_tie_it_is(client: TestClient) -> None:
    answer = get(client, "shoes.com")
    assert answer["state"] == "via_owner"
    assert answer["summary"] == "Shoes is owned by Bigco, which has 1 documented tie with ICE."
    # The tie that ended in 2014 is not inherited by a company bought in 2015, and nothing comes from its sister.
    assert [tie["id"] for tie in answer["ties"]] == ["bigco-ice-cloud"]  # type: ignore[attr-defined]
    assert [note["id"] for note in answer["notes"]] == ["bigco-pitch"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("host", "state", "reason"),
    [
        ("old.com", "ended", None),
        ("looked.com", "none_found", None),
        ("quiet.com", "not_researched", None),
        ("nobody.org", "not_researched", None),
        ("notbigco.com", "not_researched", None),
        ("tenant.pages.com", "not_applicable", "hosted"),
        ("www.pages.com", "not_researched", None),
        ("a.sites.bigco.com", "not_applicable", "hosted"),
        ("mail.bigco.com", "documented", None),
        ("127.1", "not_applicable", "address"),
        ("[::1]", "not_applicable", "address"),
        ("localhost", "not_applicable", "local"),
        ("x.onion", "not_applicable", "onion"),
        ("intranet", "not_applicable", "single_label"),
        ("co.uk", "not_applicable", "suffix"),
        ("other.co.uk", "not_researched", None),
        ("www.ice.gov", "not_applicable", "government"),
    ],
)
def test_states(client: TestClient, host: str, state: str, reason: str | None) -> None:
    answer = get(client, host)
    assert (answer["state"], answer["reason"]) == (state, reason)
    if state == "not_applicable":
        assert answer["company"] is None
        assert answer["ties"] == []


def test_hosted_content_names_the_platform_and_pins_nothing(client: TestClient) -> None:
    answer = get(client, "someone.sites.bigco.com")
    assert answer["host"] == {"id": "sites-bigco-com", "name": "Bigco Sites"}
    assert answer["domain"] == "sites.bigco.com"
    assert "Bigco Sites" in str(answer["summary"])


def test_none_found_lists_what_was_searched(client: TestClient) -> None:
    answer = get(client, "looked.com")
    assert [place["where"] for place in answer["searched"][0]["searched"]] == ["USAspending", "The Paper"]  # type: ignore[index]


def test_spanish(client: TestClient) -> None:
    answer = get(client, "shoes.com", lang="es")
    assert answer["summary"] == "Shoes es propiedad de Bigco, que tiene 1 vínculo documentado con ICE."


def test_the_same_content_has_the_same_etag_and_304(client: TestClient) -> None:
    first = client.get("/v1/domains/shoes.com")
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert first.headers["cache-control"] == "public, max-age=60"
    for known in (tag, f'W/{tag}, "other"', "*"):
        again = client.get("/v1/domains/shoes.com", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/v1/domains/shoes.com", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".com", "a b.com", "%ff", "exa%mple", "a." * 130 + "com", "%00"])
def test_what_is_no_host_is_422(client: TestClient, host: str) -> None:
    response = client.get(f"/v1/domains/{host}")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.json()["type"] == "/problems/invalid-host"


def test_url_is_read_as_a_browser_reads_it(client: TestClient) -> None:
    def domain(url: str) -> object:
        return client.get("/v1/lookup", params={"url": url}).json()["domain"]

    assert domain("https://user@www.shoes.com:8443/a?b#c") == "shoes.com"
    assert domain(r"http://shoes.com\@bigco.com/") == "shoes.com"
    assert client.get("/v1/lookup", params={"url": "javascript:alert(1)"}).status_code == 422
    assert client.get("/v1/lookup").status_code == 422


def test_batch_answers_in_order_with_problems_in_place(client: TestClient) -> None:
    queries = ["shoes.com", "", "https://www.bigco.com/x", "nobody.org"]
    response = client.post("/v1/lookups", json={"queries": queries})
    assert response.status_code == 200
    answers = response.json()["answers"]
    assert [answer.get("state") for answer in answers] == ["via_owner", None, "documented", "not_researched"]
    assert answers[1]["query"] == ""
    assert answers[1]["error"]["status"] == 422
    assert answers[0] == client.get("/v1/domains/shoes.com").json()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (json.dumps({"queries": ["shoes.com"] * 100}), 200),
        (json.dumps({"queries": ["shoes.com"] * 101}), 422),
        (json.dumps({"queries": "shoes.com"}), 422),
        (json.dumps({"queries": [1]}), 422),
        (json.dumps({"hosts": []}), 422),
        ("", 422),
        ("{", 422),
        ("[" * 30_000, 422),
        (b"\xff\xfe", 422),
        (json.dumps({"queries": ["x" * 70_000]}), 413),
    ],
)
def test_batch_bodies(client: TestClient, body: str, status: int) -> None:
    response = client.post("/v1/lookups", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == status
    assert response.headers["access-control-allow-origin"] == "*"
    if status != 200:
        assert response.headers["content-type"] == "application/problem+json"


def test_a_body_without_a_length_is_cut_off_too(client: TestClient) -> None:
    parts = (b"x" * 10_000 for _ in range(100))
    assert client.post("/v1/lookups", content=parts).status_code == 413


def status_of_batch(client: TestClient, headers: list[tuple[bytes, bytes]], receive: Any) -> int:
    """The status of a batch whose body comes from a function."""
    status = 0
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/lookups",
        "raw_path": b"/v1/lookups",
        "query_string": b"",
        "headers": headers,
        "client": ("192.0.2.1", 1),
    }

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    anyio.run(lambda: client.app(scope, receive, send))
    return status


@pytest.mark.parametrize("declared", [[], [(b"content-length", b"10485760")]])
def test_of_a_body_that_is_too_long_little_is_read(client: TestClient, declared: list[tuple[bytes, bytes]]) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1024
        return {"type": "http.request", "body": b"x" * 1024, "more_body": read < 10_485_760}

    assert status_of_batch(client, declared, receive) == 413
    assert read <= (0 if declared else 65 * 1024)


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_fault_of_ours(client: TestClient) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    assert status_of_batch(client, [], receive) == 408


def test_ties_and_domains_of_a_company_are_those_of_its_whole(client: TestClient) -> None:
    whole = client.get("/v1/companies/bigco").json()
    assert client.get("/v1/companies/bigco/ties").json() == {"ties": whole["ties"], "next": None}
    assert client.get("/v1/companies/bigco/domains").json() == {"domains": whole["domains"], "next": None}
    assert whole["ties"]
    assert whole["domains"]
    for path in ("ties", "domains"):
        assert client.get(f"/v1/companies/nobody/{path}").status_code == 404
