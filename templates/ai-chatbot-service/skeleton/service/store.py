"""The port to where conversations are kept, and one in memory."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Protocol

from service.model import Turn

MOST_IN_MEMORY = 10_000
"""Conversations; the one that was touched longest ago goes first."""


class Conflict(Exception):
    """The conversation went on elsewhere meanwhile."""


class Store(Protocol):
    async def create(self, conversation: str) -> None:
        """Begins a conversation under an id that nobody can guess."""
        ...

    async def read(self, conversation: str) -> list[Turn] | None:
        """What was said so far; none if there is no such conversation."""
        ...

    async def append(self, conversation: str, known: int, turns: Sequence[Turn]) -> None:
        """Adds turns to a conversation that has `known` ones, and raises `Conflict` if it has not."""
        ...

    async def delete(self, conversation: str) -> None:
        """Forgets it. Deleting it twice does no harm."""
        ...


class MemoryStore:
    def __init__(self) -> None:
        self._turns: OrderedDict[str, list[Turn]] = OrderedDict()

    async def create(self, conversation: str) -> None:
        self._turns[conversation] = []
        if len(self._turns) > MOST_IN_MEMORY:
            self._turns.popitem(last=False)

    async def read(self, conversation: str) -> list[Turn] | None:
        turns = self._turns.get(conversation)
        if turns is None:
            return None
        self._turns.move_to_end(conversation)
        return list(turns)

    async def append(self, conversation: str, known: int, turns: Sequence[Turn]) -> None:
        so_far = self._turns.get(conversation)
        if so_far is None or len(so_far) != known:
            raise Conflict
        so_far.extend(turns)

    async def delete(self, conversation: str) -> None:
        self._turns.pop(conversation, None)
