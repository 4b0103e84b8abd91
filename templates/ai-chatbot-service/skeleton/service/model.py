"""The port to a language model, and a stand-in for tests and for a machine without one."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True)
class Turn:
    """What one side of a conversation said."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True)
class Usage:
    """What an answer cost, in tokens."""

    taken: int
    made: int


class ModelError(Exception):
    """The model gave no answer. The message is for the log, not for callers."""


class Model(Protocol):
    def answer(self, turns: Sequence[Turn]) -> AsyncGenerator[str | Usage, None]:
        """The next turn, in pieces as they are made; then what it cost, if the model says so. Raises `ModelError`."""
        ...


class EchoModel:
    """Says what it was told, word by word."""

    async def answer(self, turns: Sequence[Turn]) -> AsyncGenerator[str | Usage, None]:
        words = f"You said: {turns[-1].text}".split(" ")
        for number, word in enumerate(words):
            yield word if number == 0 else f" {word}"
        yield Usage(taken=sum(len(turn.text.split()) for turn in turns), made=len(words))
