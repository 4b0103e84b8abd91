"""Settings from variables."""

import logging

import pytest

from service.base.settings import Base, Environment, SettingError


def read(**variables: str) -> Base:
    return Base.read(Environment(variables), name="order-intake", port=8080)


def test_an_empty_environment_is_enough() -> None:
    assert (read(PORT="").port, read().name, read().collector) == (8080, "order-intake", "")


def test_variables_override_the_defaults() -> None:
    settings = read(PORT="9000", LOG_LEVEL="debug", DRAIN_SECONDS="0", OTEL_SERVICE_NAME="other")
    assert (settings.port, settings.log_level, settings.drain) == (9000, logging.DEBUG, 0)
    assert settings.name == "other"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("PORT", "http", "which is not a whole number from 0 to 65535"),
        ("PORT", "65536", "which is not a whole number from 0 to 65535"),
        ("LOG_LEVEL", "loud", "which is not one of error, warning, info, debug"),
    ],
)
def test_a_bad_value_is_named_with_what_was_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingError, match=f'{name} is "{value}", {expected}'):
        read(**{name: value})
