"""What the commands print with, and the progress bar of long publications."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.publishing import STEPS
from app.settings import Settings
from app.shared import Shared

out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


def show(text: str) -> None:
    """A line as it stands."""
    out.print(text, markup=False, highlight=False)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A bar on standard error, where that is a terminal, that goes one step on with every text that it is given."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=STEPS)
        yield lambda text: bar.update(task, description=text, advance=1)


def announce(settings: Settings, release: int) -> None:
    """Tell the running services that a release has been published; without Redis they find it by themselves."""
    if settings.redis_url:
        shared = Shared(settings.redis_url, settings.redis_timeout, settings.redis_ttl)
        shared.announce(release)
        shared.close()
