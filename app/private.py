"""Folders and files for this user alone: a database holds suggestions that nobody has published yet."""

from contextlib import suppress
from pathlib import Path

from app.errors import AppError
from app.settings import Settings

OTHERS = 0o077


def private_folder(folder: Path) -> None:
    """Make a folder that only this user may enter. Raise AppError if that is impossible.

    A folder that is there keeps its mode, for somebody chose it. Not so the default data folder: we chose it, and
    earlier versions left it open.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(
            "data-dir",
            500,
            f"{folder} cannot be made ({error.strerror}): set GOVTIES_DATA_DIR to a folder you may write.",
        ) from None
    if folder.resolve() == Settings.model_fields["data_dir"].default.resolve():
        _close(folder, 0o700)


def private_database(file: Path) -> None:
    """Make a database file, or close one, so that only this user may read it.

    SQLite gives the files that it writes beside it the same mode.
    """
    with suppress(OSError):  # SQLite says better what is wrong
        file.touch(mode=0o600, exist_ok=False)
    for end in ("", "-wal", "-shm"):
        _close(Path(f"{file}{end}"), 0o600)


def _close(path: Path, mode: int) -> None:
    with suppress(OSError):  # not there, or somebody else's
        if path.stat().st_mode & OTHERS:
            path.chmod(mode)
