"""The files that a maintainer gives: CSV, gz, zip with several members, a folder of them. Each becomes a plain CSV on
disk whose hash is known, because DuckDB reads such a file with all cores and within bounded memory.

Every fault is one AppError `award-file` that names the file and how to mend it.
"""

import gzip
import hashlib
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from app.errors import AppError

CHUNK = 1 << 20
# What must stay free on the disk besides an unpacked file: the warehouse grows while it is read.
RESERVE = 500_000_000
KINDS = (".csv", ".gz", ".zip")
Step = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One CSV to read: a file, or a member of a zip. `size` is in bytes as read, unpacked for a zip."""

    source: Path
    member: str | None
    size: int

    @property
    def name(self) -> str:
        """How it is called in reports and on pages: never a path of this machine."""
        return f"{self.source.name}/{Path(self.member).name}" if self.member else self.source.name

    @property
    def packed(self) -> bool:
        """Whether it must be unpacked."""
        return self.member is not None or self.source.suffix.lower() == ".gz"

    @property
    def dated(self) -> date | None:
        """The day that the name gives: USAspending writes the day of the download into it."""
        found = re.findall(r"(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])", self.name)
        try:
            return date(*map(int, found[-1])) if found else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Plain:
    """A part as a plain CSV on disk, and the SHA-256 of its bytes."""

    path: Path
    sha256: str


def fault(where: str | Path, what: str) -> AppError:
    """An AppError about an input."""
    return AppError("award-file", 422, f"{where}: {what}")


def find_parts(paths: Iterable[Path]) -> list[Part]:
    """All CSVs in the given files and folders, in the order given. Raises AppError for what is none of these."""
    found = [part for path in paths for part in _parts(path)]
    if not found:
        raise fault("awards import", "no file was given: name a CSV, zip or gz file, or a folder of them.")
    return found


def _parts(path: Path) -> Iterator[Part]:
    try:
        if path.is_dir():
            inside = sorted(each for each in path.iterdir() if each.suffix.lower() in KINDS and each.is_file())
            if not inside:
                raise fault(path, "this folder holds no .csv, .zip or .gz file.")
            for each in inside:
                yield from _parts(each)
            return
        if path.exists() and not path.is_file():
            raise fault(path, "this is no regular file: save it to disk first.")
        size = path.stat().st_size
    except OSError as error:
        raise fault(path, f"cannot be read ({error.strerror}): check the path.") from None
    if path.suffix.lower() not in KINDS:
        raise fault(path, "only .csv, .zip and .gz files can be read.")
    if path.suffix.lower() == ".zip":
        yield from _members(path)
    else:
        yield Part(path, None, size)


def _members(path: Path) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [each for each in archive.infolist() if each.filename.lower().endswith(".csv")]
    except (zipfile.BadZipFile, OSError) as error:
        raise fault(path, f"this zip cannot be opened ({_said(error)}): download it again.") from None
    if not inside:
        raise fault(path, "this zip holds no .csv file.")
    for each in inside:
        yield Part(path, each.filename, each.file_size)


@contextmanager
def unpacked(part: Part, spool: Path, step: Step = lambda _: None) -> Iterator[Plain]:
    """The part as a plain CSV with its hash; what was unpacked for it is removed at the end. `step` is told the bytes
    read. Raises AppError when it is broken, when it changes or vanishes meanwhile, when the disk is full."""
    target = spool / "part.csv"
    try:
        before = _state(part.source)
        yield (
            Plain(target, _unpack(part, target, step)) if part.packed else Plain(part.source, _hash(part.source, step))
        )
        if _state(part.source) != before:
            raise fault(part.source, "the file changed while it was read: wait until it is complete.")
    except OSError as error:
        raise fault(error.filename or part.name, f"cannot be read or unpacked ({_said(error)}).") from None
    finally:
        target.unlink(missing_ok=True)


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _hash(path: Path, step: Step) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            step(len(chunk))
    return digest.hexdigest()


def _unpack(part: Part, target: Path, step: Step) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    _require_room(part, target.parent, part.size)
    digest = hashlib.sha256()
    try:
        with _stream(part) as source, target.open("wb") as out:
            while chunk := source.read(CHUNK):
                _require_room(part, target.parent, len(chunk))  # a gz says nowhere reliably how large it becomes
                digest.update(chunk)
                out.write(chunk)
                step(len(chunk))
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as error:
        raise fault(part.name, f"it is cut short or broken ({_said(error)}): download it again.") from None
    except (RuntimeError, NotImplementedError, KeyError) as error:
        raise fault(part.name, f"this archive cannot be unpacked ({_said(error)}): unpack it yourself.") from None
    return digest.hexdigest()


def _require_room(part: Part, folder: Path, size: int) -> None:
    spare = shutil.disk_usage(folder).free - RESERVE
    if size > spare:
        need = f"unpacked it does not fit on the disk, which has {max(spare, 0) / 1e9:,.1f} GB to spare"
        raise fault(part.name, f"{need}: make room, or set GOVTIES_DATA_DIR to another disk.")


@contextmanager
def _stream(part: Part) -> Iterator[IO[bytes] | gzip.GzipFile]:
    if part.member is None:
        with gzip.open(part.source) as packed:
            yield packed
        return
    with zipfile.ZipFile(part.source) as archive, archive.open(part.member) as member:
        yield member


def _said(error: Exception) -> str:
    strerror = getattr(error, "strerror", None)
    return str(strerror or error) or type(error).__name__
