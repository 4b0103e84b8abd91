"""What a worker answers over HTTP: whether it works, whether it wants work, and its metrics."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from service.base.health import Health
from service.base.metrics import Metrics
from service.base.observe import Observe
from service.base.problem import http_problem, unexpected_problem
from service.settings import Settings


def build(settings: Settings, health: Health, metrics: Metrics) -> ASGIApp:
    app = Starlette(
        routes=[*health.routes(), metrics.route()],
        exception_handlers={HTTPException: http_problem, Exception: unexpected_problem},
        max_body_size=settings.base.max_body,
    )
    return Observe(app, metrics, settings.base.request_timeout)
