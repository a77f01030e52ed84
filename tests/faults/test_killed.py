"""A publication that is killed at any point leaves exactly the old release or the new one, and the next one works.

`make faults` kills 50 times on each database; here it is done a few times.
"""

import base64
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from app.db import Database
from app.models import Release
from app.publishing import Published
from app.queries import read
from app.queries import releases as query
from app.releases import snapshot, verify
from app.releases.build import SNAPSHOT, unpack
from app.releases.content import content_hash, record_line
from app.settings import ROOT, Settings
from tests.keys import KEYS, publish
from tests.releases_read import edit_everything, settled
from tests.worlds import World, company, domain, tie

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("FAULTS", "6"))


def check_whole(database: Database) -> tuple[int, str]:
    """The newest release, all of whose parts must agree: rows, content hash, counts, snapshot, manifest, signature."""
    with database.read() as session:
        release = read.current_release(session)
        assert release
        records = query.records(session, release.number)
        file = query.release_file(session, release.number, SNAPSHOT)
        manifest = query.manifest(session, release.number)
        world = read.load_world(session, release)
        built = snapshot.encode(snapshot.tables_of(world, read.entries(session, release.number)), world.release)
        log = query.changes(session, up_to=release.number, release=release.number, limit=10_000)
        session.expunge_all()
    assert file
    assert manifest
    assert release.content_hash == content_hash(record_line(*record) for record in records)
    assert unpack(file) == built
    assert log
    signature = base64.b64encode(manifest.signature)
    believed = verify.check_manifest(manifest.body, signature, KEYS.public, None, datetime.now(UTC))
    verify.check_snapshot(believed, built)
    return release.number, release.content_hash


@contextmanager
def publisher(settings: Settings) -> Iterator["subprocess.Popen[str]"]:
    environment = {**os.environ, "GOVTIES_DATABASE_URL": settings.database.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "tests.faults.publisher", str(settings.seed_dir)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=environment, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert line(process) == "ready"
        yield process
        process.stdin.close()
        process.wait(120)


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def start(process: "subprocess.Popen[str]") -> int:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    return int(line(process))


def grow(world: World, count: int) -> None:
    """More companies, so that a publication takes long enough to be killed in every part of it."""
    for at in range(count):
        name = f"firm{at}"
        world.companies[name] = company(name, domains=[domain(f"{name}.com")], ties=[tie(f"{name}-ice")])


def test_kill_9_at_random_points(first: Published, database: Database, settings: Settings, world: World) -> None:
    chance, outcomes = random.Random(os.environ.get("FAULTS_SEED", "1")), []
    grow(world, 60)
    edit_everything(world)
    with publisher(settings) as process:
        seconds = publish_once(process, world)
        for at in range(KILLS):
            before = check_whole(database)
            retitle(world, f"Title {at}")
            child = start(process)
            time.sleep(chance.uniform(0, 1.1 * seconds))
            with suppress(ProcessLookupError):  # it may be done already
                os.kill(child, signal.SIGKILL)
            assert line(process) in ("-9", "0")
            settled(database)
            after = check_whole(database)
            outcomes.append("old" if after == before else "new")
            again = publish(database, world.folder)
            assert again.release == before[0] + 1
            assert (again.changes == 0) == (after != before)
            assert check_whole(database) == (again.release, content(database, again.release))
    print(f"\nkilled {KILLS} times within {seconds:.2f} s: {outcomes.count('old')} old, {outcomes.count('new')} new")
    assert "old" in outcomes


def retitle(world: World, title: str) -> None:
    for name, record in world.companies.items():
        if name.startswith("firm"):
            record["ties"][0]["title"] = title
    world.write()


def content(database: Database, number: int) -> str:
    with database.read() as session:
        return session.get_one(Release, number).content_hash


def publish_once(process: "subprocess.Popen[str]", world: World) -> float:
    """Publish undisturbed; how long it takes."""
    world.write()
    started = time.monotonic()
    start(process)
    assert line(process) == "0"
    return time.monotonic() - started


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_check_bites(first: Published, database: Database) -> None:
    assert check_whole(database)[0] == 1
    with database.write() as session:
        release = session.get_one(Release, 1)
        release.content_hash = "0" * 64
    with pytest.raises(AssertionError):
        check_whole(database)
