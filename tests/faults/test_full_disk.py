"""A disk that is full while a release is made: nothing of it stays, readers notice nothing, and with room it succeeds
(reliability.md, 15). SQLite: files of the publisher may grow no further; PostgreSQL: a small file system of its own
where this machine lets us mount one, else a table that says what a full disk says."""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from app.db import Database
from app.settings import ROOT, Settings
from tests.conftest import make_settings
from tests.faults.conftest import PATIENT, SPECIAL, Stage, grown, hosts
from tests.faults.load import Judge, Load
from tests.faults.oracle import Oracle
from tests.keys import publish
from tests.releases_read import rows
from tests.service import service_process
from tests.worlds import World

pytestmark = [pytest.mark.slow, pytest.mark.stack]

APPLY = [str(Path(sys.executable).with_name("govties")), "seed", "apply"]
Measured = Callable[[str], None]
MIB = 2**20


def apply(settings: Settings, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Publish from a process of its own, whose files may have so many bytes."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GOVTIES_")}
    environment |= {
        "GOVTIES_DATABASE_URL": settings.database.render_as_string(hide_password=False),
        "GOVTIES_DATA_DIR": str(settings.data_dir),
        "GOVTIES_SEED_DIR": str(settings.seed_dir),
    }

    def bounded() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(APPLY, capture_output=True, text=True, env=environment, cwd=ROOT, preexec_fn=bounded)


def retitle(world: World, title: str) -> None:
    for record in world.companies.values():
        for claim in record.get("ties", []):
            claim["title"] = title
    world.write()


def check(
    settings: Settings, world: World, log: Path, fill: Callable[[], int | None], empty: Callable[[], None]
) -> str:
    """Publish, fill the disk, fail to publish, make room, publish; readers are asked meanwhile. What was said."""
    with closing(Database(settings)) as database:
        return _check(settings, database, world, log, fill, empty)


def _check(
    settings: Settings,
    database: Database,
    world: World,
    log: Path,
    fill: Callable[[], int | None],
    empty: Callable[[], None],
) -> str:
    database.migrate()
    publish(database, world.folder)
    old, before = Oracle(world.folder), rows(database)
    with service_process(settings.data_dir, log, GOVTIES_DATABASE_URL=str_url(settings), **PATIENT) as service:
        judge = Judge([old])
        with Load(service.port, hosts() + SPECIAL, judge, clients=4) as load:
            limit = fill()
            retitle(world, "Another title than before")
            failed = apply(settings, limit)
            assert failed.returncode == 1, failed.stdout + failed.stderr
            assert "Traceback" not in failed.stderr
            assert "cannot be written" in failed.stderr, failed.stdout + failed.stderr
            assert rows(database) == before
            assert judge.wrong[:3] == []
            judge.expect(old, Oracle(world.folder))
            empty()
            assert apply(settings).returncode == 0
    assert rows(database) != before
    assert judge.wrong[:3] == []
    assert load.statuses().keys() == {200}
    return f"refused with: {failed.stderr.strip().splitlines()[-1][:160]}; {load.told('readers')}"


def str_url(settings: Settings) -> str:
    return settings.database.render_as_string(hide_password=False)


def test_15_sqlite(tmp_path: Path, measured: Measured) -> None:
    world = grown(tmp_path / "seed")
    settings = make_settings(tmp_path, seed_dir=world.folder)
    measured(check(settings, world, tmp_path / "log", lambda: 64 * 1024, lambda: None))


@contextmanager
def mounted(user: int) -> Iterator[Path | None]:
    """A file system of a few MiB that a user may write; None where this machine lets nobody mount one."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        command = ["mount", "-t", "tmpfs", "-o", f"size=24m,uid={user},mode=700", "govties-test", name]
        try:
            done = subprocess.run(command, capture_output=True).returncode == 0
        except FileNotFoundError:
            done = False
        try:
            yield folder if done else None
        finally:
            if done:
                subprocess.run(["umount", "-l", name], check=True)


def test_15_postgresql(stage: Stage, tmp_path: Path, measured: Measured) -> None:
    world = grown(tmp_path / "seed")
    settings = make_settings(tmp_path, seed_dir=world.folder, database_url=f"{stage.postgres.url}_full")
    with mounted(stage.postgres.user) as disk:
        where = ""
        if disk:
            stage.postgres.ask(f"CREATE TABLESPACE small LOCATION '{disk}'")
            where = " TABLESPACE small"
        stage.postgres.ask(f"CREATE DATABASE govties_full{where}")
        settings.data_dir.mkdir()
        filler = disk / "filler" if disk else None
        try:
            fill, empty = (lambda: _fill(filler), filler.unlink) if filler else _refusal(str_url(settings))
            told = check(settings, world, tmp_path / "log", fill, empty)
            measured(f"{'a full tmpfs' if disk else 'a table that refuses'}; {told}")
        finally:
            stage.postgres.ask("DROP DATABASE govties_full WITH (FORCE)")
            if disk:
                stage.postgres.ask("DROP TABLESPACE small")


def _fill(filler: Path) -> None:
    """Leave next to nothing."""
    with filler.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            pass


def _refusal(url: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """A trigger that says what a full disk says (SQLSTATE 53100), and how to be rid of it."""

    def run(sql: str) -> None:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql)

    full = (
        "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"
        "CREATE TRIGGER full_disk BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION full_disk()"
    )
    return lambda: run(full), lambda: run("DROP TRIGGER full_disk ON change")
