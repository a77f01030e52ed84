"""`govties run --stack full`: the settings of a service on a real PostgreSQL and Valkey, started from their wheels."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.private import private_folder
from app.settings import Settings
from app.stack import postgres, valkey


@contextmanager
def full_stack(settings: Settings) -> Iterator[Settings]:
    """Both servers under the data folder, and settings that use them; they stop at the end."""
    private_folder(settings.data_dir)
    folder = settings.data_dir / "stack"
    with ExitStack() as servers:
        database = servers.enter_context(postgres(folder / "postgres"))
        cache = servers.enter_context(valkey(folder / "valkey"))
        yield settings.model_copy(update={"database_url": database, "redis_url": cache})
