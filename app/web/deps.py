"""What routes are given."""

from typing import Annotated

from fastapi import Depends, Query, Request

from app.errors import NotFound
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


class Moved(Exception):  # noqa: N818
    """The company has another id now, for ever: `location` is the same address with it."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


def _company_id(id: str, request: Request, edition: TheEdition) -> str:
    """The id of a company in a path, if it can exist. Raises Moved where it is retired, NotFound where none is so."""
    new = edition.redirects.get(id)
    if new is None:
        return known_id(id, "company")
    query = request.url.query
    path: str = request.scope["route"].path.replace("{id}", new)
    raise Moved(f"{path}?{query}" if query else path)


def known_id(name: str, what: str) -> str:
    """An id that can exist. PostgreSQL refuses NUL in text, and no id is so long."""
    if len(name) > 300 or "\0" in name:
        raise NotFound(what, "")
    return name


CompanyId = Annotated[str, Depends(_company_id)]
Language = Annotated[Lang, Query(description="Language of the sentences.")]
