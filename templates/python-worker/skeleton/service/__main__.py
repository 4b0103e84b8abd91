"""Reads the settings, starts telemetry, works until SIGTERM."""

import asyncio

from service.app import build
from service.base.health import Health
from service.base.metrics import Metrics
from service.base.server import main, serve
from service.handler import handle
from service.queue import Queue
from service.settings import Settings
from service.sqs import connect
from service.worker import Worker


async def run(settings: Settings) -> None:
    health = Health()
    metrics = Metrics()
    worker = Worker(open_queue(settings), handle, settings, health, metrics)
    working = asyncio.create_task(worker.run())
    await serve(build(settings, health, metrics), health, settings.base, on_stop=worker.stop)
    await working


def open_queue(settings: Settings) -> Queue | None:
    return connect(settings.queue_url, settings.visibility) if settings.queue_url else None


main(Settings.read, run)
