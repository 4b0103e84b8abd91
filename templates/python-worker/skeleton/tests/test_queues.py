"""What every queue behind the port does, and how SQS is told."""

import asyncio
import json
from typing import Any

from service.queue import MemoryQueue
from service.sqs import SqsQueue


def test_a_message_that_is_not_deleted_comes_back() -> None:
    async def run() -> None:
        queue = MemoryQueue(visibility=10)
        queue.put("a")
        (first,) = await queue.receive(10)
        assert (first.body, first.attempt) == ("a", 1)
        queue.pass_time(10)
        (second,) = await queue.receive(10)
        assert (second.id, second.attempt) == (first.id, 2)
        await queue.delete(second)
        assert queue.size == 0

    asyncio.run(run())


def test_a_message_that_is_extended_stays_hidden() -> None:
    async def run() -> None:
        queue = MemoryQueue(visibility=10)
        queue.put("a")
        (message,) = await queue.receive(1)
        queue.pass_time(9)
        await queue.extend(message)
        queue.pass_time(9)
        assert queue.size == 1
        await queue.release(message, 5)
        queue.pass_time(5)
        (again,) = await queue.receive(1)
        assert again.attempt == 2

    asyncio.run(run())


class Client:
    """Answers as SQS does, and writes down what it was asked."""

    def __init__(self, *, policy: str) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._policy = policy

    def __getattr__(self, name: str) -> Any:
        answers: dict[str, Any] = {
            "receive_message": {
                "Messages": [
                    {
                        "MessageId": "1",
                        "ReceiptHandle": "r",
                        "Body": "b",
                        "Attributes": {"ApproximateReceiveCount": "3", "AWSTraceHeader": "Root=1-a-b"},
                        "MessageAttributes": {"traceparent": {"StringValue": "00-c"}},
                    }
                ]
            },
            "get_queue_attributes": {"Attributes": {"RedrivePolicy": self._policy} if self._policy else {}},
            "get_queue_url": {"QueueUrl": "https://sqs/dead"},
        }

        def call(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            return answers.get(name, {})

        return call


def test_sqs_is_asked_for_what_a_message_needs_and_told_its_end() -> None:
    async def run() -> None:
        client = Client(policy="")
        queue = SqsQueue(client, "https://sqs/q", 60)
        (message,) = await queue.receive(20)
        assert (message.id, message.body, message.attempt) == ("1", "b", 3)
        assert message.headers == {"traceparent": "00-c", "X-Amzn-Trace-Id": "Root=1-a-b"}
        await queue.extend(message)
        await queue.release(message, 4)
        await queue.delete(message)
        asked = dict(client.asked[:1])["receive_message"]
        assert (asked["MaxNumberOfMessages"], asked["VisibilityTimeout"]) == (10, 60)
        assert [arguments.get("VisibilityTimeout") for _, arguments in client.asked[1:]] == [60, 4, None]
        assert all(arguments["QueueUrl"] == "https://sqs/q" for _, arguments in client.asked)

    asyncio.run(run())


def test_sqs_dead_letters_go_where_the_queues_policy_says_and_else_stay() -> None:
    async def run(policy: str) -> list[str]:
        client = Client(policy=policy)
        queue = SqsQueue(client, "https://sqs/q", 60)
        (message,) = await queue.receive(1)
        await queue.bury(message, "why")
        return [name for name, _ in client.asked[1:]]

    policy = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-central-1:1:dead", "maxReceiveCount": 5})
    assert asyncio.run(run(policy)) == ["get_queue_attributes", "get_queue_url", "send_message", "delete_message"]
    assert asyncio.run(run("")) == ["get_queue_attributes"]
