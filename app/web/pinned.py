"""Pages of a release that somebody cites: `?release=N` answers from that release for ever. What was retracted since is
gone from it (trust.md 12)."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request

from app.db import ReadSession
from app.models import Release
from app.queries import releases as query
from app.web.current import Edition
from app.web.deps import Language, TheEdition, TheLibrary, TheSettings
from app.web.templating import Absent, Page, unless_known

NUMBER = re.compile(r"[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinned:
    """A page, and the number of the release that its address asks for, if it asks for one."""

    page: Page
    number: int | None

    def row(self, session: ReadSession, edition: Edition) -> Release:
        """The release to answer from. Raises Absent where there is none of this number."""
        if self.number is None or self.number == edition.row.number:
            return edition.row
        found = query.release(session, self.number) if self.number < edition.row.number else None
        if found is None:
            raise no_such_release(str(self.number))
        return found


def _pinned(
    request: Request,
    library: TheLibrary,
    settings: TheSettings,
    edition: TheEdition,
    release: Annotated[str, Query(max_length=40, description="Answer from this release.")] = "",
    lang: Language = "en",
) -> Pinned:
    if release and not NUMBER.fullmatch(release):
        raise no_such_release(release)
    number = int(release) if release else None
    if number is not None:
        request.state.release = number
    page = Page(request=request, library=library, settings=settings, lang=lang, edition=edition)
    return Pinned(page=unless_known(page), number=number)


def no_such_release(asked: str) -> Absent:
    """The error for a release that was never made."""
    return Absent("no_such_release", 404, f"There is no release {asked!r}.", version=asked)


ThePinned = Annotated[Pinned, Depends(_pinned)]
