"""The service as a process of its own, as a runtime starts and stops it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2


class Process:
    def __init__(self, variables: dict[str, str]) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "service"],
            env={"HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "0", **variables},
            stdout=subprocess.PIPE,
            text=True,
        )
        address = self.wait_for("listening")["address"]
        # Talks to this machine only, whatever proxy the environment names.
        self.client = httpx2.Client(base_url=f"http://{address}", trust_env=False)

    def _lines(self) -> Iterator[dict[str, Any]]:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            yield json.loads(line)

    def wait_for(self, message: str) -> dict[str, Any]:
        """The next line of the log with this message."""
        for line in self._lines():
            if line["message"] == message:
                return line
        raise AssertionError(f"the log ended without {message!r}")

    def signal(self) -> None:
        self._child.send_signal(signal.SIGTERM)

    def terminate(self) -> tuple[int, list[dict[str, Any]]]:
        """Sends SIGTERM; gives the exit status, and the log until then."""
        self.signal()
        log = list(self._lines())
        return self._child.wait(), log

    def end(self) -> None:
        self.client.close()
        self._child.kill()
        self._child.communicate()


@contextmanager
def running(**variables: str) -> Iterator[Process]:
    """A running service, killed at the end, however that comes."""
    process = Process(variables)
    try:
        yield process
    finally:
        process.end()
