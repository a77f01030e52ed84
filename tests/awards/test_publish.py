"""The published rows, on SQLite and PostgreSQL: those of the store, whole or not at all, touched only where they
change."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app import models
from app.awards import publish
from app.awards.warehouse import Warehouse, open_warehouse
from app.db import Database
from app.errors import AppError
from app.models import Award, AwardYear, Base
from app.queries import awards as queries
from app.seeding.reader import read_tree
from app.settings import ROOT, Settings
from tests.awards.rows import action, subaward, summary, write
from tests.awards.stores import Load, identifier
from tests.keys import import_awards
from tests.worlds import World

pytestmark = pytest.mark.slow

Rows = dict[str, list[tuple[Any, ...]]]
TABLES = ("award", "award_year", "award_rollup", "award_file")
Publish = Callable[[], publish.Replaced]


@pytest.fixture
def publishing(database: Database, warehouse: Warehouse, linked: World) -> Publish:
    """Publish what stands in the store for the companies of the world as it is now."""
    return lambda: import_awards(database, warehouse, read_tree(linked.write()))


def rows(database: Database) -> Rows:
    with database.read() as session:
        found = {name: session.execute(select(Base.metadata.tables[name])).all() for name in TABLES}
    return {name: sorted((tuple(row) for row in listed), key=repr) for name, listed in found.items()}


def files(folder: Path) -> list[Path]:
    shoes = {"recipient_name": "SHOES LLC", "recipient_parent_name": "SHOES LLC", "action_date": "2017-06-01"}
    large = {"current_total_value_of_award": "123456789.12", "potential_total_value_of_award": ""}
    actions = [
        action(),
        action(mod="P00001", amount="-0.01", action_date="2018-10-02"),
        action("B0001", amount="123456789.12", **shoes, **large),
        action("C0001", recipient_name="NOBODY", recipient_parent_name="NOBODY"),
    ]
    return [
        write(folder / "t_20181101.csv", actions),
        write(folder / "s.csv", [summary()], "summaries"),
        write(folder / "u.csv", [subaward()], "subawards"),
    ]


def test_what_is_published_is_what_the_store_holds(
    tmp_path: Path, loading: Load, database: Database, publishing: Publish
) -> None:
    loading(*files(tmp_path))
    done = publishing()
    assert (done.added, done.removed, done.files) == (5, 0, 1)
    with database.read() as session:
        found = sorted(session.scalars(select(Award)), key=lambda award: (award.company, award.key))
        told = [(a.company, a.held_by, a.kind, a.obligated, a.potential_value, a.last_action) for a in found]
        years = session.execute(select(AwardYear.fiscal_year, func.sum(AwardYear.obligated)).group_by("fiscal_year"))
        split = {year: int(cents) for year, cents in years}
        imported = queries.imported(session)
    assert told == [
        ("bigco", "bigco", "award", 99_999, 500_000, "2018-10-02"),
        ("bigco", "bigco", "award", 700_050, 500_000, "2018-03-01"),
        ("bigco", "shoes", "award", 12_345_678_912, None, "2017-06-01"),
        ("bigco", "bigco", "subaward", 25_025, None, "2018-04-02"),
        ("shoes", "shoes", "award", 12_345_678_912, None, "2017-06-01"),
    ]
    assert split == {2017: 2 * 12_345_678_912, 2018: 100_000 + 25_025, 2019: -1}
    assert (imported.since, imported.until, imported.made) == ("2017-06-01", "2018-10-02", "2018-11-01")
    assert set(imported.files) == {"t_20181101.csv", "s.csv", "u.csv"}


def test_the_same_import_again_touches_no_row(
    tmp_path: Path, loading: Load, database: Database, publishing: Publish
) -> None:
    loading(*files(tmp_path))
    first, before = publishing(), rows(database)
    loading(*files(tmp_path))
    again = publishing()
    assert not again
    assert again.digest == first.digest
    assert rows(database) == before


def test_only_what_changed_is_written(tmp_path: Path, loading: Load, database: Database, publishing: Publish) -> None:
    loading(*files(tmp_path))
    first, before = publishing(), rows(database)
    loading(write(tmp_path / "more.csv", [action("C0002"), action(mod="P00002", action_date="2018-11-02")]))
    done = publishing()
    assert (done.added, done.removed) == (2, 1)
    assert done.digest != first.digest
    kept = set(before["award"]) & set(rows(database)["award"])
    assert len(kept) == 4


def test_an_action_that_moves_to_another_year_moves_the_sums(
    tmp_path: Path, loading: Load, database: Database, publishing: Publish
) -> None:
    """The award's own figures stay the same: its first and last action, its sum."""
    middle = action(mod="P00001", action_date="2017-09-30")
    ends = [action(action_date="2016-01-01"), action(mod="P00002", action_date="2018-01-01")]
    loading(write(tmp_path / "a.csv", [*ends, middle]))
    publishing()
    moved = middle | {"action_date": "2017-10-01", "last_modified_date": "2018-04-01"}
    loading(write(tmp_path / "b.csv", [moved]))
    assert publishing()
    with database.read() as session:
        sums = {row.fiscal_year: row.obligated for row in queries.rollups(session, "bigco")}
    assert sums == {0: 300_000, 2016: 100_000, 2018: 200_000}


