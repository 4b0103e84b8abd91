"""Reads the settings, starts telemetry, serves until SIGTERM."""

from contextlib import AsyncExitStack

from service.app import build
from service.base.health import Health
from service.base.metrics import Metrics
from service.base.server import main, serve
from service.chat import Chat
from service.dynamo import connect
from service.guard import Guard
from service.http_model import HttpModel
from service.model import EchoModel, Model
from service.settings import Settings
from service.store import MemoryStore, Store


async def run(settings: Settings) -> None:
    health = Health()
    metrics = Metrics()
    async with AsyncExitStack() as stack:
        model: Model = EchoModel()
        if settings.model_url:
            model = await stack.enter_async_context(HttpModel(settings))
        store: Store = connect(settings.table, settings.keep) if settings.table else MemoryStore()
        chat = Chat(model, store, Guard(settings.longest_message), settings, metrics)
        await serve(build(chat, settings, health, metrics), health, settings.base)


main(Settings.read, run)
