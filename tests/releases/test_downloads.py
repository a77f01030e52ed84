"""The downloads: whole, the same on every run, verifiable by their content, and readable by the tools people have."""

import csv
import gzip
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from app.db import Database
from app.errors import AppError
from app.publishing import Published
from app.releases.downloads import DOWNLOADS, KEPT, WRITERS, Downloads, content_of
from app.releases.tables import COLUMNS
from tests.releases_read import again, release
from tests.worlds import World


@pytest.fixture
def downloads(first: Published, database: Database, tmp_path: Path) -> Downloads:
    return Downloads(database, tmp_path / "downloads")


def made(downloads: Downloads, name: str, number: int = 1) -> Path:
    return downloads.path(number, name)[0]


def test_json_lines_hold_every_record(downloads: Downloads) -> None:
    with gzip.open(made(downloads, "govties.jsonl.gz"), "rt", encoding="utf-8") as file:
        about, *lines = [json.loads(line) for line in file]
    assert (about["about"]["release"], about["about"]["licence"]) == (1, "CC-BY-4.0")
    assert [(line["type"], line["id"]) for line in lines] == sorted((line["type"], line["id"]) for line in lines)
    tie = next(line["record"] for line in lines if line["id"] == "bigco-ice-cloud")
    assert (tie["company"], tie["sources"][0]["publisher"]) == ("bigco", "USAspending.gov")


def test_aliases_are_a_table_and_other_records_stay_as_they_were(
    downloads: Downloads, database: Database, world: World
) -> None:
    world.companies["quiet"]["aliases"] = ["Hush", "Silence"]
    world.agencies["us-dod"]["aliases"] = ["Pentagram"]
    assert again(database, world).changes == 2
    with closing(sqlite3.connect(made(downloads, "govties.sqlite", 2))) as connection:
        rows = connection.execute("SELECT record_type, record_id, name FROM aliases ORDER BY 2, position").fetchall()
        assert connection.execute("SELECT count(*) FROM record WHERE record LIKE '%\"aliases\"%'").fetchone() == (2,)
    assert rows == [("company", "quiet", "Hush"), ("company", "quiet", "Silence"), ("agency", "us-dod", "Pentagram")]


def test_csv_files_have_their_description_and_licence(downloads: Downloads) -> None:
    with zipfile.ZipFile(made(downloads, "govties-csv.zip")) as bundle:
        described = json.loads(bundle.read("datapackage.json"))
        licence = bundle.read("LICENSE.txt").decode()
        tables = {
            resource["path"]: list(csv.DictReader(io.StringIO(bundle.read(resource["path"]).decode())))
            for resource in described["resources"]
        }
    assert "CC BY 4.0" in licence
    assert [field["name"] for field in described["resources"][0]["schema"]["fields"]] == list(COLUMNS["agencies"])
    assert {row["name"] for row in tables["domains.csv"]} >= {"bigco.com", "shoes.com"}
    (award,) = [row for row in tables["tie_awards.csv"] if row["record_id"] == "bigco-ice-cloud"]
    assert award["key"] == "CONT_AWD_1_7012_-NONE-_-NONE-"


def test_an_sqlite_file_answers_questions(downloads: Downloads) -> None:
    with closing(sqlite3.connect(made(downloads, "govties.sqlite"))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        query = "SELECT t.id FROM ties t JOIN sources s ON s.record_id = t.id WHERE t.agency = 'us-ice' ORDER BY 1"
        assert [row[0] for row in connection.execute(query)] == ["bigco-ice-cloud", "code-ice-licence", "old-ice"]
        about = dict(connection.execute("SELECT name, value FROM about"))
    assert (about["release"], about["licence"]) == ("1", "CC-BY-4.0")


@pytest.mark.parametrize("name", DOWNLOADS)
def test_the_same_release_gives_the_same_bytes(
    name: str, downloads: Downloads, database: Database, tmp_path: Path
) -> None:
    other = Downloads(database, tmp_path / "other")
    assert made(downloads, name).read_bytes() == made(other, name).read_bytes()


@pytest.mark.parametrize("name", ["govties.jsonl.gz", "govties.sqlite"])
def test_the_content_hash_is_that_of_the_manifest(
    name: str, downloads: Downloads, database: Database, world: World
) -> None:
    world.companies["code"]["ties"][0] |= {
        "claim_status": "retracted",
        "history": [{"date": "2026", "status": "retracted", "note": "Wrong."}],
    }
    again(database, world)
    path = made(downloads, name, 2)
    assert content_of(path) == release(database, 2).content_hash
    if name == "govties.sqlite":
        with closing(sqlite3.connect(path)) as connection, connection:
            assert not connection.execute("SELECT * FROM ties WHERE id = 'code-ice-licence'").fetchall()
            connection.execute("UPDATE record SET record = replace(record, 'Summary of', 'Lies on')")
        assert content_of(path) != release(database, 2).content_hash


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0 and no more", b"\x1f\x8b broken", b"{}\n{}\n", b"{}\n[1]\n", b"\xff\xfe"]
)
def test_a_file_that_is_no_download_is_refused(content: bytes, tmp_path: Path) -> None:
    for name in ("govties.jsonl.gz", "records.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(AppError) as caught:
            content_of(path)
        assert (caught.value.type, str(path) in caught.value.detail) == ("format", True)


def test_only_the_newest_files_are_kept(downloads: Downloads, database: Database, world: World) -> None:
    for number in range(2, 6):
        world.companies["quiet"]["name"] = f"Quiet {number}"
        again(database, world)
    for number in range(1, 6):
        for name in DOWNLOADS:
            made(downloads, name, number)
    assert len(list(made(downloads, "govties.sqlite", 5).parent.iterdir())) == KEPT


def test_a_download_half_made_leaves_nothing(downloads: Downloads, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(WRITERS, "govties.sqlite", full)
    with pytest.raises(AppError) as caught:
        made(downloads, "govties.sqlite")
    assert caught.value.type == "disk"
    monkeypatch.undo()
    assert content_of(made(downloads, "govties.sqlite"))
