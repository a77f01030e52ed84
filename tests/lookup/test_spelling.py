"""Names by how they are spelled: what is found, in which order, and what is not alike enough."""

import pytest

from app.lookup.spelling import Named, Names, folded

NAMES = Names(
    [
        *(Named(kind="company", id=name.lower().replace(" ", "-"), name=name)
          for name in ("Amazon", "Microsoft", "Google", "Thomson Reuters", "Motorola Solutions", "Société Générale")),
        Named(kind="company", id="meta", name="Meta", also=("Meta Platforms, Inc.",)),
        Named(kind="agency", id="us-ice", name="U.S. Immigration and Customs Enforcement", also=("ICE",)),
        Named(kind="agency", id="us-dhs", name="U.S. Department of Homeland Security", also=("DHS",)),
    ]
)  # fmt: skip


def ids(found: list[Named]) -> list[str]:
    return [named.id for named in found]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("amazom", ["amazon"]),
        ("mircosoft", ["microsoft"]),
        ("gogle", ["google"]),
        ("thompson reuters", ["thomson-reuters"]),
        ("motorolla", ["motorola-solutions"]),
        ("societe generale", ["société-générale"]),
        ("immigraton", ["us-ice"]),
        ("homeland secruity", ["us-dhs"]),
        ("amazement", []),
        ("starbucks", []),
        ("", []),
        ("!?", []),
        ("x" * 5000, []),
    ],
)
def test_what_is_spelled_nearly_so_is_found(typed: str, found: list[str]) -> None:
    assert ids(NAMES.alike(typed, 5)) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("mic", ["microsoft"]),
        ("ICE", ["us-ice"]),
        ("platforms", ["meta"]),
        ("SOCIÉTÉ", ["société-générale"]),
        ("soc", ["société-générale"]),
        ("m", ["meta", "microsoft", "motorola-solutions"]),
        ("crosoft", []),
        ("", []),
    ],
)
def test_what_begins_so_is_found_the_shorter_names_first(typed: str, found: list[str]) -> None:
    assert ids(NAMES.beginning(typed, 5)) == found


def test_no_more_than_the_limit() -> None:
    assert ids(NAMES.beginning("m", 1)) == ["meta"]
    assert len(NAMES.alike("motorola", 1)) == 1


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert folded("  AT&T, Inc. ") == "at t inc"
    assert folded("Société") == "societe"
