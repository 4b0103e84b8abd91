"""The worker on a queue in memory."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from starlette.testclient import TestClient

from service.app import build
from service.base.health import Health
from service.base.metrics import Metrics
from service.base.settings import Environment
from service.handler import Refused
from service.queue import MemoryQueue, Message
from service.settings import Settings
from service.worker import Worker, delay


class Bench:
    """A worker with everything around it."""

    def __init__(self, handle: Callable[[str], Awaitable[None]], queue: MemoryQueue, **variables: str) -> None:
        self.settings = Settings.read(Environment(variables))
        self.health = Health()
        self.metrics = Metrics()
        self.worker = Worker(queue, handle, self.settings, self.health, self.metrics)
        self.client = TestClient(build(self.settings, self.health, self.metrics))

    def count(self, outcome: str) -> float:
        return self.metrics.registry.get_sample_value("messages_total", {"outcome": outcome}) or 0


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        # Whatever it waits for happens in this loop's other tasks, which a sleep of nothing lets run.
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


def test_what_is_done_is_deleted_what_fails_comes_again_and_what_is_refused_is_buried() -> None:
    async def run() -> None:
        queue = MemoryQueue()
        tries: list[str] = []

        async def handle(body: str) -> None:
            tries.append(body)
            if body == "never":
                raise Refused("because")
            if body == "later" and tries.count("later") == 1:
                raise RuntimeError("not now")

        bench = Bench(handle, queue)
        running = asyncio.create_task(bench.worker.run())
        for body in ("now", "later", "never"):
            queue.put(body)
        await eventually(lambda: bench.count("done") + bench.count("failed") + bench.count("refused") == 3)
        assert queue.dead == [("never", "because")]
        assert queue.size == 1
        queue.pass_time(delay(1))
        await eventually(lambda: bench.count("done") == 2)
        assert queue.size == 0
        assert sorted(tries) == ["later", "later", "never", "now"]
        bench.worker.stop()
        await running
        assert 'messages_total{outcome="done"} 2.0' in bench.client.get("/metrics").text

    asyncio.run(run())


def test_no_more_at_once_than_allowed_and_a_stop_finishes_what_is_under_way() -> None:
    async def run() -> None:
        queue = MemoryQueue()
        go_on = asyncio.Event()
        under_way = 0

        async def handle(_: str) -> None:
            nonlocal under_way
            under_way += 1
            await go_on.wait()

        bench = Bench(handle, queue, CONCURRENCY="2")
        running = asyncio.create_task(bench.worker.run())
        for body in "abc":
            queue.put(body)
        await eventually(lambda: under_way == 2)
        bench.worker.stop()
        go_on.set()
        await running
        assert bench.count("done") == 2
        assert queue.size == 1, "the third was not taken"

    asyncio.run(run())


def test_long_work_keeps_its_message() -> None:
    async def run() -> None:
        queue = MemoryQueue()

        async def handle(_: str) -> None:
            await eventually(lambda: queue.extended > 0)

        bench = Bench(handle, queue, VISIBILITY_SECONDS="2")
        running = asyncio.create_task(bench.worker.run())
        queue.put("a")
        await eventually(lambda: bench.count("done") == 1)
        bench.worker.stop()
        await running

    asyncio.run(run())


def test_a_queue_that_does_not_answer_is_no_reason_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(MemoryQueue):
        failures = 0

        async def receive(self, most: int) -> list[Message]:
            if self.failures < 2:
                self.failures += 1
                raise OSError("no route")
            return await super().receive(most)

    async def run() -> None:
        monkeypatch.setattr("service.worker.PAUSE", 0)
        queue = Broken()
        queue.put("a")

        async def handle(_: str) -> None:
            pass

        bench = Bench(handle, queue)
        running = asyncio.create_task(bench.worker.run())
        await eventually(lambda: bench.count("done") == 1)
        assert bench.client.get("/healthz").status_code == 200
        bench.worker.stop()
        await running

    asyncio.run(run())


def test_the_delay_doubles_up_to_a_limit() -> None:
    assert [delay(attempt) for attempt in (1, 2, 3, 10, 1000)] == [2, 4, 8, 900, 900]
