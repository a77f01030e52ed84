"""The page of a company: owners, ties in time, numbered sources, ages, history, and releases that can be cited."""

import gzip
import json
import re
from datetime import date, timedelta

import brotli
import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.web import templating
from tests.keys import publish
from tests.test_retraction import mark
from tests.web.reading import BROWSER, page, text
from tests.worlds import World, company, domain, owner, tie

ONE_RELEASE = "?release=1"


def again(database: Database, world: World) -> int:
    return publish(database, world.write()).release


def test_owners_and_owned_stand_in_one_tree_with_dates_sources_and_sites(client: TestClient) -> None:
    body = page(client, "/companies/bigco")
    tree = re.search(r'<ul class="tree".*?</ul></li>\s*</ul>', body, re.DOTALL)
    assert tree
    told = text(tree[0])
    assert told.startswith("Bigco (this page)")
    assert "Code is owned by Bigco since Oct 25, 2018" in told
    assert "Shoes is owned by Bigco since Jun 1, 2015" in told
    assert "Sites: shoes.com" in told
    assert 'aria-current="page"' in tree[0]
    assert "Bigco owns 2 companies." in text(body)
    below = text(page(client, "/companies/shoes"))
    assert "Bigco Shoes (this page) Shoes is owned by Bigco since Jun 1, 2015" in below
    assert "Code (" not in below.partition("Ties with government")[0], "nothing flows to a sister"


def test_every_reference_leads_to_a_numbered_source(client: TestClient) -> None:
    body = page(client, "/companies/bigco")
    asked = set(re.findall(r'href="#source-(\d+)"', body))
    there = re.findall(r'<li id="source-(\d+)">', body)
    assert asked == set(there)
    assert there == [str(number) for number in range(1, len(there) + 1)]
    assert f"All {len(there)} sources of this page" in text(body)
    assert 'href="https://paper.example/story" rel="noopener noreferrer">The Paper</a>' in body, "one click to it"


def test_ties_stand_on_a_line_of_time_and_the_list_says_the_same(client: TestClient, world: World) -> None:
    body = page(client, "/companies/bigco")
    (listed,) = re.findall(r'<section class="times".*?</section>', body, re.DOTALL)
    assert listed.count('<svg class="span"') == 3
    assert "DoD: Title of bigco-dod-ended beginning not known · ended Mar 2014" in text(listed)
    assert "ICE: Title of code-ice-licence Code · beginning not known · active, last seen Jan 2020" in text(listed)
    for anchor in re.findall(r'<a href="#([^"]+)"', listed):
        assert f'id="{anchor}"' in body
    assert 'class="span" width="100%" height="18" aria-hidden="true"' in listed


def test_whether_it_was_owned_then_is_said(client: TestClient, world: World, database: Database) -> None:
    world.companies["code"]["ties"][0]["valid_from"] = "2014"
    world.companies["bigco"]["ties"][0]["valid_from"] = "2019"
    again(database, world)
    assert "The tie began (2014) before Code came to Bigco (Oct 25, 2018)." in text(page(client, "/companies/bigco"))
    said = text(page(client, "/companies/shoes"))
    assert "Shoes already belonged to Bigco (since Jun 1, 2015) when the tie began (2019)." in said
    assert "Shoes ya pertenecía a Bigco (desde 1 jun 2015)" in text(page(client, "/companies/shoes", lang="es"))


def test_a_sale_is_told_with_both_dates(client: TestClient, world: World, database: Database) -> None:
    world.companies["code"]["owners"] = [owner("bigco", valid_from="2018-10-25", valid_to="2022")]
    again(database, world)
    said = text(page(client, "/companies/bigco"))
    assert "Code: owned from Oct 25, 2018 to 2022" in said
    assert "They count in no state and no badge." in said


