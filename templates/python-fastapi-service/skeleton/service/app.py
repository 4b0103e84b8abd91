"""The routes. Your own endpoints start here."""

from typing import Annotated

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, StringConstraints
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from service.base.health import Health
from service.base.metrics import Metrics
from service.base.observe import Observe
from service.base.problem import http_problem, problem, unexpected_problem
from service.settings import NAME, Settings

routes = APIRouter()


class Index(BaseModel):
    service: str


@routes.get("/")
async def index() -> Index:
    return Index(service=NAME)


class Greet(BaseModel):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Greeting(BaseModel):
    message: str


@routes.post("/v1/greetings")
async def greet(body: Greet) -> Greeting:
    """An example of an endpoint that checks its input: replace it with your first real one."""
    return Greeting(message=f"Hello, {body.name}!")


def build(settings: Settings, health: Health) -> ASGIApp:
    """The whole service."""
    metrics = Metrics()
    app = FastAPI(
        title=NAME,
        max_body_size=settings.base.max_body,
        exception_handlers={
            HTTPException: http_problem,
            RequestValidationError: _bad_input,
            Exception: unexpected_problem,
        },
    )
    app.include_router(routes)
    app.router.routes.extend([*health.routes(), metrics.route()])
    return Observe(app, metrics, settings.base.request_timeout)


async def _bad_input(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    # Where it is in the request, without what was sent: that may be a secret.
    places = (".".join(str(part) for part in each["loc"][1:]) or "body" for each in error.errors())
    reasons = (each["msg"] for each in error.errors())
    return problem(422, "; ".join(f"{place}: {reason}" for place, reason in zip(places, reasons, strict=True)))
