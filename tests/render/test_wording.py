"""The product's sentence table (tests/vectors/sentences.json), which the extension runs too."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.lookup.facts import Amount
from app.render.wording import LANGUAGES, Holder, Lang, Params, amounts, join, messages, money, say, summarise, when

VECTORS = Path(__file__).parents[1] / "vectors" / "sentences.json"
ROWS: list[dict[str, Any]] = json.loads(VECTORS.read_text("utf-8"))
STATES = {"not_applicable", "not_researched", "documented", "via_owner", "ended", "none_found"}
REASONS = {"address", "local", "onion", "single_label", "suffix", "government", "hosted"}


def params(row: dict[str, Any]) -> Params:
    given = dict(row["params"])
    holders = tuple(
        Holder(**{**h, "agencies": tuple(h["agencies"]), "through": tuple(h.get("through", ()))})
        for h in given.pop("holders", ())
    )
    return Params(**{**given, "chain": tuple(given.get("chain", ()))}, holders=holders)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_sentence(row: dict[str, Any], lang: Lang) -> None:
    assert summarise(params(row), lang) == row[lang]


def test_the_table_covers_every_state_reason_relation_and_number() -> None:
    table = [params(row) for row in ROWS]
    holders = [holder for p in table for holder in p.holders]
    assert {p.state for p in table} == STATES
    assert {p.reason for p in table} - {None} == REASONS
    assert {holder.relation for holder in holders} == {"own", "subsidiary", "owner"}
    assert {len(holder.agencies) for holder in holders} >= set(range(1, 7))
    assert {len(holder.through) for holder in holders} >= {0, 1, 2, 3}
    assert len(table) >= 40


def test_languages_have_the_same_keys_plural_forms_and_placeholders() -> None:
    en, es = messages("en"), messages("es")
    assert list(en) == list(es)
    for key, message in en.items():
        assert _shape(message) == _shape(es[key]), key


def _shape(message: str | dict[str, str]) -> object:
    if isinstance(message, dict):
        return {form: _shape(text) for form, text in message.items()}
    return sorted({part.split("}")[0] for part in message.split("{")[1:]})


def test_no_sentence_has_an_empty_place() -> None:
    for row in ROWS[:-1]:
        for lang in LANGUAGES:
            assert "{" not in row[lang]
            assert "  " not in row[lang]


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_join(items: list[str], text: str) -> None:
    assert join("en", items) == text


@pytest.mark.parametrize(
    ("date", "english", "spanish"),
    [
        ("2018", "2018", "2018"),
        ("2018-01", "Jan 2018", "ene 2018"),
        ("2018-09-05", "Sep 5, 2018", "5 sept 2018"),
        ("2026-12-31", "Dec 31, 2026", "31 dic 2026"),
        ("2018-13", "2018-13", "2018-13"),
        ("–", "–", "–"),
        ("", "", ""),
    ],
)
def test_dates_are_as_precise_as_they_are_known(date: str, english: str, spanish: str) -> None:
    assert [when(partial(say, lang), date) for lang in LANGUAGES] == [english, spanish]


def amount(kind: Any, value: str, as_of: str, source: int = 0) -> Amount:
    return Amount(kind=kind, value=value, currency="USD", as_of=as_of, source=source)


def test_amounts_are_newest_first_and_a_figure_of_two_kinds_stands_once() -> None:
    listed = [
        amount("current_value", "11899.52", "2018-05-24"),
        amount("ceiling", "11899.52", "2018-05-24"),
        amount("obligated", "9000", "2022"),
        amount("obligated", "127000", "2022"),
        amount("reported", "127000", "2022", source=1),
    ]
    assert [(money(figure), figure.as_of, kinds) for figure, kinds in amounts(partial(say, "en"), listed)] == [
        ("USD 127,000", "2022", "obligated"),
        ("USD 127,000", "2022", "reported"),
        ("USD 9,000", "2022", "obligated"),
        ("USD 11,899.52", "2018-05-24", "current value and ceiling"),
    ]
