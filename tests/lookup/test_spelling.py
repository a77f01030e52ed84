"""Names by how they are spelled: what is found, in which order, and what is not alike enough."""

import pytest

from app.lookup.spelling import Hit, Named, Names, folded

NAMES = Names(
    [
        *(Named(kind="company", id=name.lower().replace(" ", "-"), name=name)
          for name in ("Amazon", "Microsoft", "Google", "Thomson Reuters", "Motorola Solutions", "Société Générale")),
        Named(kind="company", id="meta", name="Meta", also=("Meta Platforms, Inc.",), aliases=("WhatsNew", "MP")),
        Named(kind="agency", id="us-ice", name="U.S. Immigration and Customs Enforcement", also=("ICE",)),
        Named(kind="agency", id="us-dhs", name="U.S. Department of Homeland Security", also=("DHS",)),
    ]
)  # fmt: skip


def ids(found: list[Hit]) -> list[str]:
    return [hit.named.id for hit in found]


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
        ("micro soft", ["microsoft"]),
        ("whats nwe", ["meta"]),
        ("homeland secruity", ["us-dhs"]),
        ("amazement", []),
        ("starbucks", []),
        ("gooogles", []),  # two slips are too many for so short a name
        ("solutionz", []),  # no first word of a company
        ("iec", []),  # too short to guess
        ("mtea", []),
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
        ("i.c.e.", ["us-ice"]),
        ("us imm", ["us-ice"]),
        ("platforms", ["meta"]),
        ("whats", ["meta"]),
        ("new", []),
        ("rs", []),
        ("SOCIÉTÉ", ["société-générale"]),
        ("soc", ["société-générale"]),
        ("m", ["meta", "microsoft", "motorola-solutions"]),
        ("crosoft", []),
        ("", []),
    ],
)
def test_what_begins_so_is_found_the_shorter_names_first(typed: str, found: list[str]) -> None:
    assert ids(NAMES.beginning(typed)) == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ice", ["us-ice"]),
        ("META PLATFORMS INC", ["meta"]),
        ("mp", ["meta"]),
        ("motorola", []),  # the first word alone is not the name
        ("!?", []),
    ],
)
def test_what_is_called_just_so_is_exact(typed: str, found: list[str]) -> None:
    assert ids(NAMES.exact(typed)) == found


def test_a_name_says_by_what_it_was_found() -> None:
    (hit,) = NAMES.beginning("whatsn")
    assert (hit.by, hit.is_alias) == ("WhatsNew", True)
    assert [(hit.by, hit.is_alias) for hit in NAMES.beginning("meta")] == [("Meta", False)]


def test_a_name_of_two_is_both_and_they_come_first() -> None:
    two = Names(
        [
            Named(kind="agency", id="us-ice", name="Immigration", also=("ICE",)),
            Named(kind="company", id="box", name="Ice Box"),
            Named(kind="company", id="exchange", name="Exchange", aliases=("ICE",)),
        ]
    )
    assert sorted(ids(two.exact("ice"))) == ["exchange", "us-ice"]
    assert ids(two.beginning("ice"))[2:] == ["box"]


def test_no_more_than_the_limit() -> None:
    assert len(NAMES.alike("motorola", 1)) == 1


def test_names_are_compared_without_case_accents_and_punctuation() -> None:
    assert folded("  AT&T, Inc. ") == "at t inc"
    assert folded("Société") == "societe"
    assert folded("U.S. Army") == folded("us army") == "us army"
