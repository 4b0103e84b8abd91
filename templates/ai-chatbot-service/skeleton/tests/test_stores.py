"""What every store behind the port does; DynamoDB is one that answers as its own does."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from service.dynamo import DynamoStore
from service.model import Turn
from service.store import Conflict, MemoryStore, Store


class Table:
    """A table with one key, in memory."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, Any]] = {}

    def get_item(self, *, Key: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        item = self.items.get(Key["id"]["S"])
        return {"Item": item} if item else {}

    def put_item(self, *, Item: dict[str, Any], ConditionExpression: str, **more: Any) -> None:  # noqa: N803
        before = self.items.get(Item["id"]["S"])
        known = more.get("ExpressionAttributeValues", {}).get(":known")
        allowed = before is None if "not_exists" in ConditionExpression else bool(before and before["known"] == known)
        if not allowed:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "PutItem")
        self.items[Item["id"]["S"]] = Item

    def delete_item(self, *, Key: dict[str, Any], **_: Any) -> None:  # noqa: N803
        self.items.pop(Key["id"]["S"], None)


def dynamo(now: Callable[[], float] = lambda: 0.0) -> Store:
    return DynamoStore(Table(), "conversations", 1, now)


@pytest.mark.parametrize("make", [MemoryStore, dynamo])
def test_a_store_keeps_what_was_said_and_refuses_what_is_out_of_date(make: Callable[[], Store]) -> None:
    async def run() -> None:
        store = make()
        assert await store.read("a") is None
        await store.create("a")
        assert await store.read("a") == []
        turns = [Turn("user", "Hi"), Turn("assistant", "Hello")]
        await store.append("a", 0, turns)
        assert await store.read("a") == turns
        with pytest.raises(Conflict):
            await store.append("a", 0, turns)
        with pytest.raises(Conflict):
            await store.append("b", 0, turns)
        assert await store.read("a") == turns
        for _ in range(2):
            await store.delete("a")
        assert await store.read("a") is None

    asyncio.run(run())


def test_what_has_expired_is_gone_before_dynamodb_takes_it_away() -> None:
    async def run() -> None:
        now = 0.0
        store = dynamo(lambda: now)
        await store.create("a")
        now = 3599
        assert await store.read("a") == []
        now = 3600
        assert await store.read("a") is None

    asyncio.run(run())
