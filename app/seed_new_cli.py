"""`govties seed new`: a record's file, asked for question by question. Blanks stay blank; the check names them."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from app.db import Database
from app.errors import AppError, Unavailable
from app.queries.releases import was_published
from app.seeding import templates
from app.seeding.fields import Slug
from app.seeding.reader import read_tree
from app.seeding.rules_references import all_ids
from app.settings import Settings, load_settings
from app.terminal import show

new_cli = typer.Typer(no_args_is_help=True, help="Write a new record with blanks to fill in.")
Id = Annotated[str, typer.Argument(help="The id: lower-case words joined by hyphens, stable for ever.")]
Quiet = Annotated[bool, typer.Option("--no-input", help="Ask nothing; what is not given stays blank.")]
Text = Annotated[str | None, typer.Option()]
By = Annotated[str | None, typer.Option(help="Your handle, if you have compared the claim with its source today.")]


@new_cli.command("company")
def new_company(
    id_: Id,
    name: Text = None,
    legal_name: Text = None,
    domain: Text = None,
    url: Text = None,
    publisher: Text = None,
    source_type: Text = None,
    by: By = None,
    no_input: Quiet = False,
) -> None:
    """A company: `seed/companies/ID.yml`, with the domain that it operates."""
    settings, ask = load_settings(), _Asker(no_input)
    path = settings.seed_dir / "companies" / f"{id_}.yml"
    tree = read_tree(settings.seed_dir)
    _free(settings, id_, path, {*tree.companies, *(redirect.old_id for redirect in tree.redirects.values())})
    title = ask(name, "Name, as people know it") or id_
    legal = ask(legal_name, "Name in filings, where it differs")
    site = ask(domain, "A domain that it operates")
    given = _given(ask, "site", url, publisher, source_type, by) if site else templates.Given(key="site")
    _write(settings, path, templates.company(id_, title, legal, site, given))


@new_cli.command("agency")
def new_agency(
    id_: Id,
    name: Text = None,
    short_name: Text = None,
    country: Text = None,
    parent: Text = None,
    no_input: Quiet = False,
) -> None:
    """An agency: `seed/agencies/ID.yml`."""
    settings, ask = load_settings(), _Asker(no_input)
    path = settings.seed_dir / "agencies" / f"{id_}.yml"
    _free(settings, id_, path, read_tree(settings.seed_dir).agencies)
    title = ask(name, "Name") or id_
    short = ask(short_name, "Short name, as in sentences") or title
    land = ask(country, "Country, two letters") or id_[:2].upper()
    _write(settings, path, templates.agency(id_, title, short, land, ask(parent, "Id of the agency above it")))


@new_cli.command("tie")
def new_tie(
    company: Annotated[str, typer.Argument(help="The id of the company that holds the tie.")],
    id_: Id,
    agency: Text = None,
    kind: Text = None,
    status: Text = None,
    status_as_of: Text = None,
    evidence: Text = None,
    title: Text = None,
    summary: Text = None,
    source: Annotated[str | None, typer.Option(help="The key of the source: one of the file's, or a new one.")] = None,
    url: Text = None,
    publisher: Text = None,
    source_type: Text = None,
    by: By = None,
    no_input: Quiet = False,
) -> None:
    """A tie, in its company's file, with its source."""
    settings, ask = load_settings(), _Asker(no_input)
    tree = read_tree(settings.seed_dir)
    path = settings.seed_dir / "companies" / f"{company}.yml"
    if company not in tree.companies:
        raise AppError("seed-id", 422, f"{path}: no company {company} can be read there: see `govties seed check`.")
    _free(settings, id_, None, {name for name, _, _ in all_ids(tree)})
    words = {
        "agency": ask(agency, "Id of the agency"),
        "kind": ask(kind, "Kind (prime_contract, subcontract, reseller, supplier_of_contractor, grant, other)"),
        "status": ask(status, "Status (active, ending_announced, ended, unknown)"),
        "status_as_of": ask(status_as_of, "As of which date a source shows that"),
        "evidence": ask(evidence, "Evidence (record, corroborated, single_report)"),
        "title": ask(title, "A short heading"),
        "summary": ask(summary, "Who, for whom, what, when, how much, who says so"),
    }
    key = ask(source, "Key of the source in the file") or f"{id_}-source"[:80]
    known = key in tree.companies[company][0].sources
    given = templates.Given(key=key, by=by, on=_today()) if known else _given(ask, key, url, publisher, source_type, by)
    _write(settings, path, templates.with_tie(path.read_text("utf-8-sig"), given, {"id": id_, **words}))


class _Asker:
    """Asks for what has not been given, unless nothing is to be asked. An empty answer is none."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, given: str | None, question: str) -> str | None:
        if given is None and not self._quiet:
            given = typer.prompt(question, default="", show_default=False)
        return (given or "").strip() or None


def _given(
    ask: _Asker, key: str, url: str | None, publisher: str | None, type_: str | None, by: str | None
) -> templates.Given:
    return templates.Given(
        key=key,
        url=ask(url, "Source: the deep link"),
        publisher=ask(publisher, "Source: who publishes it"),
        type=ask(type_, "Source: type (government_record, company_statement, filing, court, press, ngo, dataset)"),
        by=ask(by, "Your handle, if you have compared it with the source today"),
        on=_today(),
    )


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _free(settings: Settings, name: str, path: Path | None, taken: Collection[str]) -> None:
    """Raises AppError where an id has no good form, is taken, or was some release's once: ids are never used again."""
    try:
        TypeAdapter(Slug).validate_python(name)
    except ValidationError:
        detail = f"{name!r} is no id: write lower-case letters and digits, words joined by single hyphens."
        raise AppError("seed-id", 422, detail) from None
    if name in taken or (path is not None and path.exists()):
        raise AppError("seed-id", 422, f"The id {name} is taken: choose another, or edit that record.")
    if _was_published(settings, name):
        raise AppError("seed-id", 422, f"The id {name} stood in a release and is never used again: choose another.")


def _was_published(settings: Settings, name: str) -> bool:
    database = Database(settings)
    try:
        with database.read() as session:
            return was_published(session, name)
    except Unavailable:
        return False  # there is no database here; the tree alone was asked
    finally:
        database.close()


def _write(settings: Settings, path: Path, text: str) -> None:
    write_seed_file(path, text)
    show(f"wrote {path.relative_to(settings.seed_dir.parent)}; now `govties seed check` names the blanks.")


def write_seed_file(path: Path, text: str) -> None:
    """Put a text in a file's place, whole. Raises AppError `seed-dir`."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, "utf-8")
        new.replace(path)
    except OSError as error:
        detail = f"{path} cannot be written ({error.strerror}): set GOVTIES_SEED_DIR to the seed's folder."
        raise AppError("seed-dir", 500, detail) from None
