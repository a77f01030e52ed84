"""A service on a made-up world whose every free text is markup: none of it may become more than text."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.db import Database
from app.models import Award, AwardRollup
from tests.conftest import make_settings
from tests.keys import publish
from tests.service import running_service
from tests.test_retraction import mark
from tests.worlds import CHECKED, World, company, domain, owner, source, tie

PLANTED = "'\"><img data-planted src=/x onerror=alert(1)><script data-planted>alert(2)</script> onclick=x"


def plant(world: World) -> None:
    """A company whose every free text is markup, an agency too; release 2 retracts one of its ties."""
    names = {"name": f"Agency {PLANTED}", "short_name": f"Short {PLANTED}", "aliases": [f"Alias {PLANTED}"]}
    world.agencies["us-bad"] = {"id": "us-bad", "country": "US", **names}
    told = source("press", PLANTED, title=PLANTED, quote=PLANTED, locator=PLANTED, published_at="2020")
    text = dict.fromkeys(("title", "summary", "recipient", "via_name"), PLANTED)
    common = {"agency": "us-bad", "kind": "supplier_of_contractor", "evidence": "single_report", "sources": ["told"]}
    said = [{"by": "bad", "date": "2020", "quote": PLANTED, "source": "told"}]
    history = [{"date": "2020", "status": "disputed", "note": PLANTED}]
    world.companies["bad"] = company(
        "bad",
        legal_name=PLANTED,
        sources={"told": told},
        domains=[domain("bad.com", sources=["told"])],
        owners=[owner("bigco", sources=["told"])],
        ties=[
            tie("bad-tie", **common, **text, statements=said, claim_status="disputed", history=history),
            tie("bad-gone", **common, **text),
        ],
        notes=[{"id": "bad-note", "kind": "pitch", "date": "2018", "text": PLANTED, "sources": ["told"], **CHECKED}],
    )
    world.companies["bad"]["name"] = PLANTED


@contextmanager
def run_planted(folder: Path) -> Iterator[str]:
    """The address of the service, in its second release."""
    world = World(folder / "seed")
    plant(world)
    settings = make_settings(folder, seed_dir=world.write())
    database = Database(settings)
    database.migrate()
    publish(database, settings.seed_dir)
    mark(world.companies["bad"]["ties"][1], "retracted", PLANTED)
    publish(database, world.write())
    _add_awards(database)
    database.close()
    with running_service(settings.data_dir, folder / "log") as address:
        yield address


def _add_awards(database: Database) -> None:
    sums = {"awards": 1, "actions": 1, "deobligated": 0, "subawards": 0, "subaward_amount": 0}
    award: dict[str, Any] = dict.fromkeys(("recipient", "matched_value", "description", "prime", "key"), PLANTED)
    award |= {"kind": "award", "number": "", "agency": "us-bad", "matched_by": "alias", "figures": "actions"}
    award |= {"obligated": 5_000_00, "deobligated": 0, "first_action": "2016-01-01", "last_action": "2016-02-02"}
    with database.write() as session:
        for year in (0, 2016, 2017):
            session.add(AwardRollup(company="bad", agency="us-bad", fiscal_year=year, obligated=5_000_00, **sums))
        session.add(
            Award(row=1, company="bad", held_by="bad", actions=1, modifications=0, whole=True, digest="0" * 32, **award)
        )