def test_ages_and_staleness_are_of_the_day_of_reading(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, world: World, database: Database
) -> None:
    day = date(2026, 11, 1)
    monkeypatch.setattr(templating, "today", lambda: day)
    fresh = (day - timedelta(days=3)).isoformat()
    for record in world.companies.values():
        for part in ("domains", "owners", "ties", "notes"):
            for claim in record.get(part, []):
                claim["verified_at"] = fresh
    world.companies["bigco"]["ties"][0]["verified_at"] = "2023-01-01"
    again(database, world)
    said = text(page(client, "/companies/bigco"))
    assert "The oldest check behind this page is of Jan 1, 2023, 3 years ago. 1 check is stale" in said
    assert "Checked by our software on Jan 1, 2023 (more than 24 months ago) . Not yet reviewed by a person." in said
    assert "Checked by our software on Oct 29, 2026. Not yet reviewed by a person." in said
    monkeypatch.setattr(templating, "today", lambda: day + timedelta(days=400))
    later = text(page(client, "/companies/bigco"))
    assert "checked on Oct 29, 2026 (more than 12 months ago)" in later, "the owner's, and the site's"


def test_a_release_that_was_cited_is_shown_as_it_was(client: TestClient, world: World, database: Database) -> None:
    before = client.get("/companies/bigco", headers=BROWSER)
    world.companies["bigco"]["name"] = "Bigco Anew"
    world.companies["bigco"]["ties"][1]["title"] = "Another title"
    again(database, world)
    cited = client.get("/companies/bigco" + ONE_RELEASE, headers=BROWSER)
    assert cited.headers["govties-release"] == "1"
    said, now = text(cited.text), text(page(client, "/companies/bigco"))
    assert "This is release 1 of" in said
    assert "The current release is 2. Go to the current page" in said
    assert "Title of bigco-dod-ended" in said
    assert "Another title" not in said
    assert "Bigco Anew" in now
    assert "Bigco Anew" not in said
    assert "This is release" not in now
    main = re.compile(r"<h1>.*</main>", re.DOTALL)
    banner = re.compile(
        r"<p class=\"release\">.*?</p>|<p>The same as data.*?</p>|JSON \(of the current release\)|JSON<"
    )
    old, was = (main.search(each.text) for each in (cited, before))
    assert old
    assert was
    assert banner.sub("", old[0]) == banner.sub("", was[0])
    again_asked = {**BROWSER, "If-None-Match": cited.headers["etag"]}
    kept = client.get("/companies/bigco" + ONE_RELEASE, headers=again_asked)
    assert (kept.status_code, kept.headers["govties-release"]) == (304, "1")
    assert '<meta name="robots" content="noindex">' in cited.text
    assert "noindex" not in before.text


def test_what_was_retracted_is_gone_from_cited_releases_too(
    client: TestClient, world: World, database: Database
) -> None:
    assert "Title of code-ice-licence" in page(client, "/companies/code")
    tag = client.get("/companies/code" + ONE_RELEASE).headers["etag"]
    mark(world.companies["code"]["ties"][0], "retracted", "The document was a forgery.")
    again(database, world)
    cited = client.get("/companies/code" + ONE_RELEASE, headers={"If-None-Match": tag})
    assert cited.status_code == 200, "the old tag is good no more"
    assert "Title of code-ice-licence" not in cited.text
    assert "Something in this release has been retracted since." in text(cited.text)
    now = text(page(client, "/companies/code"))
    assert "Title of code-ice-licence" not in now
    assert "Retracted : tie, code-ice-licence . The document was a forgery." in now


