"""A database with the made-up world in it, at which bad seeds are thrown."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.models import Base
from app.publishing import BadSeed
from tests.conftest import make_settings
from tests.copies import publish_first
from tests.keys import publish
from tests.seeding.seeds import places
from tests.worlds import World

Refused = Callable[[World], list[tuple[str, int, str]]]


def _rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database that holds release 1 of the made-up world."""
    folder = tmp_path_factory.mktemp("filled")
    database = Database(make_settings(folder))
    publish_first(database, World(folder / "seed").write())
    yield database
    database.close()


@pytest.fixture
def refused(filled: Database) -> Refused:
    """Publish what stands on disk, see it refused whole, and say where the problems are."""

    def thrown(world: World) -> list[tuple[str, int, str]]:
        before = _rows(filled)
        with pytest.raises(BadSeed) as caught:
            publish(filled, world.folder)
        assert _rows(filled) == before
        assert before["release"] == 1
        return places(caught.value.problems)

    return thrown
