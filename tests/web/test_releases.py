"""The manifest, its signature, the files, the downloads and the log of changes, as readers get them."""

import base64
import gzip
import hashlib
from typing import Any
from xml.etree import ElementTree as ET

import brotli
import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.releases.delta import apply_delta
from app.releases.signing import verified_by
from app.settings import Settings
from tests.keys import KEYS, publish
from tests.web.reading import page, text
from tests.worlds import World

ATOM = "{http://www.w3.org/2005/Atom}"


def edit(world: World, database: Database, title: str = "Another title") -> None:
    world.companies["bigco"]["ties"][0]["title"] = title
    publish(database, world.write())


def retract(world: World, database: Database) -> None:
    world.companies["code"]["ties"][0] |= {
        "claim_status": "retracted",
        "history": [{"date": "2026-03", "status": "retracted", "note": "The document was a forgery."}],
    }
    publish(database, world.write())


def test_the_manifest_is_signed_as_served(client: TestClient) -> None:
    response, signature = client.get("/v1/release"), client.get("/v1/release.sig")
    manifest = response.json()
    assert (manifest["version"], manifest["counts"]) == (1, {"companies": 6, "domains": 7, "ties": 4})
    assert verified_by(base64.b64decode(signature.text), response.content, KEYS.public) == KEYS.public[0]
    assert signature.headers["content-type"].startswith("text/plain")
    assert [key["use"] for key in manifest["keys"]] == ["current", "next"]
    assert manifest["issued_at"] < manifest["expires_at"]


def test_the_snapshot_is_what_the_manifest_says(client: TestClient) -> None:
    (file,) = client.get("/v1/release").json()["files"]
    response = client.get(file["url"])
    assert response.headers["cache-control"].endswith("immutable")
    assert (len(response.content), hashlib.sha256(response.content).hexdigest()) == (file["size"], file["sha256"])
    assert response.json()["version"] == 1


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("BR;q=0.5", "br"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0.000", None),
        ("identity", None),
        ("", None),
    ],
)
def test_files_come_packed_as_the_client_takes_them(accepts: str, coding: str | None, client: TestClient) -> None:
    (file,) = client.get("/v1/release").json()["files"]
    with client.stream("GET", file["url"], headers={"Accept-Encoding": accepts}) as response:
        raw = b"".join(response.iter_raw())
    assert response.headers.get("content-encoding") == coding
    assert response.headers["vary"] == "Accept-Encoding"
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding](raw)
    assert hashlib.sha256(unpacked).hexdigest() == file["sha256"]
    known = {"Accept-Encoding": accepts, "If-None-Match": response.headers["etag"]}
    assert client.get(file["url"], headers=known).status_code == 304


def test_each_encoding_has_an_etag_of_its_own(client: TestClient) -> None:
    (file,) = client.get("/v1/release").json()["files"]
    tags = {client.get(file["url"], headers={"Accept-Encoding": c}).headers["etag"] for c in ("br", "gzip", "identity")}
    assert len(tags) == 3


def test_a_new_release_is_served_at_once_and_the_old_file_stays(
    client: TestClient, world: World, database: Database
) -> None:
    before = client.get("/v1/domains/shoes.com")
    old_file = client.get("/v1/release").json()["files"][0]
    edit(world, database)
    after = client.get("/v1/domains/shoes.com")
    assert (before.headers["govties-release"], after.headers["govties-release"]) == ("1", "2")
    assert (before.json()["release"]["version"], after.json()["release"]["version"]) == (1, 2)
    assert after.json()["ties"][0]["title"] == "Another title"
    assert hashlib.sha256(client.get(old_file["url"]).content).hexdigest() == old_file["sha256"]


def test_a_delta_leads_from_the_old_snapshot_to_the_new(client: TestClient, world: World, database: Database) -> None:
    old = client.get(client.get("/v1/release").json()["files"][0]["url"]).content
    edit(world, database)
    whole, delta = client.get("/v1/release").json()["files"]
    assert (whole["role"], delta["role"], delta["from"]) == ("snapshot", "delta", 1)
    result = apply_delta(old, client.get(delta["url"]).content)
    assert hashlib.sha256(result).hexdigest() == whole["sha256"]


def test_a_release_that_held_a_retracted_claim_is_gone(client: TestClient, world: World, database: Database) -> None:
    old = client.get("/v1/release").json()["files"][0]["url"]
    edit(world, database)
    assert client.get(old).status_code == 200
    retract(world, database)
    for url in (old, "/v1/releases/2/from-1.json", "/v1/releases/1/govties.sqlite"):
        gone = client.get(url)
        assert (gone.status_code, gone.json()["type"]) == (410, "/problems/gone")
    for file in client.get("/v1/release").json()["files"]:
        assert client.get(file["url"]).status_code == 200
        assert b"Title of code-ice-licence" not in client.get(file["url"]).content


