"""What routes are given."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.render.wording import Lang
from app.settings import Settings
from app.web.current import Edition, Library


def _library(request: Request) -> Library:
    library: Library = request.app.state.library
    return library


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


TheLibrary = Annotated[Library, Depends(_library)]
TheSettings = Annotated[Settings, Depends(_settings)]


def _edition(request: Request, library: TheLibrary) -> Edition:
    edition = library.current.edition()
    request.state.release = edition.row.number
    return edition


TheEdition = Annotated[Edition, Depends(_edition)]
Language = Annotated[Lang, Query(description="Language of the sentences.")]
