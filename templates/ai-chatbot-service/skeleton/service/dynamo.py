"""Conversations in Amazon DynamoDB, so that replicas share them. Region and credentials come from the task's role.

The table has the key `id` (a string) and expires items by `expires`. One item is one conversation, which DynamoDB lets
become 400 KB long: `MAX_TURNS` and `MAX_MESSAGE_CHARACTERS` keep it below that."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import boto3
from botocore.exceptions import ClientError

from service.model import Turn
from service.store import Conflict, Store


def connect(table: str, keep: int) -> Store:
    return DynamoStore(boto3.client("dynamodb"), table, keep, time.time)


class DynamoStore:
    """`keep` is in hours after the last turn."""

    def __init__(self, client: Any, table: str, keep: int, now: Callable[[], float]) -> None:
        self._client = client
        self._table = table
        self._keep = keep
        self._now = now

    async def _call(self, method: Callable[..., Any], **arguments: Any) -> Any:
        # The SDK blocks; a thread keeps it from holding up everything else.
        return await asyncio.to_thread(method, TableName=self._table, **arguments)

    async def create(self, conversation: str) -> None:
        await self._put(conversation, [], "attribute_not_exists(id)", {})

    async def read(self, conversation: str) -> list[Turn] | None:
        answer = await self._call(self._client.get_item, Key={"id": {"S": conversation}}, ConsistentRead=True)
        item = answer.get("Item")
        # DynamoDB takes expired items away within days, not at once.
        if item is None or int(item["expires"]["N"]) <= self._now():
            return None
        return [Turn(role, text) for role, text in json.loads(item["turns"]["S"])]

    async def append(self, conversation: str, known: int, turns: Sequence[Turn]) -> None:
        so_far = await self.read(conversation)
        if so_far is None or len(so_far) != known:
            raise Conflict
        await self._put(conversation, [*so_far, *turns], "known = :known", {":known": {"N": str(known)}})

    async def delete(self, conversation: str) -> None:
        await self._call(self._client.delete_item, Key={"id": {"S": conversation}})

    async def _put(self, conversation: str, turns: Sequence[Turn], condition: str, values: dict[str, Any]) -> None:
        item = {
            "id": {"S": conversation},
            "known": {"N": str(len(turns))},
            "turns": {"S": json.dumps([[turn.role, turn.text] for turn in turns])},
            "expires": {"N": str(int(self._now()) + self._keep * 3600)},
        }
        given = {"ExpressionAttributeValues": values} if values else {}
        try:
            await self._call(self._client.put_item, Item=item, ConditionExpression=condition, **given)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise Conflict from error
            raise
