"""Takes messages from the queue and has them worked on, several at once, until it is told to stop."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from opentelemetry import propagate, trace
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import Counter, Histogram

from service.base.health import Health
from service.base.logs import work
from service.base.metrics import Metrics
from service.handler import Refused
from service.queue import Message, Queue
from service.settings import Settings

LONGEST_DELAY = 900
"""Seconds until a message that failed is tried again, at most."""

PAUSE = 5.0
"""Seconds until a queue that does not answer is asked again."""

log = logging.getLogger(__name__)
tracer = trace.get_tracer("service")


class Worker:
    """`queue` may be none: then there is nothing to do but to be healthy."""

    def __init__(
        self,
        queue: Queue | None,
        handle: Callable[[str], Awaitable[None]],
        settings: Settings,
        health: Health,
        metrics: Metrics,
    ) -> None:
        self._queue = queue
        self._handle = handle
        self._settings = settings
        self._health = health
        self._stop = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._outcomes = Counter("messages", "Deliveries, by how they ended.", ("outcome",), registry=metrics.registry)
        self._durations = Histogram("message_duration_seconds", "Time one delivery took.", registry=metrics.registry)

    def stop(self) -> None:
        """Takes nothing more. What is under way is finished."""
        self._stop.set()

    async def run(self) -> None:
        """Works until `stop`, and then until what is under way is done, or until the grace is over: then messages come
        back to the queue by themselves."""
        if self._queue is None:
            log.warning("QUEUE_URL is not set: nothing is taken")
            await self._stop.wait()
            return
        try:
            await self._take_until_stopped(self._queue)
        except Exception:
            # The loop itself failed, which only a restart mends: /healthz says so.
            self._health.alive = False
            raise
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self._settings.base.grace)
            for task in late:
                task.cancel()
            if late:
                log.warning("stopped before every message was done", extra={"fields": {"messages": len(late)}})

    async def _take_until_stopped(self, queue: Queue) -> None:
        stopping = asyncio.create_task(self._stop.wait())
        while not self._stop.is_set():
            free = self._settings.concurrency - len(self._running)
            if free == 0:
                await asyncio.wait({stopping, *self._running}, return_when=asyncio.FIRST_COMPLETED)
                continue
            receiving = asyncio.create_task(queue.receive(min(free, 10)))
            await asyncio.wait({stopping, receiving}, return_when=asyncio.FIRST_COMPLETED)
            if not receiving.done():
                # What it would still take comes back by itself.
                receiving.cancel()
                break
            if error := receiving.exception():
                log.error("the queue does not answer", exc_info=error)
                await asyncio.wait({stopping}, timeout=PAUSE)
                continue
            for message in receiving.result():
                task = asyncio.create_task(self._work(queue, message))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        stopping.cancel()

    async def _work(self, queue: Queue, message: Message) -> None:
        work.set({"message_id": message.id, "attempt": message.attempt})
        started = time.perf_counter()
        caller = propagate.extract(message.headers)
        with tracer.start_as_current_span("process message", context=caller, kind=SpanKind.CONSUMER) as span:
            keeping = asyncio.create_task(self._keep(queue, message))
            try:
                outcome = await self._try(queue, message)
            except Exception:
                # The queue did not take the answer: the message comes back by itself.
                log.exception("the outcome could not be said")
                outcome = "unanswered"
            finally:
                keeping.cancel()
            if outcome != "done":
                span.set_status(StatusCode.ERROR, outcome)
            seconds = time.perf_counter() - started
            self._outcomes.labels(outcome).inc()
            self._durations.observe(seconds)
            log.info("worked", extra={"fields": {"outcome": outcome, "duration_ms": round(seconds * 1000)}})

    async def _try(self, queue: Queue, message: Message) -> str:
        try:
            await self._handle(message.body)
        except Refused as error:
            log.warning("refused", extra={"fields": {"reason": str(error)}})
            await queue.bury(message, str(error))
            return "refused"
        except Exception:
            log.exception("failed")
            await queue.release(message, delay(message.attempt))
            return "failed"
        await queue.delete(message)
        return "done"

    async def _keep(self, queue: Queue, message: Message) -> None:
        """Keeps the message from others while it is worked on."""
        while True:
            await asyncio.sleep(self._settings.visibility / 2)
            try:
                await queue.extend(message)
            except Exception:
                log.exception("the message could not be kept")


def delay(attempt: int) -> int:
    """Seconds until the next try: twice as long each time. The queue's `maxReceiveCount` says when it ends."""
    return int(min(2.0 ** min(attempt, 16), LONGEST_DELAY))