def test_an_edit_of_the_seed_links_and_unlinks(
    tmp_path: Path, loading: Load, database: Database, publishing: Publish, linked: World
) -> None:
    loading(*files(tmp_path))
    publishing()
    linked.companies["quiet"]["sources"]["award"] = linked.companies["bigco"]["sources"]["award"]
    linked.companies["quiet"]["identifiers"] = [identifier("recipient", "NOBODY")]
    linked.companies["shoes"]["identifiers"] = []
    done = publishing()
    assert (done.added, done.removed) == (1, 2)
    with database.read() as session:
        holders = {(row.company, row.held_by) for row in session.execute(select(Award.company, Award.held_by))}
    assert holders == {("bigco", "bigco"), ("quiet", "quiet")}


def test_no_sole_proprietor_and_no_unmatched_recipient_is_published(
    tmp_path: Path, loading: Load, database: Database, publishing: Publish
) -> None:
    person = action("P1", sole_proprietorship="t", recipient_parent_name="BIGCO HOLDING CORP")
    loading(*files(tmp_path), write(tmp_path / "p.csv", [person]))
    publishing()
    written = repr(rows(database))
    assert "NOBODY" not in written
    assert "_P1_" not in written
    assert "012345678" not in written  # DUNS numbers group rows in the store and go no further


def test_one_writer_at_a_time(tmp_path: Path, loading: Load, database: Database, publishing: Publish) -> None:
    loading(*files(tmp_path))
    with database.write(), pytest.raises(AppError) as caught:
        publishing()
    assert caught.value.type == "busy"
    assert rows(database)["award"] == []
    assert publishing().added == 5


class CrashError(Exception):
    pass


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_crash_between_two_tables_leaves_the_old_rows(
    at: int, tmp_path: Path, loading: Load, database: Database, publishing: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading(*files(tmp_path))
    publishing()
    before, real, calls = rows(database), publish._add, iter(range(1, 9))

    def crash(*args: Any) -> None:
        real(*args)
        if next(calls) == at:
            raise CrashError

    loading(write(tmp_path / "more.csv", [action("C0002"), action(mod="P00002")]))
    with monkeypatch.context() as patched:
        patched.setattr(publish, "_add", crash)
        with pytest.raises(CrashError):
            publishing()
    assert rows(database) == before
    assert publishing().added == 2


KILLED = """
import os, sys
from pathlib import Path
from app.awards import merging, publish
from app.awards_cli import import_files
from tests.keys import import_awards
def dies(module, name, after):
    real, calls = getattr(module, name), iter(range(after, -1, -1))
    def replaced(*args):
        if next(calls) == 0:
            os._exit(9)
        return real(*args)
    setattr(module, name, replaced)
module, name, after = sys.argv[1].split(":")
dies({"merging": merging, "publish": publish}[module], name, int(after))
import_files([Path(name) for name in sys.argv[2:]], 0.0)
"""


# Up to the publishing no database is touched, so one kind is enough.
@pytest.mark.parametrize(
    ("database_url", "point", "stored"),
    [
        ("sqlite", "merging:_rivals:0", set()),
        ("sqlite", "merging:_rivals:1", {"t_20181101.csv"}),
        ("sqlite", "publish:_add:0", {"t_20181101.csv", "s.csv", "u.csv"}),
        ("sqlite", "publish:_add:2", {"t_20181101.csv", "s.csv", "u.csv"}),
        pytest.param("postgresql", "publish:_compare:0", {"t_20181101.csv", "s.csv", "u.csv"}, marks=pytest.mark.stack),
        pytest.param("postgresql", "publish:_add:2", {"t_20181101.csv", "s.csv", "u.csv"}, marks=pytest.mark.stack),
    ],
    indirect=["database_url"],
)
def test_a_process_that_dies_leaves_whole_files_and_the_old_rows(
    point: str, stored: set[str], tmp_path: Path, database: Database, settings: Settings, linked: World
) -> None:
    linked.write()
    environment = {
        "GOVTIES_DATABASE_URL": settings.database.render_as_string(hide_password=False),
        "GOVTIES_DATA_DIR": str(settings.data_dir),
        "GOVTIES_SEED_DIR": str(settings.seed_dir),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
    }
    paths = [str(path) for path in files(tmp_path)]

    def run(at: str) -> int:
        command = [sys.executable, "-c", KILLED, at, *paths]
        return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, timeout=300).returncode

    assert run(point) == 9
    assert {name: listed for name, listed in rows(database).items() if listed} == {}
    with open_warehouse(settings.data_dir) as warehouse:
        assert {name for (name,) in warehouse.run("SELECT name FROM file")} == stored
    assert run("publish:_digest:5") == 0
    assert len(rows(database)["award"]) == 5
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(models.AwardFile)) == 3
