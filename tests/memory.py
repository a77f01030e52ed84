"""A folder in memory for a server that makes and drops files by the hundred; only the clock knows the difference."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2**30
NAME = "govties-tests-"


@contextmanager
def memory_folder(otherwise: Path) -> Iterator[Path]:
    """A folder in memory, gone at the end; `otherwise` where memory has no GiB to spare."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield otherwise
        return
    _sweep()
    with tempfile.TemporaryDirectory(prefix=NAME, dir=MEMORY) as folder:
        yield Path(folder)


def _sweep() -> None:
    """Remove what killed runs left; a server holds the lock in its folder as long as it lives."""
    for lock in MEMORY.glob(f"{NAME}*/lock"):
        with suppress(OSError), lock.open() as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
