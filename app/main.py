"""The application: settings in, routers on, errors mapped, one guard around it all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.types import ASGIApp

from app import logs
from app.db import Database
from app.settings import Settings, load_settings
from app.web import agencies, awards, companies, docs, health, lookup, pages, problems, releases, search, suggestions
from app.web.current import Library
from app.web.docs import Api
from app.web.guard import Guard
from app.web.hot import Hot
from app.web.limits import Limiter

DESCRIPTION = """
Who owns this website, and which documented ties does that company have with government agencies, says who, and is it
still true? Every answer carries its sources and the number of the release it was made from. Money is a decimal string;
dates have the precision they are known to. "Not researched" is never "none".
"""


def create_api(settings: Settings) -> FastAPI:
    """The FastAPI application, without the guard around it."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        logs.configure(settings.log_level, settings.data_dir)
        app.state.library.start()
        yield
        app.state.library.close()

    api = Api(
        title="govties",
        version=version("govties"),
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.settings = settings
    api.state.library = Library(settings, Database(settings, from_replica=True))
    api.state.limiter = Limiter(settings)
    nouns = (lookup, search, companies, awards, agencies, releases, suggestions, health)
    for router in (*(noun.router for noun in nouns), releases.feed, suggestions.pages):
        api.routes.extend(router.routes)  # `include_router` would build each anew when first asked: 50 ms and more
    docs.install(api)
    pages.install(api)
    problems.install(api)
    return api


def create_app(settings: Settings | None = None) -> ASGIApp:
    """What a server runs: `uvicorn app.main:create_app --factory`."""
    settings = settings or load_settings()
    api = create_api(settings)
    room = settings.memo_mib * 2**20
    return Hot(Guard(api), api.state.library, room, logs_requests=settings.log_level == "debug")
