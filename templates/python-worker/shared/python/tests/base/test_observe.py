"""What surrounds every request."""

import asyncio
import time

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from service.base.metrics import Metrics
from service.base.observe import Observe
from service.base.problem import http_problem, unexpected_problem
from service.base.traces import TimedIds


async def fail(_: Request) -> PlainTextResponse:
    raise RuntimeError("a secret detail")


async def hang(_: Request) -> PlainTextResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def stream(_: Request) -> StreamingResponse:
    async def parts():
        yield "a"
        await asyncio.sleep(0.05)
        yield "b"

    return StreamingResponse(parts())


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(await request.body())


def client(timeout: float = 10.0) -> TestClient:
    app = Starlette(
        routes=[
            Route("/fail", fail),
            Route("/hang", hang),
            Route("/stream", stream),
            Route("/echo/{id}", echo, methods=["POST"]),
        ],
        exception_handlers={HTTPException: http_problem, Exception: unexpected_problem},
        max_body_size=8,
    )
    metrics = Metrics()
    app.router.routes.append(metrics.route())
    return TestClient(Observe(app, metrics, timeout))


@pytest.mark.parametrize(("sent", "kept"), [("abc-1.2_3", True), ("a b", False), ("", False), ("x" * 65, False)])
def test_a_harmless_request_id_is_kept_and_any_other_replaced(sent: str, kept: bool) -> None:
    answer = client().get("/nothing", headers={"x-request-id": sent})
    assert (answer.headers["x-request-id"] == sent) == kept
    assert answer.headers["x-request-id"]


def test_an_unknown_address_is_a_problem() -> None:
    answer = client().get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "README.md" in answer.json()["detail"]


def test_an_unexpected_error_is_one_failed_request_and_tells_nothing() -> None:
    some = client()
    for _ in range(2):
        answer = some.get("/fail")
        assert answer.status_code == 500
        assert answer.headers["x-request-id"]
        assert "a secret detail" not in answer.text


def test_a_request_that_takes_too_long_is_cut_off() -> None:
    answer = client(timeout=0.001).get("/hang")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_streamed_may_take_longer() -> None:
    assert client(timeout=0.04).get("/stream").text == "ab"


@pytest.mark.parametrize(("body", "status"), [("12345678", 200), ("123456789", 413)])
def test_a_body_over_the_limit_is_refused(body: str, status: int) -> None:
    assert client().post("/echo/1", content=body).status_code == status


def test_metrics_count_by_route_and_never_by_path() -> None:
    some = client()
    some.post("/echo/17", content="x")
    some.get("/no/such/path")
    answer = some.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert 'http_requests_total{method="POST",route="/echo/{id}",status="200"} 1.0' in lines
    assert 'http_requests_total{method="GET",route="unmatched",status="404"} 1.0' in lines
    assert "http_requests_in_flight 1.0" in lines
    assert "/no/such/path" not in answer.text


def test_a_trace_id_begins_with_the_second_it_was_made_in() -> None:
    before = int(time.time())
    made = TimedIds().generate_trace_id() >> 96
    assert before <= made <= int(time.time())
