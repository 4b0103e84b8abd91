"""Around every request: an id, a trace that goes on from the caller's, one log line, the metrics and a time limit."""

import asyncio
import logging
import re
import time
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, StatusCode
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.base.logs import work
from service.base.metrics import Metrics
from service.base.problem import problem

REQUEST_ID = "x-request-id"
"""Comes in with a request or is made here; goes out with the answer and stands in every log line in between."""

HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A caller's request id that is taken over as it is."""

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""These come every few seconds and would drown the rest of the log."""

log = logging.getLogger(__name__)
tracer = trace.get_tracer("service")


class Observe:
    """Goes around the whole application, so that a request that fails or is refused is seen too."""

    def __init__(self, app: ASGIApp, metrics: Metrics, timeout: float) -> None:
        self._app = app
        self._metrics = metrics
        self._timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sent = headers.get(REQUEST_ID, "")
        request_id = sent if HARMLESS.fullmatch(sent) else str(uuid4())
        token = work.set({"request_id": request_id})
        started = time.perf_counter()
        try:
            with (
                self._metrics.in_flight.track_inprogress(),
                tracer.start_as_current_span(
                    scope["method"], context=propagate.extract(headers), kind=SpanKind.SERVER
                ) as span,
            ):
                answer = _Answer(send, request_id)
                await self._run(scope, receive, answer)
                seconds = time.perf_counter() - started
                # FastAPI does not name the routes that are not its own.
                unnamed = scope["path"] if scope["path"] in PROBES else "unmatched"
                route = str(getattr(scope.get("route"), "path", unnamed))
                self._metrics.answered(scope["method"], route, answer.status, seconds)
                seen = {
                    "http.request.method": scope["method"],
                    "http.route": route,
                    "http.response.status_code": answer.status,
                }
                # A path that matched may have in it what is nobody else's, such as the id of a conversation.
                if route == "unmatched":
                    seen["url.path"] = scope["path"]
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes(seen)
                if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    span.set_status(StatusCode.ERROR)
                level = logging.DEBUG if route in PROBES else logging.INFO
                log.log(level, "answered", extra={"fields": {**seen, "duration_ms": round(seconds * 1000)}})
        finally:
            work.reset(token)

    async def _run(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        try:
            async with asyncio.timeout(self._timeout) as limit:
                answer.limit = limit
                await self._app(scope, receive, answer)
        except Exception as error:
            if isinstance(error, TimeoutError) and not answer.started:
                late = problem(HTTPStatus.SERVICE_UNAVAILABLE, "This took too long. Try again in a moment.")
                await late(scope, receive, answer)
                return
            # The framework has answered by now; this one request is all that it costs.
            log.exception("failed")


class _Answer:
    """Passes an answer on, and remembers what is asked of it afterwards."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._request_id = request_id
        self.limit: asyncio.Timeout | None = None
        self.status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        self.started = False

    async def __call__(self, message: Message | dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID] = self._request_id
            # What is streamed may take longer.
            if self.limit is not None and not self.limit.expired():
                self.limit.reschedule(None)
        await self._send(message)
