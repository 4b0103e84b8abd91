"""Starting, and stopping without losing a request."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Protocol, TypeVar

import uvicorn
from starlette.types import ASGIApp

from service.base import logs, traces
from service.base.health import Health
from service.base.settings import Base, Environment, SettingError

log = logging.getLogger(__name__)


class HasBase(Protocol):
    """Settings of a service: its own, and those that every service has."""

    @property
    def base(self) -> Base: ...


S = TypeVar("S", bound=HasBase)


def main(read: Callable[[Environment], S], run: Callable[[S], Awaitable[None]]) -> None:
    """The process from its settings to its end."""
    settings = read_or_exit(read, os.environ)
    logs.start(settings.base.log_level)
    provider = traces.start(settings.base)
    try:
        asyncio.run(_awaited(run(settings)))
    finally:
        traces.stop(provider)


def read_or_exit(read: Callable[[Environment], S], variables: Mapping[str, str]) -> S:
    try:
        return read(Environment(variables))
    except SettingError as error:
        sys.exit(str(error))


async def _awaited(work: Awaitable[None]) -> None:
    await work


async def serve(app: ASGIApp, health: Health, base: Base, *, on_stop: Callable[[], None] | None = None) -> None:
    """Serves until SIGTERM: not ready, drain, refuse new connections, finish what is under way.

    `on_stop` is called as soon as it is not ready any more."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=base.grace,
        )
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    with socket.create_server((base.host, base.port), backlog=2048) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        started = asyncio.create_task(server.listening.wait())
        await asyncio.wait({serving, started}, return_when=asyncio.FIRST_COMPLETED)
        host, port = listener.getsockname()[:2]
        health.ready = True
        log.info("listening", extra={"fields": {"address": f"{host}:{port}"}})

        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        health.ready = False
        if on_stop is not None:
            on_stop()
        log.info("stopping: no longer ready, still serving")
        await asyncio.wait({serving}, timeout=base.drain)
        log.info("stopping: finishing requests under way")
        server.should_exit = True
        await serving
        for task in (started, stopping):
            task.cancel()
    log.info("stopped")


class _Server(uvicorn.Server):
    """Says when it listens, and leaves signals to `serve`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
