"""The model behind HTTP, as such servers speak."""

import asyncio
import json

import httpx2
import pytest

from service.base.settings import Environment
from service.http_model import HttpModel
from service.model import ModelError, Turn, Usage
from service.settings import Settings

STREAM = """: a comment

data: {"choices": [{"delta": {"role": "assistant"}}]}

data: {"choices": [{"delta": {"content": "He"}}]}

data: {"choices": [{"delta": {"content": "llo"}}], "usage": null}

data: {"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}

data: [DONE]
"""


def ask(transport: httpx2.AsyncBaseTransport) -> list[str | Usage]:
    variables = {"MODEL_URL": "http://models/v1/", "MODEL": "small", "MODEL_KEY": "k", "MAX_ANSWER_TOKENS": "9"}

    async def run() -> list[str | Usage]:
        async with HttpModel(Settings.read(Environment(variables)), transport) as model:
            return [piece async for piece in model.answer([Turn("system", "Be kind."), Turn("user", "Hi")])]

    return asyncio.run(run())


def test_it_asks_and_reads_as_the_protocol_says() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, text=STREAM)

    assert ask(httpx2.MockTransport(answer)) == ["He", "llo", Usage(taken=5, made=2)]
    assert str(asked[0].url) == "http://models/v1/chat/completions"
    assert asked[0].headers["authorization"] == "Bearer k"
    body = json.loads(asked[0].content)
    assert (body["model"], body["max_tokens"], body["stream"]) == ("small", 9, True)
    assert body["messages"][1] == {"role": "user", "content": "Hi"}


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (429, "a secret", "status 429"),
        (200, "data: {", "cannot be read"),
        (200, 'data: {"usage": {"x": 1}}', "cannot be read"),
    ],
)
def test_what_is_no_answer_is_an_error_that_repeats_nothing(status: int, text: str, reason: str) -> None:
    with pytest.raises(ModelError, match=reason) as error:
        ask(httpx2.MockTransport(lambda _: httpx2.Response(status, text=text)))
    assert "secret" not in str(error.value)


def test_a_model_that_cannot_be_reached_is_an_error() -> None:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    with pytest.raises(ModelError, match="cannot be reached"):
        ask(httpx2.MockTransport(refuse))


def test_the_key_never_shows() -> None:
    assert "k3y" not in repr(Settings.read(Environment({"MODEL_KEY": "k3y"})))
