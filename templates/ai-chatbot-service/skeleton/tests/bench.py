"""The service around a model of a test's own."""

import json
from collections.abc import AsyncGenerator, Sequence

from starlette.testclient import TestClient

from service.app import build
from service.base.health import Health
from service.base.metrics import Metrics
from service.base.settings import Environment
from service.chat import Chat
from service.guard import Guard
from service.model import EchoModel, Model, ModelError, Turn, Usage
from service.settings import Settings
from service.store import MemoryStore


class Script:
    """Says these pieces, whatever it is asked, and remembers what it was asked."""

    def __init__(self, *pieces: str | Usage, fails: bool = False) -> None:
        self.asked: list[Sequence[Turn]] = []
        self._pieces = pieces
        self._fails = fails

    async def answer(self, turns: Sequence[Turn]) -> AsyncGenerator[str | Usage, None]:
        self.asked.append(turns)
        for piece in self._pieces:
            yield piece
        if self._fails:
            raise ModelError("down")


class Bench:
    def __init__(self, model: Model | None = None, **variables: str) -> None:
        settings = Settings.read(Environment(variables))
        metrics = Metrics()
        self.store = MemoryStore()
        chat = Chat(model or EchoModel(), self.store, Guard(settings.longest_message), settings, metrics)
        self.client = TestClient(build(chat, settings, Health(), metrics))

    def begin(self) -> str:
        answer = self.client.post("/v1/conversations")
        assert answer.status_code == 201
        return str(answer.json()["id"])

    def ask(self, conversation: str, text: str) -> list[tuple[str, str]]:
        """The events of an answer."""
        answer = self.client.post(f"/v1/conversations/{conversation}/messages", json={"text": text})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = []
        for block in answer.text.strip().split("\n\n"):
            kind, data = block.split("\n")
            events.append((kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))["text"]))
        return events

    def turns(self, conversation: str) -> list[tuple[str, str]]:
        answer = self.client.get(f"/v1/conversations/{conversation}")
        return [(turn["role"], turn["text"]) for turn in answer.json()["turns"]]


def text_of(events: list[tuple[str, str]]) -> str:
    return "".join(text for kind, text in events if kind == "delta")
