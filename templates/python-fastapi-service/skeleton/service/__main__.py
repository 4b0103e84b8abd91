"""Reads the settings, starts telemetry, serves until SIGTERM."""

from service.app import build
from service.base.health import Health
from service.base.server import main, serve
from service.settings import Settings


async def run(settings: Settings) -> None:
    health = Health()
    await serve(build(settings, health), health, settings.base)


main(Settings.read, run)