@pytest.mark.parametrize("asked", ["2", "0", "-1", "x", "1.0", "99999999999", "1 OR 1=1", "%00", "١"])
def test_a_release_that_never_was_is_a_clear_page(client: TestClient, asked: str) -> None:
    for path in ("/companies/bigco", "/ties/bigco-ice-cloud"):
        body = page(client, path, 404, release=asked)
        assert "There is no release" in text(body)
        assert f'<a href="{path}">Go to the current page</a>' in body
        assert "No existe la edición" in text(page(client, path, 404, release=asked, lang="es"))
        answer = client.get(path, params={"release": asked})
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_what_is_not_in_a_release_says_where_it_is(client: TestClient, world: World, database: Database) -> None:
    del world.companies["old"]
    world.companies["new"] = company("new", domains=[domain("new.com")], ties=[tie("new-ice")])
    again(database, world)
    for path in ("/companies/new", "/ties/new-ice"):
        assert "This is not part of release 1." in text(page(client, path, 404, release="1"))
    for path in ("/companies/old", "/ties/old-ice"):
        gone = page(client, path, 404)
        assert "It was last in release 1." in text(gone)
        assert f'href="{path}?release=1"' in gone
        assert "This is release 1 of" in text(page(client, path, release="1"))


def test_history_tells_changes_by_release_with_fields_and_notes(
    client: TestClient, world: World, database: Database
) -> None:
    assert "Release 1" in text(page(client, "/companies/bigco")).rpartition("History of this page")[2]
    world.companies["bigco"]["ties"][0]["title"] = "Clouds"
    mark(world.companies["bigco"]["ties"][0], "corrected", "The title said too much.")
    again(database, world)
    said = text(page(client, "/companies/bigco")).rpartition("History of this page")[2]
    assert "Release 2" in said
    assert "Corrected : tie, Clouds (changed: title) . The title said too much." in said
    assert said.index("Release 2") < said.index("Release 1")
    assert "Corrected" not in text(page(client, "/companies/shoes")).rpartition("History of this page")[2]
    cited = text(page(client, "/companies/bigco", release="1")).rpartition("History of this page")[2]
    assert "Corrected" not in cited, "an old page knows nothing of what came later"


def test_it_can_be_cited_taken_as_data_and_corrected(client: TestClient) -> None:
    body = page(client, "/companies/bigco")
    assert (
        '<a class="address" href="/companies/bigco?release=1">http://127.0.0.1:8000/companies/bigco?release=1</a>'
        in body
    )
    for path in ("/v1/companies/bigco", "/corrections?company=bigco"):
        assert f'href="{path}"' in body
    assert 'href="/corrections?company=bigco&amp;tie=bigco-ice-cloud"' in body
    assert 'href="/corrections?company=code&amp;tie=code-ice-licence"' in body, "the company that holds it"


def test_data_for_machines_says_what_the_page_says(client: TestClient) -> None:
    body = page(client, "/companies/shoes")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body)
    told = json.loads(data)
    assert told["about"]["parentOrganization"]["name"] == "Bigco"
    assert told["url"] == "http://127.0.0.1:8000/companies/shoes"
    assert told["version"] == "1"
    owned = json.loads(re.findall(r"ld\+json\">(.*?)</script>", page(client, "/companies/bigco"))[0])
    assert {each["name"] for each in owned["about"]["subOrganization"]} == {"Code", "Shoes"}


@pytest.mark.parametrize("path", ["/companies/bigco", "/ties/bigco-ice-cloud"])
def test_pages_are_packed_for_who_takes_it_each_under_its_own_tag(client: TestClient, path: str) -> None:
    tags = set()
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress), ("identity", bytes)):
        with client.stream("GET", path, headers={**BROWSER, "Accept-Encoding": coding}) as answer:
            body = b"".join(answer.iter_raw())
        assert answer.headers.get("content-encoding", "identity") == coding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert b"</html>" in unpack(body)
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


@pytest.mark.slow
def test_every_page_of_the_real_seed_is_light(real: TestClient) -> None:
    following, heaviest = "/v1/companies", (0, "")
    while following:
        listed = real.get(following).json()
        for each in listed["companies"]:
            with real.stream("GET", each["url"], headers={**BROWSER, "Accept-Encoding": "gzip"}) as answer:
                heaviest = max(heaviest, (len(b"".join(answer.iter_raw())), each["url"]))
        following = listed["next"]
    styles = sum(len(gzip.compress(real.get(f"/static/{name}.css").content)) for name in ("site", "company"))
    assert 5_000 < heaviest[0] + styles < 60_000, heaviest
