"""One conversation: what is asked is checked, answered as a stream, checked again and kept."""

import logging
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Counter, Histogram

from service.base.metrics import Metrics
from service.guard import Guard, Refused
from service.model import Model, ModelError, Turn, Usage
from service.settings import Settings
from service.store import Conflict, Store

INSTRUCTIONS = "You are a helpful assistant. Answer briefly. Say so when you do not know."
"""What the model is told before every conversation. Write your own."""

log = logging.getLogger(__name__)
tracer = trace.get_tracer("service")


@dataclass(frozen=True)
class Event:
    """A piece of an answer: `delta` with text, and one of `done`, `refused` and `failed` at the end."""

    kind: str
    text: str = ""


class Unknown(Exception):
    """There is no such conversation."""


class Full(Exception):
    """The conversation is as long as it may become."""


class Busy(Exception):
    """As many answers are being made as may be."""


class Chat:
    def __init__(self, model: Model, store: Store, guard: Guard, settings: Settings, metrics: Metrics) -> None:
        self._model = model
        self._store = store
        self._guard = guard
        self._settings = settings
        self._streams = 0
        registry = metrics.registry
        self._answers = Counter("chat_answers", "Answers, by how they ended.", ("outcome",), registry=registry)
        self._tokens = Counter("chat_tokens", "Tokens, taken in and made.", ("kind",), registry=registry)
        self._refusals = Counter("chat_refusals", "What guard rails refused.", ("rule",), registry=registry)
        self._first = Histogram("chat_first_piece_seconds", "Time until an answer begins.", registry=registry)
        self._whole = Histogram("chat_answer_seconds", "Time until an answer is whole.", registry=registry)

    async def begin(self) -> str:
        """A new conversation's id. Who has it may read and go on with the conversation: nobody can guess it."""
        conversation = secrets.token_urlsafe(24)
        await self._store.create(conversation)
        return conversation

    async def read(self, conversation: str) -> list[Turn]:
        turns = await self._store.read(conversation)
        if turns is None:
            raise Unknown
        return turns

    async def forget(self, conversation: str) -> None:
        await self._store.delete(conversation)

    async def ask(self, conversation: str, text: str) -> AsyncGenerator[Event, None]:
        """Checks a question, and gives its answer, which is made while it is read. Raises `Unknown`, `Full`, `Busy`,
        and `Refused` of the guard rails, all before the answer begins."""
        try:
            text = self._guard.question(text)
        except Refused as refused:
            self._refusals.labels(refused.rule).inc()
            raise
        turns = await self.read(conversation)
        if len(turns) + 2 > self._settings.most_turns:
            raise Full
        if self._streams >= self._settings.streams:
            raise Busy
        return self._answer(conversation, turns, Turn("user", text))

    async def _answer(self, conversation: str, turns: list[Turn], question: Turn) -> AsyncGenerator[Event, None]:
        started = time.perf_counter()
        outcome = "cancelled"
        self._streams += 1
        span = tracer.start_span(f"chat {self._settings.model}", kind=SpanKind.CLIENT)
        span.set_attributes({"gen_ai.operation.name": "chat", "gen_ai.request.model": self._settings.model})
        try:
            said = ""
            guard = self._guard.answer()
            async with aclosing(self._model.answer([Turn("system", INSTRUCTIONS), *turns, question])) as pieces:
                while True:
                    # The call to the model is a part of the span; what the reader does meanwhile is not.
                    with trace.use_span(span, record_exception=False):
                        piece = await anext(pieces, None)
                    if piece is None:
                        break
                    if isinstance(piece, Usage):
                        self._count(piece, span)
                        continue
                    if not said:
                        self._first.observe(time.perf_counter() - started)
                    said += piece
                    if shown := guard.pass_on(piece):
                        yield Event("delta", shown)
            if shown := guard.rest():
                yield Event("delta", shown)
            await self._store.append(conversation, len(turns), [question, Turn("assistant", said)])
            outcome = "done"
            yield Event("done")
        except Refused as refused:
            outcome = "refused"
            self._refusals.labels(refused.rule).inc()
            yield Event("refused", str(refused))
        except Conflict:
            outcome = "conflict"
            yield Event("failed", "The conversation went on elsewhere meanwhile. Read it again, then ask again.")
        except ModelError as error:
            outcome = "failed"
            log.warning("no answer", extra={"fields": {"reason": str(error)}})
            yield Event("failed", "There is no answer just now. Try again in a moment.")
        finally:
            self._streams -= 1
            seconds = time.perf_counter() - started
            self._answers.labels(outcome).inc()
            self._whole.observe(seconds)
            if outcome != "done":
                span.set_status(StatusCode.ERROR, outcome)
            span.end()
            # What was said is the users' own: it never stands in the log.
            log.info("chatted", extra={"fields": {"outcome": outcome, "duration_ms": round(seconds * 1000)}})

    def _count(self, usage: Usage, span: trace.Span) -> None:
        self._tokens.labels("taken").inc(usage.taken)
        self._tokens.labels("made").inc(usage.made)
        span.set_attribute("gen_ai.usage.input_tokens", usage.taken)
        span.set_attribute("gen_ai.usage.output_tokens", usage.made)
