"""What this worker can be told, beside what every service can: see `base/settings.py`."""

from dataclasses import dataclass

from service.base.settings import Base, Environment

NAME = "${{ values.name }}"
PORT = ${{ values.port }}


@dataclass(frozen=True, kw_only=True)
class Settings:
    base: Base
    queue_url: str
    """`QUEUE_URL`: the SQS queue. Without it nothing is taken."""
    concurrency: int
    """`CONCURRENCY`: how many messages are worked on at once."""
    visibility: int
    """`VISIBILITY_SECONDS`: how long the queue keeps a message from others while it is worked on. Half-way it is asked
    for the same time again, so that this need not be as long as the longest work."""
    # Add yours: a field here, and a line in `read`.

    @classmethod
    def read(cls, environment: Environment) -> "Settings":
        return cls(
            base=Base.read(environment, name=NAME, port=PORT),
            queue_url=environment.text("QUEUE_URL", ""),
            concurrency=environment.integer("CONCURRENCY", 4, low=1, high=1000),
            visibility=environment.integer("VISIBILITY_SECONDS", 60, low=2, high=43200),
        )
