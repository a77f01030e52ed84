"""`govties awards`: import USAspending's files, look at what was refused, and find identifiers that are missing."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from app.awards.files import Part, find_parts, unpacked
from app.awards.gates import MEANINGS
from app.awards.rollup import Harvest
from app.awards.unmatched import proposals, unmatched
from app.awards.usaspending import Loaded, load
from app.awards.warehouse import Warehouse, open_warehouse
from app.db import Database
from app.errors import AppError
from app.publishing import Imported, publish_awards, sound_tree
from app.releases.signing import load_keys
from app.render.money import dollars
from app.settings import load_settings
from app.terminal import announce, err, show

# One row in twenty refused is more than the government's files ever had; it means another layout or a broken file.
ACCEPT = 0.95

awards_cli = typer.Typer(no_args_is_help=True, help="Award records: import, quarantine, matching.")
Limit = Annotated[int, typer.Option(min=1, max=1_000_000, help="So many lines at most.")]


@awards_cli.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV, zip or gz files of USAspending, or folders of them.")],
    accept: Annotated[
        float, typer.Option(min=0, max=1, help="The least share of a file's rows that must pass the gates.")
    ] = ACCEPT,
) -> None:
    """Read award files into the importer's store, then publish what they hold for the companies of the seed."""
    settings = load_settings()
    database = Database(settings)
    database.migrate()
    with open_warehouse(settings.data_dir) as warehouse:
        for part in find_parts(files):
            _tell(_load(warehouse, part, accept))
        tree = sound_tree(settings.seed_dir)
        done = publish_awards(database, Harvest(warehouse, tree), tree, load_keys(settings.data_dir))
    if done.published.changes:
        announce(settings, done.published.release)
    _tell_published(done)


def _load(warehouse: Warehouse, part: Part, accept: float) -> Loaded:
    """Load one file, with bars on standard error that show rate and time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=err, transient=True) as bars:
        first = bars.add_task(f"Unpacking {part.name}" if part.packed else f"Hashing {part.name}", total=part.size)
        with unpacked(part, warehouse.spool, lambda came: bars.update(first, advance=came)) as plain:
            size, today = plain.path.stat().st_size, datetime.now(UTC).date()
            then = bars.add_task(f"Loading {part.name}", total=size)
            told = lambda share: bars.update(then, completed=int(share * size))  # noqa: E731
            return load(warehouse, part, plain, today, accept, told)


def _tell(loaded: Loaded) -> None:
    refused = sum(loaded.quarantined.values())
    rules = ", ".join(f"{rule} {count:,}" for rule, count in loaded.quarantined.items())
    again = ", read before: nothing to do" if loaded.again else ""
    show(f"{loaded.name} ({loaded.layout}{again})")
    show(
        f"  {loaded.read:,} rows read = {loaded.stored:,} stored + {loaded.known:,} known already"
        f" + {loaded.older:,} older than what is stored + {refused:,} quarantined{f' ({rules})' if rules else ''}"
    )


def _tell_published(done: Imported) -> None:
    if done.awards:
        show(f"Published: {done.awards.added:,} award rows new or changed, {done.awards.removed:,} gone.")
    if done.published.changes:
        show(f"Release {done.published.release} published: {done.published.changes:,} changes.")
    else:
        show(f"Nothing changed; release {done.published.release} stays.")


@awards_cli.command("quarantine")
def show_quarantine(
    rule: Annotated[str | None, typer.Option(help="Only rows that failed this rule.")] = None, limit: Limit = 50
) -> None:
    """The rows that failed a sanity gate: file, row, award, rule, value. The header is row 1."""
    if rule is not None and rule not in MEANINGS:
        raise AppError("award-rule", 422, f"There is no rule {rule}. The rules: {', '.join(MEANINGS)}.")
    query = f"""
        SELECT f.name, q.row, q.award, q.rule, q.field, q.value FROM quarantine q JOIN file f ON f.id = q.file
        WHERE $1 IS NULL OR q.rule = $1 ORDER BY f.id, q.row LIMIT {limit}
    """  # noqa: S608  # a number
    with open_warehouse(load_settings().data_dir, read_only=True) as warehouse:
        rows = warehouse.run(query, [rule])
        total = warehouse.value("SELECT count(*) FROM quarantine WHERE $1 IS NULL OR rule = $1", [rule])
    for row in rows:
        typer.echo("\t".join(str(cell or "-") for cell in row))
    for name in dict.fromkeys(row[3] for row in rows):
        show(f"{name}: {MEANINGS[name]}.")
    show(f"{len(rows):,} of {total:,} rows shown.")


@awards_cli.command("unmatched")
def show_unmatched(
    agency: Annotated[str | None, typer.Option(help="Only this agency's awards, by its id.")] = None,
    limit: Limit = 30,
) -> None:
    """Recipients that are no company of the data, the most money first."""
    settings = load_settings()
    with open_warehouse(settings.data_dir, read_only=True) as warehouse:
        found = unmatched(warehouse, sound_tree(settings.seed_dir), agency, limit)
    for each in found:
        money = f"USD {dollars(each.obligated)} in {each.awards:,} awards, {each.first} to {each.last}"
        show(f"{each.name}: {money}, {each.agency}; reported parent: {each.parent or 'none'}")


@awards_cli.command("suggest")
def suggest(
    company: Annotated[str | None, typer.Argument(help="The id of one company; without it all of them.")] = None,
) -> None:
    """Identifiers that companies may lack, with the evidence, ready to paste into their files. Nothing is applied."""
    settings = load_settings()
    today: date = datetime.now(UTC).date()
    with open_warehouse(settings.data_dir, read_only=True) as warehouse:
        found = list(proposals(warehouse, sound_tree(settings.seed_dir), company))
    for each in found:
        show(each.yaml(today) + "\n")
    show(f"# {len(found)} proposals. Check each against its record before it goes into a file.")
