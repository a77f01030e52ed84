"""After loading: harvest the store and publish the awards in one transaction of the main database."""

from app.awards.publish import Replaced, replace_awards
from app.awards.rollup import Harvest
from app.awards.warehouse import Warehouse
from app.db import Database
from app.seeding.reader import Tree


def publish_import(database: Database, warehouse: Warehouse, tree: Tree) -> Replaced:
    """Make the published award rows those of the store. What takes long is done before the write lock is taken."""
    harvest = Harvest(warehouse, tree)
    with database.write() as session:
        return replace_awards(session, harvest)
