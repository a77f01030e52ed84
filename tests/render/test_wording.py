"""The product's sentence table (tests/vectors/sentences.json), which the extension runs too."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.render.wording import LANGUAGES, Holder, Lang, Params, join, messages, summarise

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
