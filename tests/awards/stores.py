"""Helpers of the tests of awards: files into a store, and a seed whose companies have identifiers."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from app.awards.files import find_parts, unpacked
from app.awards.usaspending import Loaded, load
from app.awards.warehouse import Warehouse
from tests.worlds import CHECKED, World, owner

TODAY = date(2018, 12, 31)
Load = Callable[..., list[Loaded]]


def loader(warehouse: Warehouse) -> Load:
    """Loads files into a warehouse; tells what became of each."""

    def load_all(*paths: Path, accept: float = 0.0) -> list[Loaded]:
        found = []
        for part in find_parts(paths):
            with unpacked(part, warehouse.spool) as plain:
                found.append(load(warehouse, part, plain, TODAY, accept))
        return found

    return load_all


def identifier(kind: str, value: str, **more: str) -> dict[str, object]:
    return {"kind": kind, "value": value, "sources": ["award"], **CHECKED, **more}


def link(world: World) -> World:
    """The made-up world with identifiers: bigco by name and parent; code by CAGE and UEI, bigco's since 2018-10-25;
    shoes by name, bigco's from 2015-06-01 to 2018-01-01 and quiet's since."""
    award = {"url": "https://www.usaspending.gov/award/CONT_AWD_1_7012_-NONE-_-NONE-/"}
    source = {**award, "publisher": "USAspending.gov", "type": "government_record"}
    given = {
        "bigco": [identifier("recipient", "BIGCO FEDERAL, INC."), identifier("parent", "BIGCO HOLDING CORP")],
        "code": [identifier("cage", "0AB12"), identifier("uei", "ABCDEFGH1234")],
        "shoes": [identifier("recipient", "SHOES LLC", valid_from="2016")],
    }
    for company, identifiers in given.items():
        record = world.companies[company]
        record["sources"]["award"] = source
        record["identifiers"] = identifiers
    sold = {"valid_from": "2015-06-01", "valid_to": "2018-01-01"}
    world.companies["shoes"]["owners"] = [owner("bigco", **sold), owner("quiet", valid_from="2018-01-01")]
    return world
