"""One table from exceptions to answers: problem+json everywhere, a page where a person asked for a page."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.errors import AppError
from app.web.deps import Moved
from app.web.respond import FRESH, problem
from app.web.templating import NotModified, failed, wants_page

INTERNAL = AppError("internal", 500, "Something went wrong here; it has been logged.")
UNFINISHED = AppError("request-timeout", 408, "Only part of the request arrived: send it again.")


def install(app: FastAPI) -> None:
    """Give every error of the application, the framework's own included, one form."""
    app.add_exception_handler(Moved, _moved)
    app.add_exception_handler(AppError, _app_error)
    app.add_exception_handler(NotModified, _not_modified)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _unfinished)
    app.add_exception_handler(Exception, _unexpected)


def _moved(_: Request, moved: Exception) -> Response:
    assert isinstance(moved, Moved)
    return Response(status_code=308, headers={"Location": moved.location, "Cache-Control": FRESH})


def _app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    return _answer(request, error)


def _not_modified(_: Request, known: Exception) -> Response:
    assert isinstance(known, NotModified)
    return known.response


def _unfinished(_: Request, __: Exception) -> Response:
    """Nobody is left to read this: it is for the log and the metrics, where 500 means a fault of ours."""
    return problem(UNFINISHED)


def _unexpected(_: Request, __: Exception) -> Response:
    """The guard outside logs it."""
    return problem(INTERNAL)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in ("query", "path", "body"))
    return _answer(request, AppError("invalid-parameter", 422, f"{where}: {first['msg']}."))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    details = {
        404: "Nothing stands at this address. The interface is described at /docs.",
        405: "This address does not take this method.",
    }
    detail = details.get(error.status_code, HTTPStatus(error.status_code).description or str(error.detail))
    slug = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return _answer(request, AppError(slug, error.status_code, detail), dict(error.headers or {}))


def _answer(request: Request, error: AppError, headers: dict[str, str] | None = None) -> Response:
    return failed(request, error) if wants_page(request) else problem(error, headers)
