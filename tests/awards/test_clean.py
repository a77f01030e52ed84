"""Cells to values: what can be read is exact, what cannot is null, contacts are gone."""

from datetime import date

import duckdb
import pytest

from app.awards import clean


def read(sql: str, value: str) -> object:
    with duckdb.connect() as connection:
        row = connection.execute(f"SELECT {sql} FROM (SELECT ? AS x)", [value]).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("0", 0),
        ("7000", 700_000),
        ("-2.32", -232),
        ("5.1", 510),
        ("5.100", 510),
        ("9999999999999.99", 999_999_999_999_999),
        ("1,000.00", None),
        ("1e5", None),
        ("5.105", None),
        ("$5", None),
        ("+5", None),
        ("12345678901234", None),
        ("five", None),
    ],
)
def test_money_is_whole_cents_or_nothing(written: str, cents: int | None) -> None:
    assert read(clean.cents("x"), written) == cents


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2017-09-30", date(2017, 9, 30)),
        ("2018-03-27 10:00:00+00", date(2018, 3, 27)),
        ("25/07/2013", date(2013, 7, 25)),
        ("05/07/2013", date(2013, 7, 5)),
        ("27/03/18 23:04", date(2018, 3, 27)),
        ("07/25/2013", None),
        ("2017-13-01", None),
        ("2017-02-29", None),
        ("20170101", None),
        ("soon", None),
    ],
)
def test_dates_are_iso_or_day_first_or_nothing(written: str, day: date | None) -> None:
    assert read(clean.day("x"), written) == day


@pytest.mark.parametrize(
    ("written", "code"), [("300", "0300"), ("7012", "7012"), ("7", "0007"), ("97AS", "97AS"), ("9a", "9A")]
)
def test_the_zeros_of_an_agency_code_are_put_back_where_it_is_certain(written: str, code: str) -> None:
    assert read(clean.agency_code("x"), written) == code


@pytest.mark.parametrize(
    ("written", "code"), [("7959", "07959"), ("1tg18", "1TG18"), ("AB12", "AB12"), ("07959", "07959")]
)
def test_the_zeros_of_a_cage_code_are_put_back_where_it_is_certain(written: str, code: str) -> None:
    assert read(clean.fixed_digits("x", 5), written) == code


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("CLOUD SERVICES", "CLOUD SERVICES"),
        ("PBX PHONE SYSTEM", "PBX PHONE SYSTEM"),
        ("TELEPHONE SERVICES, 800 LINES", "TELEPHONE SERVICES, 800 LINES"),
        ("CONT./CONTACTLESS READER", "CONT./CONTACTLESS READER"),
        ("ORDER HSCETE-13-J-00196", "ORDER HSCETE-13-J-00196"),
        ("LAPTOPS; POC JANE DOE, FLOOR 2", "LAPTOPS; [contact removed]"),
        ("LAPTOPS ATTN: JANE DOE", "LAPTOPS [contact removed]"),
        ("LAPTOPS. COR IS JANE DOE: 5TH FLOOR", "LAPTOPS. [contact removed]"),
        ("SEND TO JANE.DOE@EXAMPLE.COM OR CALL", "[contact removed]"),
        ("RENEWAL OF LICENCES FOR THE OFFICE JANE DOE 202-555-0147", "RENEWAL OF LICENCES FOR [contact removed]"),
        ("CHAIRS (202) 555-0147", "[contact removed]"),
        ("GARAGE 202.555.0147 X12 REAR DOOR", "[contact removed]"),
        ("DESKS DELIVERY: JANE DOE 320 EAST AVENUE", "DESKS [contact removed]"),
        ("PAPERS OF 123-45-6789", "[contact removed]"),
        ("laptops; poc jane doe", "laptops; [contact removed]"),
    ],
)
def test_a_description_ends_where_a_contact_begins(written: str, kept: str) -> None:
    assert read(clean.scrub("x"), written) == kept


def test_names_differ_in_nothing_but_blanks() -> None:
    assert read(clean.name("x"), "GEO  GROUP   INC") == clean.collapse(" GEO GROUP  INC ") == "GEO GROUP INC"
