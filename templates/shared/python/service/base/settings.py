"""Settings, all from environment variables, read once at start. What is wrong stops the start and is named."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass


class SettingError(Exception):
    """A variable with a value that makes no sense. The message names it and says what was expected."""


class Environment:
    """Reads typed values. A variable that is set but empty counts as not set."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str) -> str:
        return self._variables.get(name) or default

    def integer(self, name: str, default: int, *, low: int, high: int) -> int:
        value = self._variables.get(name)
        if not value:
            return default
        try:
            number = int(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise SettingError(f'{name} is "{value}", which is not a whole number from {low} to {high}')
        return number

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in choices:
            raise SettingError(f'{name} is "{value}", which is not one of {", ".join(choices)}')
        return value


@dataclass(frozen=True, kw_only=True)
class Base:
    """What every service can be told."""

    name: str
    """`OTEL_SERVICE_NAME`: the service's name in logs and traces."""
    host: str
    """`HOST`: the address to listen on."""
    port: int
    """`PORT`: 0 lets the system choose."""
    log_level: int
    """`LOG_LEVEL`: error, warning, info or debug."""
    collector: str
    """`OTEL_EXPORTER_OTLP_ENDPOINT`: base URL of an OTLP/HTTP collector. Without it no trace is sent."""
    request_timeout: int
    """`REQUEST_TIMEOUT_SECONDS`: a request whose answer does not begin by then is answered with 503."""
    max_body: int
    """`MAX_BODY_BYTES`: a request with a larger body is answered with 413."""
    drain: int
    """`DRAIN_SECONDS`: how long to go on after SIGTERM while /readyz says no, so that load balancers notice."""
    grace: int
    """`SHUTDOWN_SECONDS`: how long work under way may take after that. The sum of both must stay below what the runtime
    allows between SIGTERM and SIGKILL (30 seconds on Amazon ECS and Kubernetes unless set otherwise)."""

    @classmethod
    def read(cls, environment: Environment, *, name: str, port: int) -> "Base":
        level = environment.choice("LOG_LEVEL", "info", ("error", "warning", "info", "debug"))
        return Base(
            name=environment.text("OTEL_SERVICE_NAME", name),
            # In a container these are its own addresses.
            host=environment.text("HOST", "0.0.0.0"),  # noqa: S104
            port=environment.integer("PORT", port, low=0, high=65535),
            log_level=logging.getLevelNamesMapping()[level.upper()],
            collector=environment.text("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
            request_timeout=environment.integer("REQUEST_TIMEOUT_SECONDS", 10, low=1, high=3600),
            max_body=environment.integer("MAX_BODY_BYTES", 1024 * 1024, low=1, high=2**31),
            drain=environment.integer("DRAIN_SECONDS", 5, low=0, high=3600),
            grace=environment.integer("SHUTDOWN_SECONDS", 20, low=1, high=3600),
        )
