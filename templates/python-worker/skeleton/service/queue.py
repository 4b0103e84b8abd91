"""The port to a queue, and one in memory for tests and for a machine without a queue."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Message:
    """One delivery of a message."""

    id: str
    """Of the message: the same in each delivery."""
    receipt: str
    """Of this delivery: what it is answered by."""
    body: str
    attempt: int
    """1 the first time."""
    headers: dict[str, str] = field(default_factory=dict)
    """Where its trace comes from, if the sender said so."""


class Queue(Protocol):
    """A queue as SQS has it: a message that was taken is hidden from others for a while, and comes back unless it is
    deleted. A message that comes back too often goes to the queue's dead-letter queue."""

    async def receive(self, most: int) -> list[Message]:
        """Takes up to `most` messages (1 to 10); waits a while for the first, and may return none."""
        ...

    async def delete(self, message: Message) -> None:
        """It is done. Deleting it twice does no harm."""
        ...

    async def extend(self, message: Message) -> None:
        """It takes longer: hides it for the full time again."""
        ...

    async def release(self, message: Message, seconds: int) -> None:
        """It could not be done: shows it to others again after so many seconds."""
        ...

    async def bury(self, message: Message, reason: str) -> None:
        """It can never be done: puts it to the dead letters."""
        ...


class MemoryQueue:
    """The port's meaning, in memory. Time is told to it, so that tests own it."""

    def __init__(self, *, visibility: int = 60) -> None:
        self.now = 0
        self.dead: list[tuple[str, str]] = []
        """Buried bodies, each with the reason."""
        self.extended = 0
        self._visibility = visibility
        self._waiting: deque[tuple[int, str, str, int, dict[str, str]]] = deque()
        self._taken: dict[str, tuple[int, str, str, int, dict[str, str]]] = {}
        self._count = 0
        self._arrived = asyncio.Event()

    def put(self, body: str, headers: dict[str, str] | None = None) -> None:
        self._count += 1
        self._waiting.append((self.now, f"message-{self._count}", body, 0, headers or {}))
        self._arrived.set()

    def pass_time(self, seconds: int) -> None:
        """What was taken and is neither done nor extended by then is there again."""
        self.now += seconds
        for receipt, entry in list(self._taken.items()):
            if entry[0] <= self.now:
                del self._taken[receipt]
                self._waiting.append(entry)
        self._arrived.set()

    @property
    def size(self) -> int:
        return len(self._waiting) + len(self._taken)

    async def receive(self, most: int) -> list[Message]:
        ready = [entry for entry in self._waiting if entry[0] <= self.now][:most]
        if not ready:
            self._arrived.clear()
            await self._arrived.wait()
            return []
        messages = []
        for entry in ready:
            self._waiting.remove(entry)
            _, name, body, attempts, headers = entry
            receipt = f"{name}/{attempts + 1}"
            self._taken[receipt] = (self.now + self._visibility, name, body, attempts + 1, headers)
            messages.append(Message(id=name, receipt=receipt, body=body, attempt=attempts + 1, headers=headers))
        return messages

    async def delete(self, message: Message) -> None:
        self._taken.pop(message.receipt, None)

    async def extend(self, message: Message) -> None:
        self.extended += 1
        _, *rest = self._taken[message.receipt]
        self._taken[message.receipt] = (self.now + self._visibility, *rest)  # type: ignore[assignment]

    async def release(self, message: Message, seconds: int) -> None:
        _, name, body, attempts, headers = self._taken.pop(message.receipt)
        self._waiting.append((self.now + seconds, name, body, attempts, headers))

    async def bury(self, message: Message, reason: str) -> None:
        await self.delete(message)
        self.dead.append((message.body, reason))
