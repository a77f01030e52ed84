"""`govties seed`: curate the data. What is wrong is told with file, line and rule; then nothing is changed."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from app.db import Database
from app.desk import plan_text
from app.desk.explain import explain
from app.desk.plan import plan
from app.desk.words import report_text, shown_text
from app.errors import AppError, Unavailable
from app.publishing import BadSeed, Published, proposal, publish_seed, sound_tree
from app.releases.renewal import renew
from app.releases.signing import load_keys
from app.render.schemas import SEED, seed_schema
from app.seed_new_cli import new_cli, write_seed_file
from app.seeding.checks import check
from app.seeding.formatting import formatted, seed_files
from app.seeding.reader import Problem, read_tree
from app.seeding.report import read_sites, report
from app.seeding.rules_page import rules_page
from app.seeding.store import facts_of
from app.settings import ROOT, Settings, load_settings
from app.sources.links import links
from app.sources.state import last_checks
from app.terminal import announce, err, out, progress, show

# Problems that are printed at once: nobody reads more, and one broken file can have tens of thousands.
SHOWN = 200

seed_cli = typer.Typer(no_args_is_help=True, help="Curate the data.")
seed_cli.add_typer(new_cli, name="new")


def show_problems(problems: list[Problem]) -> None:
    """The first problems, each on a line, and how many there are on standard error."""
    _list_problems(problems)
    err.print(f"{len(problems)} problems; nothing was applied.", style="bold red")


def _list_problems(problems: list[Problem]) -> None:
    for problem in problems[:SHOWN]:
        show(str(problem))
    if len(problems) > SHOWN:
        show(f"… and {len(problems) - SHOWN} more: mend these first.")


def publish(database: Database, settings: Settings, *, allow_shrink: bool = False) -> Published:
    """Publish the seed, with a bar, and tell the running services. Raises as `publish_seed` does."""
    keys = load_keys(settings.data_dir)
    with progress() as say:
        done = publish_seed(database, settings.seed_dir, keys, say, allow_shrink=allow_shrink)
        renew(database, keys)
    if done.changes:
        announce(settings, done.release)
    return done


@seed_cli.command("check")
def seed_check() -> None:
    """Check the seed: every problem with its file, line, rule and how to mend it."""
    settings = load_settings()
    tree = read_tree(settings.seed_dir)
    problems = check(tree)
    if problems:
        show_problems(problems)
        raise typer.Exit(1)
    domains = sum(len(company.domains) for company, _ in tree.companies.values())
    ties = sum(len(company.ties) for company, _ in tree.companies.values())
    out.print(f"{len(tree.companies)} companies, {domains} domains, {ties} ties: no problem found.")


@seed_cli.command("fmt")
def seed_fmt(
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit with 1 where a file would change.")
    ] = False,
) -> None:
    """Put every file of the seed in its canonical form: fields in order, comments kept. What it says stays the same."""
    seed = load_settings().seed_dir
    problems: list[Problem] = []
    changed = 0
    for path, model in seed_files(seed):
        shown = path.relative_to(seed.parent).as_posix()
        text = formatted(path, shown, model, problems)
        if text is not None and text.encode() != path.read_bytes():
            changed += 1
            show(f"would change {shown}" if only_check else f"changed {shown}")
            if not only_check:
                write_seed_file(path, text)
    _list_problems(problems)
    show(f"{changed} files {'are not in' if only_check else 'brought into'} canonical form.")
    if problems or (only_check and changed):
        raise typer.Exit(1)


@seed_cli.command("apply")
def seed_apply(
    allow_shrink: Annotated[
        bool, typer.Option("--allow-shrink", help="Publish even if over a fifth of the domains go.")
    ] = False,
) -> None:
    """Publish the seed as the next release, whole; nothing when nothing changed."""
    settings = load_settings()
    database = Database(settings)
    try:
        database.migrate()
        done = publish(database, settings, allow_shrink=allow_shrink)
    finally:
        database.close()
    if done.changes:
        out.print(f"Release {done.release} published: {done.changes} changes, {done.counts}.")
    else:
        out.print(f"Nothing changed; release {done.release} stays.")


@seed_cli.command("plan")
def seed_plan(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown, for a pull request.")] = False,
) -> None:
    """What applying would change: records, answers, badges on which domains, sentences. Writes nothing."""
    settings = load_settings()
    database = Database(settings)
    try:
        found = plan(database, sound_tree(settings.seed_dir))
    except Unavailable as error:
        hint = "Where nothing has been published yet, run `govties seed apply` first."
        raise AppError("unavailable", 503, f"{error.detail} {hint}") from None
    finally:
        database.close()
    if as_json:
        typer.echo(plan_text.as_json(found))
        return
    for line in plan_text.as_markdown(found) if markdown else plan_text.as_text(found):
        typer.echo(line)


@seed_cli.command("report")
def seed_report(as_json: Annotated[bool, typer.Option("--json", help="As JSON, with every entry.")] = False) -> None:
    """How well the claims are documented, and what is open: stale, without a copy, unreviewed, dead links, sites."""
    settings = load_settings()
    tree = sound_tree(settings.seed_dir)
    problems: list[Problem] = []
    sites = read_sites(settings.seed_dir, problems)
    found = report(tree, sites, datetime.now(UTC).date(), links(tree, last_checks(settings.data_dir)))
    if problems:
        raise BadSeed(problems)
    if as_json:
        typer.echo(json.dumps(asdict(found), default=str, ensure_ascii=False, indent=2))
        return
    for line in report_text(found):
        show(line)


@seed_cli.command("show")
def seed_show(domain: Annotated[str, typer.Argument(help="A host name, such as zappos.com.")]) -> None:
    """The answer that this seed gives about a host, and the file and line behind each part of it."""
    settings = load_settings()
    tree = sound_tree(settings.seed_dir)
    database = Database(settings)
    try:
        with proposal(database, tree) as (_, facts):
            found = explain(tree, facts, domain)
    except Unavailable:  # no database: no imported award records, and the seed alone answers
        found = explain(tree, list(facts_of(tree)), domain)
    finally:
        database.close()
    for line in shown_text(found):
        show(line)


@seed_cli.command("schema")
def seed_schemas() -> None:
    """Write the JSON Schemas of the seed files, by which editors complete and check them."""
    folder = load_settings().seed_dir / "schema"
    try:
        folder.mkdir(exist_ok=True)
        for name in SEED:
            path = folder / f"{name}.json"
            path.write_text(json.dumps(seed_schema(name), indent=2) + "\n", "utf-8")
            out.print(f"wrote {path.relative_to(folder.parent.parent)}")
    except OSError as error:
        detail = f"{folder} cannot be written ({error.strerror}): set GOVTIES_SEED_DIR to the seed's folder."
        raise AppError("seed-dir", 500, detail) from None


@seed_cli.command("rules")
def seed_rules(
    write: Annotated[bool, typer.Option("--write", help="Write docs/rules.md anew.")] = False,
) -> None:
    """The rules that the check enforces: what each demands, why, and how to mend it."""
    if not write:
        typer.echo(rules_page(), nl=False)
        return
    path: Path = ROOT / "docs" / "rules.md"
    path.write_text(rules_page(), "utf-8")
    show(f"wrote {path.relative_to(ROOT)}")