def changes(client: TestClient, since: int = 0) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = []
    url: str | None = f"/v1/changes?since={since}"
    while url:
        read = client.get(url).json()
        listed += read["changes"]
        url = read["next"]
    return listed


def test_every_change_stands_in_the_log_once_and_in_order(
    client: TestClient, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.releases.PAGE", 7)
    edit(world, database)
    retract(world, database)
    listed = changes(client)
    assert [change["cursor"] for change in listed] == list(range(1, len(listed) + 1))
    assert changes(client, since=listed[-3]["cursor"]) == listed[-2:]
    edited, retracted = listed[-2:]
    assert (edited["claim"], edited["kind"], edited["company"]) == ("bigco-ice-cloud", "changed", "bigco")
    assert (edited["before"]["title"], edited["after"]["title"]) == ("Title of bigco-ice-cloud", "Another title")
    assert (retracted["kind"], retracted["before"], retracted["after"]) == ("retracted", None, None)
    assert retracted["note"] == "The document was a forgery."
    assert "Title of code-ice-licence" not in client.get("/v1/changes").text
    assert client.get("/v1/changes?since=99999").json() == {"changes": [], "next": None}


@pytest.mark.parametrize("since", ["-1", "x", "99999999999999999999"])
def test_a_cursor_that_is_none_is_refused(since: str, client: TestClient) -> None:
    response = client.get("/v1/changes", params={"since": since})
    assert (response.status_code, response.json()["type"]) == (422, "/problems/invalid-parameter")


def test_the_atom_feed_has_the_latest_first(client: TestClient, world: World, database: Database) -> None:
    edit(world, database, "Ties & <b>bold</b> \u2028")
    response = client.get("/changes.atom")
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}title") == "Changed: Ties & <b>bold</b> \u2028"
    assert "Title of bigco-ice-cloud → Ties & <b>bold</b>" in (entries[0].findtext(f"{ATOM}summary") or "")
    identifiers = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(identifiers)) == len(entries) == len(changes(client))


def test_the_page_of_corrections_tells_what_it_said_and_says(
    client: TestClient, world: World, database: Database
) -> None:
    assert "Nothing that was published has been changed yet." in text(page(client, "/corrections"))
    edit(world, database, "Ties & <b>bold</b>")
    retract(world, database)
    body = page(client, "/corrections")
    told = text(body)
    assert "Changed: Ties & <b>bold</b>" in told
    assert "title Title of bigco-ice-cloud Ties & <b>bold</b>" in told
    assert "Retracted: code-ice-licence" in told
    assert "The document was a forgery." in told
    assert "Title of code-ice-licence" not in body
    assert "Retracted" not in text(page(client, "/corrections", company="bigco"))
    assert "Retirado: code-ice-licence" in text(page(client, "/corrections", lang="es"))


def test_the_log_goes_on_over_pages(
    client: TestClient, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("One", "Two", "Three"):
        edit(world, database, title)
    monkeypatch.setattr("app.web.pages.LOGGED", 2)
    first = page(client, "/corrections")
    assert "Changed: Three" in text(first)
    assert "Changed: One" not in text(first)
    older = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "Changed: One" in text(page(client, older))


@pytest.mark.parametrize("name", ["govties.jsonl.gz", "govties-csv.zip", "govties.sqlite"])
def test_downloads_are_served_and_kept(name: str, client: TestClient, settings: Settings) -> None:
    first = client.get(f"/v1/releases/1/{name}")
    assert (first.status_code, first.headers["cache-control"]) == (
        200,
        "public, max-age=31536000, s-maxage=60, immutable",
    )
    assert f"govties-1{name.removeprefix('govties')}" in first.headers["content-disposition"]
    assert client.get(f"/v1/releases/1/{name}", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get(f"/v1/releases/1/{name}").content == first.content
    assert client.get(f"/v1/releases/7/{name}").status_code == 404
    assert len(list((settings.data_dir / "downloads").iterdir())) == 1


def test_where_downloads_cannot_be_written_they_are_not_to_be_had_now(client: TestClient, settings: Settings) -> None:
    settings.data_dir.mkdir(exist_ok=True)
    (settings.data_dir / "downloads").write_text("a file is in the way")
    response = client.get("/v1/releases/1/govties.sqlite")
    assert (response.status_code, response.json()["type"]) == (503, "/problems/disk")
    assert response.headers["retry-after"] == "60"
