"""`govties inbox`, as a maintainer types it: an accepted suggestion becomes an edit that cannot be published blank."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import cli
from app.db import Database
from app.errors import AppError
from app.inbox.store import put_in
from app.inbox.suggestion import NewSuggestion
from app.queries import suggestions as query
from app.seeding.checks import check
from app.seeding.editing import parse, written
from app.seeding.reader import read_tree
from app.settings import ROOT, Settings
from tests.conftest import make_settings
from tests.worlds import World

Run = Callable[..., str]
SENT = {"text": 'It was sold in 2024.\nThe paper says: "sold" # really', "source_url": "https://paper.com/a?b=1#c:d"}


@pytest.fixture
def desk(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a desk with the made-up seed, as YAML with a comment in it."""
    folder = world.write()
    for path in folder.glob("companies/*.yml"):
        record = json.loads(path.read_text("utf-8"))
        path.write_text("# kept as it is\n" + written(parse(_block(record))), "utf-8")
    settings = make_settings(tmp_path, seed_dir=folder)
    monkeypatch.setattr("app.inbox_cli.load_settings", lambda: settings)
    Database(settings).migrate()
    return settings


def _block(value: object, indent: int = 0) -> str:
    """JSON as block YAML, so that edits are read as people's files are."""
    space = " " * indent
    if isinstance(value, dict):
        return "".join(f"\n{space}{key}:{_block(inner, indent + 2)}" for key, inner in value.items())
    if isinstance(value, list):
        return "".join(f"\n{space}-{_block(inner, indent + 2)}" for inner in value)
    return f" {json.dumps(value)}" if value is not None else ""


@pytest.fixture
def run(desk: Settings) -> Run:
    def typed(*words: str) -> str:
        done = CliRunner().invoke(cli.cli, ["inbox", *words], env={"COLUMNS": "200"})
        if isinstance(done.exception, AppError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    return typed


def put(settings: Settings, **more: str) -> str:
    database = Database(settings)
    row = put_in(database, NewSuggestion.checked({"kind": "correction", **SENT, **more}))
    database.close()
    return row.id


def blanks(settings: Settings) -> list[tuple[str, int, str]]:
    """What the check refuses, each with the text of its line."""
    found = check(read_tree(settings.seed_dir))
    root = settings.seed_dir.parent
    return [(p.file, p.line, (root / p.file).read_text("utf-8").splitlines()[p.line - 1].strip()) for p in found]


def test_list_and_show(run: Run, desk: Settings) -> None:
    assert "Nothing waits" in run("list")
    ticket = put(desk, company="shoes")
    assert ticket in run("list")
    assert "correction" in run("list")
    assert SENT["source_url"] in run("show", ticket[:6])
    assert "the company's own" not in run("show", ticket)
    assert json.loads(run("list", "--json"))[0]["text"] == SENT["text"]
    assert json.loads(run("show", ticket, "--json"))["state"] == "open"


def test_a_correction_of_a_tie_becomes_a_blank_change_and_its_source(run: Run, desk: Settings) -> None:
    assert blanks(desk) == []
    ticket = put(desk, company="shoes", tie="bigco-ice-cloud")
    before = (desk.seed_dir / "companies/bigco.yml").read_text("utf-8")
    said = run("accept", ticket, "--reason", "The paper says so.")
    path = desk.seed_dir / "companies/bigco.yml"
    assert f"git switch -c suggestion-{ticket[:8]}" in said
    after = path.read_text("utf-8")
    assert "It was sold in 2024." in after
    assert [line for line in before.splitlines() if line not in after.splitlines()] == [], "nothing else changed"
    lines = [line for _, _, line in blanks(desk)]
    assert {"publisher:", "type:", "status:", "note:"} <= set(lines)
    filled = after.replace("publisher:\n", "publisher: The Paper\n").replace("type:\n", "type: press\n")
    filled = filled.replace("status:\n", "status: corrected\n").replace("note:\n", "note: Sold in 2024.\n")
    path.write_text(filled, "utf-8")
    assert [line for _, _, line in blanks(desk)] == [f"suggestion-{ticket[:8]}:"], "its source is used by no claim yet"


def test_a_company_s_reply_becomes_a_statement(run: Run, desk: Settings) -> None:
    ticket = put(desk, kind="company_reply", company="bigco", tie="bigco-ice-cloud")
    assert "Is that page the company's own?" in run("show", ticket)
    run("accept", ticket, "--reason", "Its own site.")
    lines = [line for _, _, line in blanks(desk)]
    assert {"publisher:", "type:", "date:", "quote:"} <= set(lines)


def test_an_addition_becomes_a_blank_tie_or_a_site(run: Run, desk: Settings) -> None:
    run("accept", put(desk, kind="addition", company="quiet"), "--reason", "Yes.")
    assert {"agency:", "evidence:", "title:"} <= {line for _, _, line in blanks(desk)}
    run("accept", put(desk, kind="addition", domain="www.newcomer.co.uk"), "--reason", "Yes.")
    fresh = parse((desk.seed_dir / "companies/newcomer-co.yml").read_text("utf-8"))
    assert fresh["domains"][0]["name"] == "newcomer.co.uk"
    assert ("seed/companies/newcomer-co.yml", 3, "name:") in blanks(desk)
    with pytest.raises(AppError, match="is there already"):
        run("accept", put(desk, kind="addition", domain="newcomer.co.org"), "--reason", "Yes.")


def test_a_patch_writes_nothing_and_applies(run: Run, desk: Settings) -> None:
    ticket = put(desk, company="shoes")
    before = (desk.seed_dir / "companies/shoes.yml").read_text("utf-8")
    patch = run("accept", ticket, "--reason", "Yes.", "--patch")
    assert (desk.seed_dir / "companies/shoes.yml").read_text("utf-8") == before
    applied = subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=desk.seed_dir.parent, capture_output=True)
    assert applied.returncode == 0, applied.stderr
    assert SENT["source_url"] in (desk.seed_dir / "companies/shoes.yml").read_text("utf-8")


def test_a_decision_needs_a_reason_and_is_made_once(run: Run, desk: Settings) -> None:
    ticket = put(desk, company="shoes")
    assert CliRunner().invoke(cli.cli, ["inbox", "decline", ticket]).exit_code == 2
    run("decline", ticket, "--reason", "The source does not say it.")
    assert ticket in run("list", "--state", "declined")
    for command in ("decline", "accept"):
        with pytest.raises(AppError, match="has been declined already"):
            run(command, ticket, "--reason", "Again.")
    with pytest.raises(AppError, match="No suggestion"):
        run("show", "zzzz")


def test_what_has_no_place_is_not_accepted(run: Run, desk: Settings) -> None:
    ticket = put(desk, company="gone")
    with pytest.raises(AppError, match="no company gone"):
        run("accept", ticket, "--reason", "Yes.")
    database = Database(desk)
    with database.read() as session:
        (row,) = query.suggestions(session)
    database.close()
    assert (row.state, row.decision) == ("open", None)


def test_every_file_of_the_real_seed_comes_back_byte_for_byte() -> None:
    for path in sorted((ROOT / "seed").glob("*/*.yml"))[::7]:
        text = path.read_text("utf-8")
        assert written(parse(text)) == text, path
