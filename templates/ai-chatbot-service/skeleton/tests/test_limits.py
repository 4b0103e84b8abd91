"""How many answers are made at once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from service.base.metrics import Metrics
from service.base.settings import Environment
from service.chat import Busy, Chat
from service.guard import Guard
from service.model import Turn, Usage
from service.settings import Settings
from service.store import MemoryStore


class Waiting:
    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def answer(self, _: Sequence[Turn]) -> AsyncGenerator[str | Usage, None]:
        await self.go_on.wait()
        yield "Fine."


def test_one_too_many_is_told_to_come_back_and_one_that_ends_makes_room() -> None:
    async def run() -> None:
        model = Waiting()
        settings = Settings.read(Environment({"MAX_STREAMS": "1"}))
        chat = Chat(model, MemoryStore(), Guard(100), settings, Metrics())
        first, second = await chat.begin(), await chat.begin()
        events = await chat.ask(first, "Hi")
        reading = asyncio.create_task(anext(events))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await chat.ask(second, "Hi")
        model.go_on.set()
        assert (await reading).text == "Fine."
        assert [event.kind async for event in events] == ["done"]
        assert [event.kind async for event in await chat.ask(second, "Hi")] == ["delta", "done"]

    asyncio.run(run())


def test_a_conversation_that_went_on_elsewhere_is_not_overwritten() -> None:
    async def run() -> None:
        model = Waiting()
        model.go_on.set()
        chat = Chat(model, MemoryStore(), Guard(100), Settings.read(Environment({})), Metrics())
        conversation = await chat.begin()
        one, other = await chat.ask(conversation, "one"), await chat.ask(conversation, "other")
        assert [event.kind async for event in one] == ["delta", "done"]
        assert [event.kind async for event in other] == ["delta", "failed"]
        assert [turn.text for turn in await chat.read(conversation)] == ["one", "Fine."]

    asyncio.run(run())
