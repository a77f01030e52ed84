"""What no other user of the machine may read: the database, what SQLite writes beside it, and the folder of both."""

from pathlib import Path

import pytest

from app.db import Database
from app.errors import AppError
from app.private import private_folder
from app.settings import Settings
from tests.conftest import make_settings


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def modes_while_writing(settings: Settings) -> dict[str, int]:
    """The modes of the database's files while all of them are there."""
    database = Database(settings)
    database.migrate()
    with database.write():
        files = sorted(settings.data_dir.glob("govties.db*"))
        modes = {file.name: mode(file) for file in files}
    database.close()
    return modes


def test_a_new_database_and_its_folder_are_private(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    assert modes_while_writing(settings) == dict.fromkeys(("govties.db", "govties.db-shm", "govties.db-wal"), 0o600)
    assert mode(settings.data_dir) == 0o700


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings(_env_file=None, data_dir=Path("var"))
    settings.data_dir.mkdir(mode=0o755)
    for name in ("govties.db", "govties.db-shm", "govties.db-wal"):
        (settings.data_dir / name).touch(mode=0o644)
    assert set(modes_while_writing(settings).values()) == {0o600}
    assert mode(settings.data_dir) == 0o700


def test_a_folder_that_the_operator_made_keeps_its_mode(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    settings.data_dir.mkdir(mode=0o750)
    assert modes_while_writing(settings)["govties.db"] == 0o600
    assert mode(settings.data_dir) == 0o750


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AppError, match="GOVTIES_DATA_DIR"):
        private_folder(tmp_path / "file" / "var")
