"""The work itself."""

import asyncio

import pytest

from service.handler import Refused, handle


def test_an_order_is_packed_as_often_as_it_is_delivered() -> None:
    for _ in range(2):
        asyncio.run(handle('{"order": "A-1", "items": 2}'))


@pytest.mark.parametrize("body", ["", "{}", '{"order": "a secret", "items": "many"}'])
def test_what_is_no_order_is_refused_without_repeating_it(body: str) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(handle(body))
    assert "secret" not in str(refused.value)
