"""The routes: conversations, and answers as server-sent events."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp

from service.base.health import Health
from service.base.metrics import Metrics
from service.base.observe import Observe
from service.base.problem import http_problem, problem, unexpected_problem
from service.chat import Busy, Chat, Event, Full, Unknown
from service.guard import Refused
from service.settings import NAME, Settings

routes = APIRouter()


class Index(BaseModel):
    service: str


class Conversation(BaseModel):
    id: str


class Said(BaseModel):
    role: str
    text: str


class History(BaseModel):
    turns: list[Said]


class Question(BaseModel):
    text: str


def chat_of(request: Request) -> Chat:
    chat: Chat = request.app.state.chat
    return chat


@routes.get("/")
async def index() -> Index:
    return Index(service=NAME)


@routes.post("/v1/conversations", status_code=HTTPStatus.CREATED)
async def begin(request: Request) -> Conversation:
    return Conversation(id=await chat_of(request).begin())


@routes.get("/v1/conversations/{conversation}")
async def history(conversation: str, request: Request) -> History:
    turns = await chat_of(request).read(conversation)
    return History(turns=[Said(role=turn.role, text=turn.text) for turn in turns])


@routes.delete("/v1/conversations/{conversation}", status_code=HTTPStatus.NO_CONTENT)
async def forget(conversation: str, request: Request) -> Response:
    await chat_of(request).forget(conversation)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@routes.post("/v1/conversations/{conversation}/messages")
async def ask(conversation: str, question: Question, request: Request) -> StreamingResponse:
    """The answer is `text/event-stream`: events `delta` with `{"text"}`, then one of `done`, `refused` and `failed`."""
    events = await chat_of(request).ask(conversation, question.text)
    # Proxies that gather what they pass on are asked not to.
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_stream(events), media_type="text/event-stream", headers=headers)


async def _stream(events: AsyncGenerator[Event, None]) -> AsyncIterator[str]:
    # Closed at once when the caller hangs up, and with it the call to the model.
    async with aclosing(events):
        async for event in events:
            yield f"event: {event.kind}\ndata: {json.dumps({'text': event.text})}\n\n"


def build(chat: Chat, settings: Settings, health: Health, metrics: Metrics) -> ASGIApp:
    """The whole service."""
    app = FastAPI(
        title=NAME,
        max_body_size=settings.base.max_body,
        exception_handlers={
            HTTPException: http_problem,
            RequestValidationError: _bad_input,
            Unknown: _known(404, "There is no such conversation. Begin one: POST /v1/conversations."),
            Full: _known(409, "The conversation is as long as it may become. Begin a new one."),
            Busy: _known(429, "Too many answers are being made. Try again in a moment."),
            Refused: _refused,
            Exception: unexpected_problem,
        },
    )
    app.state.chat = chat
    app.include_router(routes)
    app.router.routes.extend([*health.routes(), metrics.route()])
    return Observe(app, metrics, settings.base.request_timeout)


def _known(status: int, detail: str) -> Callable[[Request, Exception], Coroutine[Any, Any, JSONResponse]]:
    async def handler(_: Request, __: Exception) -> JSONResponse:
        return problem(status, detail)

    return handler


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return problem(422, str(error))


async def _bad_input(_: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    # Where it is in the request, without what was sent: that is the user's own.
    places = (".".join(str(part) for part in each["loc"][1:]) or "body" for each in error.errors())
    reasons = (each["msg"] for each in error.errors())
    return problem(422, "; ".join(f"{place}: {reason}" for place, reason in zip(places, reasons, strict=True)))
