"""The port to a queue on Amazon SQS. Region and credentials come from the task's role, as the SDK finds them."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import boto3

from service.queue import Message, Queue

LONG_POLL_SECONDS = 5
"""A stop waits for a poll under way, so that this is well below the time it has."""


def connect(url: str, visibility: int) -> Queue:
    return SqsQueue(boto3.client("sqs"), url, visibility)


class SqsQueue:
    def __init__(self, client: Any, url: str, visibility: int) -> None:
        self._client = client
        self._url = url
        self._visibility = visibility
        self._dead_letters: str | None = None

    async def _call(self, method: Callable[..., Any], **arguments: Any) -> Any:
        # The SDK blocks; a thread keeps it from holding up everything else.
        return await asyncio.to_thread(method, QueueUrl=self._url, **arguments)

    async def receive(self, most: int) -> list[Message]:
        answer = await self._call(
            self._client.receive_message,
            MaxNumberOfMessages=min(most, 10),
            WaitTimeSeconds=LONG_POLL_SECONDS,
            VisibilityTimeout=self._visibility,
            MessageSystemAttributeNames=["ApproximateReceiveCount", "AWSTraceHeader"],
            MessageAttributeNames=["traceparent"],
        )
        return [_message(each) for each in answer.get("Messages", [])]

    async def delete(self, message: Message) -> None:
        await self._call(self._client.delete_message, ReceiptHandle=message.receipt)

    async def extend(self, message: Message) -> None:
        await self.release(message, self._visibility)

    async def release(self, message: Message, seconds: int) -> None:
        await self._call(
            self._client.change_message_visibility, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )

    async def bury(self, message: Message, reason: str) -> None:
        """Sends it to the dead-letter queue that the queue's redrive policy names. A queue without one keeps it until
        it is too old."""
        target = await self._find_dead_letters()
        if target:
            attributes = {"reason": {"DataType": "String", "StringValue": reason}}
            send = self._client.send_message
            await asyncio.to_thread(send, QueueUrl=target, MessageBody=message.body, MessageAttributes=attributes)
            await self.delete(message)

    async def _find_dead_letters(self) -> str:
        if self._dead_letters is None:
            answer = await self._call(self._client.get_queue_attributes, AttributeNames=["RedrivePolicy"])
            policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy", "{}"))
            name = policy.get("deadLetterTargetArn", "").rpartition(":")[2]
            if name:
                found = await asyncio.to_thread(self._client.get_queue_url, QueueName=name)
                self._dead_letters = found["QueueUrl"]
            else:
                self._dead_letters = ""
        return self._dead_letters


def _message(raw: dict[str, Any]) -> Message:
    system = raw.get("Attributes", {})
    said = {name: value["StringValue"] for name, value in raw.get("MessageAttributes", {}).items()}
    headers = {"traceparent": said.get("traceparent", ""), "X-Amzn-Trace-Id": system.get("AWSTraceHeader", "")}
    return Message(
        id=raw["MessageId"],
        receipt=raw["ReceiptHandle"],
        body=raw["Body"],
        attempt=int(system.get("ApproximateReceiveCount", "1")),
        headers={name: value for name, value in headers.items() if value},
    )
