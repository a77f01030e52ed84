"""The file of names: made once a release, read by all workers, made anew when it is damaged, missed by nobody."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import models
from app.db import Database, ReadSession
from app.domains.match import Entry
from app.publishing import Published
from app.queries import read
from app.settings import Settings
from app.web.indexes import Indexes
from tests.keys import publish
from tests.worlds import World, domain


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often the names were read from the database."""
    counted: list[int] = []
    each_entry = read.each_entry

    def counting(session: ReadSession, release: int) -> Iterator[Entry]:
        counted.append(release)
        return each_entry(session, release)

    monkeypatch.setattr("app.web.indexes.read.each_entry", counting)
    return counted


def names(folder: Path, database: Database) -> dict[str, Entry]:
    with database.read() as session:
        row = session.get(models.Release, read.current_release(session).number)  # type: ignore[union-attr]
        assert row is not None
        found = dict(Indexes(folder).of(session, row).items())
        assert found == {entry.name: entry for entry in read.entries(session, row.number)}
    return found


def test_it_is_made_once_and_mapped_by_the_next(
    first: Published, database: Database, tmp_path: Path, made: list[int]
) -> None:
    folder = tmp_path / "names"
    assert "bigco.com" in names(folder, database)
    names(folder, database)
    threads = [threading.Thread(target=names, args=(folder, database)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


@pytest.mark.parametrize("damage", [b"", b"junk", None])
def test_a_damaged_file_is_made_anew(
    first: Published, database: Database, tmp_path: Path, made: list[int], damage: bytes | None
) -> None:
    folder = tmp_path / "names"
    names(folder, database)
    (path,) = folder.glob("*.index")
    whole = path.read_bytes()
    path.unlink()  # the mapped file of whoever reads it now is not written to
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    names(folder, database)
    assert made == [1, 1]
    assert path.read_bytes() == whole


def test_where_no_file_can_be_written_the_names_stand_in_memory(
    first: Published, database: Database, tmp_path: Path, made: list[int]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "bigco.com" in names(tmp_path / "file" / "names", database)


def test_a_new_release_takes_the_place_of_the_old_file(
    first: Published, database: Database, settings: Settings, world: World, tmp_path: Path, made: list[int]
) -> None:
    folder = tmp_path / "names"
    names(folder, database)
    world.companies["shoes"]["domains"].append(domain("boots.com"))
    world.write()
    publish(database, settings.seed_dir)
    assert "boots.com" in names(folder, database)
    assert made == [1, 2]
    assert [path.name.partition("-")[0] for path in folder.glob("*.index")] == ["2"]


def test_reading_in_parts_gives_all(
    first: Published, database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.queries.read.PART", 1)
    names(tmp_path / "names", database)
