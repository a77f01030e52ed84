"""A store of its own for each test, and a linked seed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.awards.warehouse import Warehouse, open_warehouse
from tests.awards.stores import Load, link, loader
from tests.worlds import World


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "var"


@pytest.fixture
def warehouse(data_dir: Path) -> Iterator[Warehouse]:
    with open_warehouse(data_dir) as opened:
        yield opened


@pytest.fixture
def loading(warehouse: Warehouse) -> Load:
    """Loads files into the warehouse."""
    return loader(warehouse)


@pytest.fixture
def linked(world: World) -> World:
    """The made-up world with identifiers."""
    return link(world)
