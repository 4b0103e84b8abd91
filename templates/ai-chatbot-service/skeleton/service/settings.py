"""What this service can be told, beside what every service can: see `base/settings.py`."""

from dataclasses import dataclass, field

from service.base.settings import Base, Environment

NAME = "${{ values.name }}"
PORT = ${{ values.port }}


@dataclass(frozen=True, kw_only=True)
class Settings:
    base: Base
    model_url: str
    """`MODEL_URL`: base address of a server with the chat completions protocol. Without it a stand-in answers."""
    model: str
    """`MODEL`: the model's name there."""
    model_key: str = field(repr=False)
    """`MODEL_KEY`: sent as a bearer token, if there is one. A secret: it is given by reference, not in score.yaml."""
    model_timeout: int
    """`MODEL_TIMEOUT_SECONDS`: how long the model may be silent."""
    answer_tokens: int
    """`MAX_ANSWER_TOKENS`: how long an answer may become."""
    longest_message: int
    """`MAX_MESSAGE_CHARACTERS`."""
    most_turns: int
    """`MAX_TURNS`: how long a conversation may become; question and answer are one each."""
    streams: int
    """`MAX_STREAMS`: how many answers are made at once; more are told to come back (429)."""
    table: str
    """`STORE_TABLE`: the DynamoDB table of the conversations. Without it they are in memory only."""
    keep: int
    """`KEEP_HOURS`: how long a conversation is kept after its last turn."""

    @classmethod
    def read(cls, environment: Environment) -> "Settings":
        return cls(
            base=Base.read(environment, name=NAME, port=PORT),
            model_url=environment.text("MODEL_URL", "").rstrip("/"),
            model=environment.text("MODEL", "default"),
            model_key=environment.text("MODEL_KEY", ""),
            model_timeout=environment.integer("MODEL_TIMEOUT_SECONDS", 30, low=1, high=600),
            answer_tokens=environment.integer("MAX_ANSWER_TOKENS", 1024, low=1, high=1_000_000),
            longest_message=environment.integer("MAX_MESSAGE_CHARACTERS", 8000, low=1, high=1_000_000),
            most_turns=environment.integer("MAX_TURNS", 100, low=2, high=10_000),
            streams=environment.integer("MAX_STREAMS", 50, low=1, high=10_000),
            table=environment.text("STORE_TABLE", ""),
            keep=environment.integer("KEEP_HOURS", 24, low=1, high=24 * 366),
        )
