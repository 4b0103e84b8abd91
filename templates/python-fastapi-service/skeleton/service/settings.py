"""What this service can be told, beside what every service can: see `base/settings.py`."""

from dataclasses import dataclass

from service.base.settings import Base, Environment

NAME = "${{ values.name }}"
PORT = ${{ values.port }}


@dataclass(frozen=True, kw_only=True)
class Settings:
    base: Base
    # Add yours: a field here, and a line in `read`.

    @classmethod
    def read(cls, environment: Environment) -> "Settings":
        return cls(base=Base.read(environment, name=NAME, port=PORT))
