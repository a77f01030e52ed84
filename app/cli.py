"""`govties`: run the service, curate the seed, package the extension.

A command's module is loaded when the command is called: all of them together take seconds, and `serve` needs few.
"""

import sys
from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

# Command or group of commands: where it stands, what it says of itself.
PARTS: Final = {
    "serve": ("serve_cli.serve_command", "Serve the interface and the pages, as the settings say."),
    "run": ("run_cli.run", "Make everything ready and serve: migrate, load the seed, package the extension."),
    "seed": ("seed_cli.seed_cli", "Curate the data."),
    "db": ("run_cli.db_cli", "The database schema."),
    "extension": ("run_cli.extension_cli", "The browser extension."),
    "release": ("release_cli.release_cli", "Releases: list, compare, roll back, sign, verify."),
    "awards": ("awards_cli.awards_cli", "Award records: import, quarantine, matching."),
    "inbox": ("inbox_cli.inbox_cli", "What readers sent in: list, show, accept, decline."),
    "sources": ("sources_cli.sources_cli", "The sources of the seed: check them, archive them."),
}


def load(place: str) -> Any:
    """What stands at a place in app/."""
    module, _, name = place.partition(".")
    return getattr(import_module(f"app.{module}"), name)


def command(name: str) -> Any:
    """A command or a group of PARTS, loaded."""
    part = load(PARTS[name][0])
    if isinstance(part, typer.Typer):
        return get_group(part)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(part)
    return get_command(alone)


class Commands(TyperGroup):
    """Shows the help of commands that are not loaded, and calls loaded ones."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments name, and the rest of them."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, name and command(name), rest


cli = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for part, (_, said) in PARTS.items():
    cli.command(part, help=said)(lambda: None)


def main() -> None:
    """The command line. An AppError is said in one line and exits with 1; nothing shows a traceback."""
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not load("failures.report")(error):
            raise
        sys.exit(1)
