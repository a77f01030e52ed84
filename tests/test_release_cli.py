"""`govties release`, as a maintainer types it."""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app import cli
from app.db import Database
from app.errors import AppError, ClockBehind
from app.main import create_app
from app.publishing import publish_seed
from app.releases.signing import encode_key, load_keys
from app.settings import Settings
from tests.releases_read import edit_everything, read_world, release, rows
from tests.worlds import World

Run = Callable[..., str]


@pytest.fixture
def run(settings: Settings, database: Database, world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on two releases of the made-up world; its output. Raises what `main` would say in one line."""
    for module in ("app.release_cli", "app.seed_cli"):
        monkeypatch.setattr(f"{module}.load_settings", lambda: settings)
    keys = load_keys(settings.data_dir)
    publish_seed(database, settings.seed_dir, keys)
    edit_everything(world)
    publish_seed(database, world.write(), keys)

    def typed(*words: str) -> str:
        done = CliRunner().invoke(cli.cli, list(words), env={"COLUMNS": "200"})
        if isinstance(done.exception, AppError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return typed


def test_list(run: Run) -> None:
    lines = run("release", "list").splitlines()
    assert lines[0].split() == ["release", "published", "companies", "domains", "ties", "note"]
    assert [line.split()[0] for line in lines[1:]] == ["2", "1"]


def test_show(run: Run, database: Database) -> None:
    shown = run("release", "show", "2")
    assert release(database, 2).content_hash in shown
    assert re.search(r"snapshot\.json +[\d,]+ bytes  sha256 [0-9a-f]{64}", shown)
    assert "from-1.json" in shown
    assert "ended  tie bigco-ice-cloud: Over" in shown
    assert "status: active → ended" in shown


def test_diff_is_what_differs_in_the_end(run: Run, world: World, database: Database, settings: Settings) -> None:
    shown = run("release", "diff", "1", "2")
    assert "changed  company bigco: Bigco" in shown
    assert "legal_name: – → Bigco Incorporated" in shown
    assert "removed  tie old-ice: Title of old-ice" in shown
    assert "added  domain code-domain-code-dot-org: code.org" in shown
    assert "0 records differ" in run("release", "diff", "2", "2")


def test_rollback_is_a_new_release_with_the_old_content(run: Run, database: Database) -> None:
    assert "Release 3 published: the content of release 1 again" in run("release", "rollback", "1")
    assert release(database, 3).content_hash == release(database, 1).content_hash
    assert read_world(database, 3).companies == read_world(database, 1).companies
    assert "The content of release 1 again." in run("release", "list")
    assert "Nothing changed: release 3 has this content." in run("release", "rollback", "1")


def test_a_rollback_keeps_what_was_retracted_since(
    run: Run, database: Database, world: World, settings: Settings
) -> None:
    world.companies["code"]["ties"][0] |= {
        "claim_status": "retracted",
        "history": [{"date": "2026", "status": "retracted", "note": "A forgery."}],
    }
    publish_seed(database, world.write(), load_keys(settings.data_dir))
    run("release", "rollback", "1")
    assert read_world(database, 4).companies["code"].ties == ()
    assert read_world(database, 4).companies["old"].ties
    assert "withdrawn" in run("release", "list")


def test_renew_and_rotate(run: Run, settings: Settings) -> None:
    before = load_keys(settings.data_dir).public
    assert "Release 2 is signed afresh." in run("release", "renew")
    shown = run("release", "rotate")
    after = load_keys(settings.data_dir).public
    assert after[0] == before[1]
    assert all(encode_key(key) in shown for key in after)
    assert encode_key(after[0]) in run("release", "keys")


def test_a_clock_that_is_behind_is_said_in_one_sentence_and_nothing_changes(
    run: Run, database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, keys = rows(database), load_keys(settings.data_dir).public

    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2025, 12, 1, tzinfo=tz)

    for module in ("publishing", "releases.renewal"):
        monkeypatch.setattr(f"app.{module}.datetime", Behind)
    for words in (("seed", "apply"), ("release", "renew"), ("release", "rotate"), ("release", "rollback", "1")):
        with pytest.raises(ClockBehind, match=r"^The clock of this machine is behind: it says 2025-12-01, but [^\n]+$"):
            run(*words)
    assert rows(database) == before
    assert load_keys(settings.data_dir).public == keys


@pytest.fixture
def taken(run: Run, settings: Settings, tmp_path: Path) -> Path:
    """A folder with everything that a reader can take of release 2."""
    folder = tmp_path / "taken"
    folder.mkdir()
    with TestClient(create_app(settings), base_url="http://govties.test") as client:
        for name in ("release", "release.sig"):
            (folder / name.replace("release", "release.json", name == "release")).write_bytes(
                client.get(f"/v1/{name}").content
            )
        names = ("snapshot.json", "from-1.json", "govties.jsonl.gz", "govties.sqlite", "govties-csv.zip")
        for name in names:
            (folder / name).write_bytes(client.get(f"/v1/releases/2/{name}").content)
    return folder


@pytest.mark.parametrize("name", ["release.json", "snapshot.json", "from-1.json", "govties.jsonl.gz", "govties.sqlite"])
def test_verify(name: str, run: Run, taken: Path, settings: Settings) -> None:
    said = run("release", "verify", str(taken / name))
    assert "is release 2, signed, valid until" in said
    key = encode_key(load_keys(settings.data_dir).public[0])
    assert "is release 2" in run("release", "verify", str(taken / name), "--key", key)


def test_a_file_that_was_touched_is_refused(run: Run, taken: Path) -> None:
    for name, check in (("snapshot.json", "size"), ("from-1.json", "size"), ("release.json", "signature")):
        path = taken / name
        before = path.read_bytes()
        path.write_bytes(before.replace(b":", b": ", 1))
        with pytest.raises(AppError, match=rf"\(check: {check}\)"):
            run("release", "verify", str(path))
        path.write_bytes(before)
    other = encode_key(b"\x01" * 32)
    with pytest.raises(AppError, match="check: signature"):
        run("release", "verify", str(taken / "release.json"), "--key", other)


def test_what_cannot_be_verified_says_why(run: Run, taken: Path) -> None:
    with pytest.raises(AppError, match="no JSON Lines or SQLite download"):
        run("release", "verify", str(taken / "govties-csv.zip"))
    with pytest.raises(AppError, match=r"nothing\.json cannot be read \(No such file"):
        run("release", "verify", str(taken / "nothing.json"))
    with pytest.raises(AppError, match="A public key is 32 bytes"):
        run("release", "verify", str(taken / "release.json"), "--key", "x")
    for words in (("show", "9"), ("rollback", "9"), ("diff", "1", "9")):
        with pytest.raises(AppError, match="No release '9'"):
            run("release", *words)


def test_a_fifth_fewer_domains_wants_a_word(run: Run, world: World, database: Database) -> None:
    for name in ("quiet", "looked", "shoes"):
        del world.companies[name]
    del world.hosted["platforms"][0]
    world.write()
    with pytest.raises(AppError, match=r"This would leave \d of \d domains. Nothing was published."):
        run("seed", "apply")
    assert "Release 3 published" in run("seed", "apply", "--allow-shrink")
    assert release(database, 3).shrunk == 3


def test_without_a_release_there_is_little_to_show(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.release_cli.load_settings", lambda: settings)
    assert "No release has been published yet." in CliRunner().invoke(cli.cli, ["release", "list"]).output
    done = CliRunner().invoke(cli.cli, ["release", "renew"])
    assert isinstance(done.exception, AppError)
