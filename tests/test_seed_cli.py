"""`govties seed`, as it is typed: what it prints, how it ends, what it leaves."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.errors import AppError
from app.publishing import BadSeed
from app.seed_cli import seed_cli
from app.seeding.checks import check
from app.seeding.formatting import canonical
from app.seeding.reader import read_tree
from app.seeding.record import Company
from tests.seeding.bad_seeds import quiet_tie
from tests.seeding.seeds import put
from tests.worlds import World

Govties = Callable[..., str]
ASKED = "\n".join


@pytest.fixture
def govties(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Govties:
    """Run a command on an empty data folder with the made-up world; returns what it prints. Errors come through."""
    monkeypatch.setenv("GOVTIES_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("GOVTIES_SEED_DIR", str(world.write()))
    monkeypatch.setenv("COLUMNS", "400")

    def run(*words: object, code: int = 0, said: str | None = None) -> str:
        result = CliRunner().invoke(seed_cli, [str(word) for word in words], input=said, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return run


def blanks(world: World) -> list[tuple[str, int, str]]:
    return [(p.file, p.line, p.rule) for p in check(read_tree(world.folder))]


def test_check_names_the_problems_and_exits_with_one(govties: Govties, world: World) -> None:
    assert govties("check") == "6 companies, 7 domains, 4 ties: no problem found.\n"
    put("quiet", colour="red")(world)
    world.write()
    assert "quiet.yml:21: unknown-field" in govties("check", code=1)


def test_of_very_many_problems_the_first_are_listed(
    govties: Govties, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.seed_cli.SHOWN", 2)
    put("quiet", colour="red", size="big", shape="round")(world)
    world.write()
    *listed, more = govties("check", code=1).splitlines()
    assert [line.split()[1] for line in listed] == ["unknown-field:"] * 2
    assert more == f"… and {len(blanks(world)) - 2} more: mend these first."


def test_a_new_company_is_canonical_and_passes_when_its_blanks_are_filled(govties: Govties, world: World) -> None:
    govties("new", "company", "acme", "--no-input", "--name", "Acme", "--domain", "acme.com")
    path = world.folder / "companies" / "acme.yml"
    text = path.read_text()
    assert canonical(text, Company) == text
    lines = text.splitlines()
    empty = [at for at, line in enumerate(lines, 1) if "#" in line and ":" in line.split("#")[0]]
    assert len(empty) == 5
    assert blanks(world) == [("seed/companies/acme.yml", at, "missing-field") for at in empty]
    answers = ["https://acme.com/about", "Acme", "company_statement", "2026-01-02", "me"]
    for at, answer in zip(empty, answers, strict=True):
        lines[at - 1] = lines[at - 1].split(":")[0] + ": " + answer
    path.write_text("\n".join(lines) + "\n")
    assert blanks(world) == []
    assert canonical(path.read_text(), Company) == path.read_text()


def test_new_asks_for_what_is_not_given(govties: Govties, world: World) -> None:
    said = ASKED(["Acme", "Acme, Inc.", "acme.com", "https://acme.com/", "Acme", "company_statement", "me", ""])
    govties("new", "company", "acme", said=said)
    assert blanks(world) == []
    company = read_tree(world.folder).companies["acme"][0]
    assert (company.name, company.legal_name, company.domains[0].verified_by) == ("Acme", "Acme, Inc.", "me")
    assert "verified_at: 20" in (world.folder / "companies" / "acme.yml").read_text()


def test_a_new_agency(govties: Govties, world: World) -> None:
    govties("new", "agency", "us-x", "--no-input", "--name", "Agency X", "--short-name", "X", "--parent", "us-dhs")
    assert blanks(world) == []
    assert read_tree(world.folder).agencies["us-x"][0].country == "US"


TIE = ["--agency", "us-ice", "--kind", "prime_contract", "--status", "unknown", "--status-as-of", "2019"]
WORDS = ["--evidence", "single_report", "--title", "Shoes", "--summary", "Quiet sold shoes to ICE."]
SOURCE = ["--url", "https://paper.example/x", "--publisher", "The Paper", "--source-type", "press", "--by", "me"]


def test_a_new_tie_stands_in_its_companys_file(govties: Govties, world: World) -> None:
    govties("new", "tie", "quiet", "quiet-ice-shoes", "--no-input", *TIE, *WORDS, *SOURCE)
    assert blanks(world) == []
    tie = read_tree(world.folder).companies["quiet"][0].ties[0]
    assert (tie.id, tie.agency, tie.status_as_of, tie.verified_by) == ("quiet-ice-shoes", "us-ice", "2019", "me")


def test_a_new_tie_may_rest_on_a_source_that_the_file_has(govties: Govties, world: World) -> None:
    govties("new", "tie", "quiet", "quiet-ice", "--no-input", *TIE, *WORDS, "--source", "page", "--by", "me")
    assert blanks(world) == []


def test_the_blanks_of_a_tie_are_named(govties: Govties, world: World) -> None:
    govties("new", "tie", "quiet", "quiet-ice", "--no-input")
    found = [place for place in blanks(world) if place[0] == "seed/companies/quiet.yml"]
    assert [rule for _, _, rule in found] == ["missing-field"] * 12
    lines = (world.folder / "companies" / "quiet.yml").read_text().splitlines()
    assert all("#" in lines[at - 1] for _, at, _ in found)


@pytest.mark.parametrize(
    "words",
    [
        ("company", "quiet"),
        ("agency", "us-ice"),
        ("tie", "quiet", "old-ice"),
        ("tie", "quiet", "looked-2026"),
        ("tie", "nobody", "x"),
        ("company", "Bad Id"),
        ("company", "../x"),
    ],
)
def test_an_id_that_is_taken_or_malformed_is_refused(words: tuple[str, ...], govties: Govties, world: World) -> None:
    before = {path: path.read_bytes() for path in world.folder.rglob("*.yml")}
    with pytest.raises(AppError, match=r"id|company"):
        govties("new", *words, "--no-input")
    assert {path: path.read_bytes() for path in world.folder.rglob("*.yml")} == before


def test_an_id_of_a_former_release_is_never_used_again(govties: Govties, world: World) -> None:
    govties("apply")
    del world.companies["old"]
    world.write()
    with pytest.raises(AppError, match="never used again"):
        govties("new", "company", "old", "--no-input")


def test_a_retired_id_is_taken(govties: Govties, world: World) -> None:
    (world.folder / "redirects.csv").write_text("old_id,new_id,date,reason\nsmallco,bigco,2020-01-01,Renamed.\n")
    with pytest.raises(AppError, match="is taken"):
        govties("new", "company", "smallco", "--no-input")


def test_fmt_checks_then_formats_then_has_nothing_to_do(govties: Govties, world: World) -> None:
    path = world.folder / "companies" / "quiet.yml"
    path.write_text("name: Quiet # still\nid: quiet\n")
    told = govties("fmt", "--check", code=1)
    assert "would change seed/companies/quiet.yml" in told
    assert path.read_text() == "name: Quiet # still\nid: quiet\n"
    govties("fmt")
    assert path.read_text() == "id: quiet\nname: Quiet # still\n"
    assert govties("fmt", "--check") == "0 files are not in canonical form.\n"


def test_fmt_leaves_a_broken_file_and_says_so(govties: Govties, world: World) -> None:
    path = world.folder / "companies" / "quiet.yml"
    path.write_text("name: [\n")
    assert "seed/companies/quiet.yml:2: yaml" in govties("fmt", code=1)
    assert path.read_text() == "name: [\n"


def test_plan_says_what_apply_would_do(govties: Govties, world: World) -> None:
    with pytest.raises(AppError, match="govties seed apply"):
        govties("plan")
    govties("apply")
    assert govties("plan") == "Nothing changes against release 1.\n"
    quiet_tie()(world)
    world.write()
    told = govties("plan")
    assert "quiet.com: plain → single_report 1" in told
    assert "    + Quiet has 1 tie" in told
    assert "| quiet.com | plain | single_report 1 |" in govties("plan", "--markdown")
    found = json.loads(govties("plan", "--json"))
    assert [each["domain"] for each in found["badges"]] == ["pages.com", "quiet.com", "www.pages.com"]
    assert found["badges"][1]["after"] == {"state": "documented", "shape": "single_report", "count": 1}


def test_plan_of_a_bad_seed_is_its_problems(govties: Govties, world: World) -> None:
    put("quiet", colour="red")(world)
    world.write()
    with pytest.raises(BadSeed):
        govties("plan")


def test_report_gives_the_figures(govties: Govties, world: World) -> None:
    assert "There is no list of the most visited sites" in govties("report")
    (world.folder / "coverage.csv").write_text("# how\ndomain,category,note\nbigco.com,shops,\nnobody.com,shops,x\n")
    told = govties("report")
    assert "in the data                 1 of 2 (50%)" in told
    assert "Sites not researched: 1: nobody.com" in told
    found = json.loads(govties("report", "--json"))
    assert found["figures"]["claims"][0]["claims"] == 14
    assert len(found["unreviewed"]) == 14


def test_report_tells_dead_links_at_their_lines(govties: Govties, world: World, tmp_path: Path) -> None:
    assert "opened by sources check     0 of" in govties("report")
    (url,) = {source["url"] for source in world.companies["quiet"]["sources"].values()}
    fields = {"status": 404, "location": None, "title": None, "at": "2026-01-02T00:00:00+00:00"}
    body = {"url": url, "standing": "dead", "detail": "answered 404", **fields}
    (tmp_path / "var").mkdir(exist_ok=True)
    (tmp_path / "var" / "sources.jsonl").write_text(json.dumps(body) + "\ncut off")
    told = govties("report")
    assert "dead                        1 of 1 (100%)" in told
    line = next(line for line in told.splitlines() if "quiet.yml" in line and "dead on" in line)
    assert line.endswith(f"{url}: dead on 2026-01-02: answered 404")
    assert json.loads(govties("report", "--json"))["links"]["checked"] == 1


def test_report_names_a_bad_row_of_the_list(govties: Govties, world: World) -> None:
    (world.folder / "coverage.csv").write_text("# how\ndomain,category,note\nbigco.com,shops\n")
    with pytest.raises(BadSeed) as caught:
        govties("report")
    assert [(p.file, p.line) for p in caught.value.problems] == [("seed/coverage.csv", 3)]


def test_show_gives_every_part_its_place(govties: Govties, world: World) -> None:
    told = govties("show", "www.shoes.com").splitlines()
    assert told[0] == "www.shoes.com: via_owner, badge via_owner 1"
    text = (world.folder / "companies" / "shoes.yml").read_text().splitlines()
    (line,) = [at for at, each in enumerate(text, 1) if '"owner": "bigco"' in each]
    assert f"    seed/companies/shoes.yml:{line - 1}" in told[told.index("owner: bigco") + 1]
    assert "  summary: Summary of bigco-ice-cloud." in told
    with pytest.raises(AppError, match="empty part"):
        govties("show", "a..b")


def test_rules_are_printed(govties: Govties) -> None:
    assert "### `owner-cycle`" in govties("rules")
