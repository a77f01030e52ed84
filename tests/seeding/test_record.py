"""What one record alone must obey: file, line and rule are named, and nothing is applied."""

from typing import Any

import pytest

from tests.seeding.conftest import Refused
from tests.seeding.seeds import At, Bad, Change, add, both, drop, places, problems, put
from tests.worlds import World

OLD = "companies/old.yml"
AMOUNT = {"kind": "obligated", "value": "5", "as_of": "2019", "source": "award"}


def old_tie(**fields: Any) -> Change:
    return put("old", "ties", 0, **fields)


def words(count: int) -> str:
    return " ".join(["word"] * count)


def wrong(name: str, change: Change, mark: str, below: int = 0, rule: str = "format") -> Bad:
    return Bad(name, change, (At(OLD, rule, mark, below),))


RECORDS = [
    *(
        wrong(f"amount {value!r}", old_tie(amounts=[AMOUNT | {"value": value}]), '"value"')
        for value in ("41,000,000", "-5", "0", "0.00", "5.123", "$5", "5 million", "5e6", "", "9" * 14, "٤١")
    ),
    *(
        wrong(f"date {text!r}", put("old", "domains", 0, valid_from=text), '"valid_from"')
        for text in ("24.1.2018", "2018-1", "2018-13", "2018-02-30", "18", "0000", "2018-01-24T00:00", "２０１８", "")
    ),
    wrong("quote too long", put("old", "sources", "award", quote=words(41)), '"quote"'),
    wrong(
        "statement too long",
        old_tie(statements=[{"by": "old", "date": "2019", "quote": words(41), "source": "award"}]),
        '"quote"',
    ),
    wrong("amount of another source", old_tie(amounts=[AMOUNT | {"source": "page"}]), '"ties"', 1),
    wrong("unknown kind", old_tie(kind="friendship"), '"kind"'),
    wrong("award key", old_tie(awards=["HSCETC14C00002"]), '"HSCETC14C00002"'),
    wrong("award key too long", old_tie(awards=["CONT_AWD_" + "1" * 192]), '"CONT_AWD_'),
    wrong("uei", old_tie(uei="123"), '"uei"'),
    wrong("cage", old_tie(cage="123456"), '"cage"'),
    wrong("currency", old_tie(amounts=[AMOUNT | {"currency": "usd"}]), '"currency"'),
    wrong("via twice", old_tie(kind="reseller", via="bigco", via_name="Bigco"), '"ties"', 1),
    wrong("supplier of nobody", old_tie(kind="supplier_of_contractor"), '"ties"', 1),
    wrong("an end but active", old_tie(status="active"), '"ties"', 1),
    wrong("disputed without a word", put("old", "domains", 0, claim_status="disputed"), '"domains"', 1),
    wrong("no sources", put("old", "domains", 0, sources=[]), '"sources": []'),
    wrong("source without a link", put("old", "sources", "page", url="the archive"), '"url": "the archive"'),
    wrong("a dataset that is not described", put("old", "sources", "page", type="dataset"), '"page": {'),
    wrong("missing sources", drop("old", "domains", 0, "sources"), '"domains"', 1, "missing-field"),
    wrong("missing date of checking", drop("old", "ties", 0, "verified_at"), '"ties"', 1, "missing-field"),
    wrong("missing publisher", drop("old", "sources", "page", "publisher"), '"page": {', 0, "missing-field"),
    wrong("unknown field of a tie", old_tie(colour="red"), '"colour"', 0, "unknown-field"),
    wrong("unknown field of a source", put("old", "sources", "page", link="x"), '"link"', 0, "unknown-field"),
    wrong(
        "research in one place",
        add("old", "research", {"id": "r", "date": "2020", "by": "me", "searched": [{"where": "a", "what": "b"}]}),
        '"searched"',
    ),
    Bad(
        "agency's short name too long",
        lambda world: world.agencies["us-dod"].update(short_name="D" * 101, id="us-dod"),
        (At("agencies/us-dod.yml", "format", '"short_name"'), At("companies/bigco.yml", "agency-known", '"us-dod"')),
    ),
    Bad(
        "toptier code of three letters",
        lambda world: world.agencies.update(
            {"us-x": {"id": "us-x", "name": "X", "short_name": "X", "country": "US", "codes": {"toptier": "07O"}}}
        ),
        (At("agencies/us-x.yml", "format", '"toptier"'),),
    ),
    Bad(
        "a platform's own name of no company",
        lambda world: world.hosted["platforms"].append({"name": "n.com", "platform": "N", "apex": "company"}),
        # hosted.yml is one record: with one wrong entry none of it is read, and nothing else is said of it.
        (At("hosted.yml", "format", '"name": "n.com"', -1),),
    ),
]


@pytest.mark.parametrize("bad", RECORDS, ids=str)
def test_a_bad_record_is_refused_with_line_and_rule(bad: Bad, world: World, refused: Refused) -> None:
    bad.change(world)
    found = problems(world)
    assert places(found) == sorted(at.place(world) for at in bad.expected), "\n".join(map(str, found))
    assert refused(world) == places(found)


def test_forty_words_and_cents_are_fine(world: World) -> None:
    amounts = [AMOUNT | {"value": value} for value in ("19400000", "2053653.84", "0.01", "9" * 13 + ".99")]
    both(put("old", "sources", "award", quote=words(40)), old_tie(amounts=amounts))(world)
    assert problems(world) == []
