"""`govties serve`."""

from typing import Annotated

import typer

from app.serving import serve
from app.settings import load_settings


def serve_command(
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that serve. Without: as GOVTIES_WORKERS says.")
    ] = None,
) -> None:
    """Serve the interface and the pages, as the settings say."""
    settings = load_settings()
    serve(settings.model_copy(update={"workers": workers or settings.workers}))
