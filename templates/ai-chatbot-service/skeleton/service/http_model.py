"""A model behind the chat completions protocol, as most model servers and gateways speak it."""

import json
from collections.abc import AsyncGenerator, Sequence
from types import TracebackType
from typing import Any, Self

import httpx2
from opentelemetry import propagate

from service.model import ModelError, Turn, Usage
from service.settings import Settings

CONNECT_SECONDS = 5


class HttpModel:
    """Use with `async with`: it keeps its connections."""

    def __init__(self, settings: Settings, transport: httpx2.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        key = {"authorization": f"Bearer {settings.model_key}"} if settings.model_key else {}
        self._client = httpx2.AsyncClient(
            headers=key,
            timeout=httpx2.Timeout(settings.model_timeout, connect=CONNECT_SECONDS),
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def answer(self, turns: Sequence[Turn]) -> AsyncGenerator[str | Usage, None]:
        question = {
            "model": self._settings.model,
            "messages": [{"role": turn.role, "content": turn.text} for turn in turns],
            "max_tokens": self._settings.answer_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        headers: dict[str, str] = {}
        propagate.inject(headers)
        address = f"{self._settings.model_url}/chat/completions"
        try:
            async with self._client.stream("POST", address, json=question, headers=headers) as response:
                if not response.is_success:
                    # What it says may repeat the question, which is the user's: only the status goes to the log.
                    raise ModelError(f"the model answered with status {response.status_code}")
                async for line in response.aiter_lines():
                    for piece in _pieces(line):
                        yield piece
        except httpx2.HTTPError as error:
            raise ModelError(f"the model cannot be reached: {type(error).__name__}") from error


def _pieces(line: str) -> list[str | Usage]:
    """What one line of the stream says: `data: {json}`, comments and blanks between, `data: [DONE]` at the end."""
    data = line.removeprefix("data:").strip()
    if data == line.strip() or data == "[DONE]":
        return []
    try:
        chunk: dict[str, Any] = json.loads(data)
        pieces: list[str | Usage] = [
            text for choice in chunk.get("choices") or [] if (text := (choice.get("delta") or {}).get("content"))
        ]
        if usage := chunk.get("usage"):
            pieces.append(Usage(taken=int(usage["prompt_tokens"]), made=int(usage["completion_tokens"])))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ModelError("the model's answer cannot be read") from error
    return pieces
