"""`govties awards`, as it is typed: what it prints, how it ends, what it leaves."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.awards.unmatched import SOLE
from app.awards_cli import awards_cli
from app.errors import AppError
from app.settings import ROOT
from tests.awards.rows import action, as_2018, write, write_zip
from tests.awards.stores import link
from tests.worlds import World

pytestmark = pytest.mark.slow

Govties = Callable[..., str]


@pytest.fixture
def govties(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Govties:
    """Run a command on an empty data folder with the linked world; returns what it prints. Errors come through."""
    monkeypatch.setenv("GOVTIES_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("GOVTIES_SEED_DIR", str(link(world).write()))
    monkeypatch.setenv("COLUMNS", "400")

    def run(*words: object) -> str:
        result = CliRunner().invoke(awards_cli, [str(word) for word in words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_a_file_is_read_accounted_for_and_published(govties: Govties, tmp_path: Path) -> None:
    rows = [action(), action(mod="P00001"), action("B1", amount="?"), action("46")]
    path = write_zip(tmp_path / "a.zip", {"1.csv": rows, "2.csv": [action("C0001")]})
    told = govties("import", path, "--accept", "0.5").splitlines()
    assert told == [
        "a.zip/1.csv (transactions)",
        "  4 rows read = 2 stored + 0 known already + 0 older than what is stored"
        " + 2 quarantined (bad-amount 1, lost-zeros 1)",
        "a.zip/2.csv (transactions)",
        "  1 rows read = 1 stored + 0 known already + 0 older than what is stored + 0 quarantined",
        "Published: 2 award rows new or changed, 0 gone.",
        "Release 1 published: 35 changes.",
    ]
    again = govties("import", path, "--accept", "0.5").splitlines()
    assert again[0] == "a.zip/1.csv (transactions, read before: nothing to do)"
    assert again[-1] == "Nothing changed; release 1 stays."


def test_the_quarantine_lists_row_rule_and_value(govties: Govties, tmp_path: Path) -> None:
    govties("import", write(tmp_path / "a.csv", [action(), action("B1", amount="?"), action("46")]), "--accept", 0)
    told = govties("quarantine").splitlines()
    assert told[0] == "a.csv\t3\tCONT_AWD_B1_7012_-NONE-_-NONE-\tbad-amount\tobligated\t?"
    assert told[1] == "a.csv\t4\tCONT_AWD_46_7012_-NONE-_-NONE-\tlost-zeros\tpiid\t46"
    assert told[-1] == "2 of 2 rows shown."
    assert govties("quarantine", "--rule", "lost-zeros", "--limit", 1).splitlines()[-1] == "1 of 1 rows shown."
    with pytest.raises(AppError, match="no rule typo"):
        govties("quarantine", "--rule", "typo")


def test_unmatched_recipients_by_money_and_agency(govties: Govties, tmp_path: Path) -> None:
    rows = [
        action("A1", amount="10", recipient_name="SMALL LLC", recipient_parent_name="SMALL LLC", recipient_duns="1"),
        action("A2", amount="50", recipient_name="LARGE L.L.C.", recipient_parent_name="X", recipient_duns="2"),
        action("A3", amount="60", recipient_name="LARGE LLC", recipient_parent_name="X", recipient_duns="000000002"),
        action("A4", amount="30", recipient_name="DOE, JANE", sole_proprietorship="t"),
        action("A5", amount="99"),
    ]
    govties("import", write(tmp_path / "a.csv", rows))
    told = govties("unmatched", "--agency", "us-ice").splitlines()
    assert told[0].startswith("LARGE L")
    assert "USD 110 in 2 awards" in told[0]
    assert told[1].startswith(f"{SOLE}: USD 30")
    assert told[2].startswith("SMALL LLC: USD 10 in 1 awards, 2018-01-24 to 2018-01-24, us-ice")
    assert "JANE" not in "".join(told)
    assert len(govties("unmatched", "--limit", 1).splitlines()) == 1
    assert govties("unmatched", "--agency", "us-dod") == ""


def test_suggestions_bring_evidence_and_change_nothing(govties: Govties, tmp_path: Path, world: World) -> None:
    before = {path: path.read_bytes() for path in world.folder.rglob("*.yml")}
    rows = [
        action("A1", cage_code="77777", recipient_uei="ZZZZZZZZZZZ9"),
        action("A2", recipient_name="BIGCO FED INC", recipient_parent_name="OTHER"),
        action("A3", recipient_name="QUIET HOMES INC", recipient_parent_name="Z", recipient_duns="3"),
    ]
    govties("import", write(tmp_path / "a.csv", rows))
    told = govties("suggest")
    for kind, value, why in [
        ("cage", "77777", "# bigco: the CAGE code in records matched by alias"),
        ("uei", "ZZZZZZZZZZZ9", "# bigco: the UEI in records matched by alias"),
        ("recipient", "BIGCO FED INC", "# bigco: the records number it as a name in its file"),
        ("recipient", "QUIET HOMES INC", "# quiet: ONLY LOOKS LIKE QUIET"),
    ]:
        block = next(block for block in told.split("\n\n") if f'value: "{value}"' in block)
        assert f"- kind: {kind}" in block
        assert why in block
        assert "https://www.usaspending.gov/award/CONT_AWD_A" in block
    assert "012345678" not in told
    assert "QUIET" not in govties("suggest", "bigco")
    assert {path: path.read_bytes() for path in world.folder.rglob("*.yml")} == before


def test_both_layouts_publish_the_same(govties: Govties, tmp_path: Path) -> None:
    rows = [action(), action("B1", parent_award_id_piid="GS35F0086U", parent_award_agency_id="4730")]
    govties("import", write(tmp_path / "old.csv", [as_2018(row) for row in rows], "transactions2018"))
    told = govties("import", write(tmp_path / "new.csv", rows)).splitlines()
    assert told[1] == "  2 rows read = 0 stored + 2 known already + 0 older than what is stored + 0 quarantined"
    assert told[2] == "Published: 0 award rows new or changed, 0 gone."


def test_nothing_is_published_when_a_file_is_refused_or_the_seed_is_bad(
    govties: Govties, tmp_path: Path, world: World
) -> None:
    good = write(tmp_path / "a.csv", [action()])
    with pytest.raises(AppError, match=r"at least 95\.0% must"):
        govties("import", good, write(tmp_path / "b.csv", [action(amount="?")]))
    world.companies["code"]["identifiers"][0]["value"] = "x"
    world.write()
    with pytest.raises(AppError, match="problems in the seed"):
        govties("import", good)
    with pytest.raises(AppError, match="No such file"):
        govties("import", tmp_path / "none.csv")


def test_before_the_first_import_that_is_said(govties: Govties) -> None:
    for command in ("quarantine", "unmatched", "suggest"):
        with pytest.raises(AppError, match="No award file has been imported yet"):
            govties(command)


HOLDS = """
import sys
from pathlib import Path
from app.awards.warehouse import open_warehouse
with open_warehouse(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


def test_another_process_with_the_store_is_said(govties: Govties, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [action()])
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "var")]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, text=True, stdin=pipe, stdout=pipe) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        with pytest.raises(AppError, match="Another award import is running") as caught:
            govties("import", path)
        assert caught.value.type == "busy"
        other.communicate("")
    assert "1 stored" in govties("import", path)
