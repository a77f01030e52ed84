"""`govties run`, and its steps by themselves: the schema of the database, the extension's packages."""

from contextlib import ExitStack, suppress
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.db import Database
from app.full_stack import full_stack
from app.logs import REQUESTS, on_terminal
from app.packaging import build
from app.publishing import Published
from app.releases.signing import public_keys
from app.seed_cli import publish
from app.serving import serve
from app.settings import Settings, load_settings
from app.terminal import out

db_cli = typer.Typer(no_args_is_help=True, help="The database schema.")
extension_cli = typer.Typer(no_args_is_help=True, help="The browser extension.")


@db_cli.command("upgrade")
def db_upgrade(revision: str = "head") -> None:
    """Bring the database schema up to date."""
    Database(load_settings()).migrate(revision)


@db_cli.command("downgrade")
def db_downgrade(revision: Annotated[str, typer.Argument(help="base, or the id of a migration")]) -> None:
    """Take the database schema back."""
    Database(load_settings()).migrate(revision, down=True)


@extension_cli.command("build")
def extension_build(
    backend: Annotated[str | None, typer.Option(help="Address of the service it trusts.")] = None,
    out_dir: Annotated[Path | None, typer.Option("--out", help="Folder to write to.")] = None,
    key: Annotated[
        list[str] | None, typer.Option(help="Public key it trusts, twice: current and next. Without: this service's.")
    ] = None,
) -> None:
    """Package the extension for Chromium and Firefox: a folder and a zip each."""
    settings = load_settings()
    folder = out_dir or settings.data_dir / "extension"
    keys = key or public_keys(settings.data_dir)
    for path in build(backend or settings.address, folder, package_version("govties"), keys):
        out.print(str(path))


def run(
    stack: Annotated[
        Literal["embedded", "full"], typer.Option(help="embedded, or full: PostgreSQL and Valkey from wheels")
    ] = "embedded",
) -> None:
    """Make everything ready and serve: migrate, load the seed, package the extension."""
    settings = load_settings()
    with ExitStack() as parts:
        if stack == "full":
            settings = parts.enter_context(full_stack(settings))
        database = Database(settings)
        database.migrate()
        done = publish(database, settings)
        database.close()
        keys = public_keys(settings.data_dir)
        build(settings.address, settings.data_dir / "extension", package_version("govties"), keys)
        with suppress(OSError):  # a greeting that nobody can read, on a full disk, is no reason not to serve
            _welcome(settings, done)
        serve(settings)


def _welcome(settings: Settings, done: Published) -> None:
    folder = (settings.data_dir / "extension").resolve()
    lines = [
        f"govties serves release {done.release}: {done.counts['companies']} companies, "
        f"{done.counts['domains']} domains, {done.counts['ties']} ties.",
        f"  Look up a site      {settings.address}/",
        f"  Ask the interface   {settings.address}/v1/domains/zappos.com   (described at {settings.address}/docs)",
        f"  Load the extension  chromium: {folder / 'chromium'}",
        f"                      firefox:  {folder / 'firefox' / 'manifest.json'}",
        "  Stop with Ctrl+C." + (f"  Requests are logged in {settings.data_dir / REQUESTS}." if on_terminal() else ""),
    ]
    for line in lines:
        out.print(line, markup=False, highlight=False)
