"""What a caller is told when something is wrong: RFC 9457 problem details."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse


def problem(status: int, detail: str) -> JSONResponse:
    """An answer with a 4xx or 5xx status. `detail` is for the caller: say how to mend it, reveal nothing internal."""
    body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


async def http_problem(_: Request, error: Exception) -> JSONResponse:
    """For `HTTPException`, the framework's own too."""
    if not isinstance(error, HTTPException):
        raise error
    detail = error.detail
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "There is nothing at this address. README.md lists the endpoints."
    answer = problem(error.status_code, detail)
    answer.headers.update(error.headers or {})
    return answer


async def unexpected_problem(_: Request, __: Exception) -> JSONResponse:
    """For everything else. The error itself goes to the log."""
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Something went wrong on our side. The x-request-id header of this answer finds it in the logs.",
    )
