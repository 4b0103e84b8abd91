"""`/healthz`: the process works; restart it if this fails. `/readyz`: send work here; stop if this fails.

Neither calls anything else. A readiness check that asks a database takes every replica out at once when the database
has a bad minute; answer 503 on the requests that need it instead."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


class Health:
    """Whether the process works and wants more work. It starts as not ready."""

    def __init__(self) -> None:
        self.ready = False
        self.alive = True

    def routes(self) -> list[Route]:
        async def healthz(_: Request) -> PlainTextResponse:
            return PlainTextResponse("ok\n") if self.alive else PlainTextResponse("stuck\n", status_code=503)

        async def readyz(_: Request) -> PlainTextResponse:
            return PlainTextResponse("ready\n") if self.ready else PlainTextResponse("not ready\n", status_code=503)

        return [Route("/healthz", healthz), Route("/readyz", readyz)]
