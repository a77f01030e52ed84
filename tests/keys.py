"""Signing keys of tests: the same on every run."""

from pathlib import Path

from app.awards.publish import Replaced
from app.awards.rollup import Harvest
from app.awards.warehouse import Warehouse
from app.db import Database
from app.publishing import Published, publish_awards, publish_seed
from app.releases.signing import Keys, encode_key
from app.seeding.reader import Tree
from tests.vectors.keys import private_key

KEYS = Keys(private_key("current"), private_key("next"))
PUBLIC = [encode_key(raw) for raw in KEYS.public]


def publish(database: Database, seed: Path, *, allow_shrink: bool = False) -> Published:
    """Publish a seed, signed with the keys of tests."""
    return publish_seed(database, seed, KEYS, allow_shrink=allow_shrink)


def import_awards(database: Database, warehouse: Warehouse, tree: Tree) -> Replaced:
    """Publish what the importer's store holds for a seed."""
    return publish_awards(database, Harvest(warehouse, tree), tree, KEYS).awards
