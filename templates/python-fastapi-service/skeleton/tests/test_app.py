"""What callers see."""

import pytest
from starlette.testclient import TestClient

from service.app import build
from service.base.health import Health
from service.base.settings import Environment
from service.settings import NAME, Settings


def client(health: Health | None = None) -> TestClient:
    settings = Settings.read(Environment({"MAX_BODY_BYTES": "1000"}))
    return TestClient(build(settings, health or Health()))


def test_the_index_names_the_service() -> None:
    assert client().get("/").json() == {"service": NAME}


def test_health_and_readiness() -> None:
    health = Health()
    some = client(health)
    assert some.get("/healthz").status_code == 200
    assert some.get("/readyz").status_code == 503
    health.ready = True
    assert some.get("/readyz").status_code == 200


def test_a_greeting_answers_by_name() -> None:
    answer = client().post("/v1/greetings", json={"name": " Ada "})
    assert (answer.status_code, answer.json()) == (200, {"message": "Hello, Ada!"})


@pytest.mark.parametrize("body", [{"name": "  "}, {"name": "x" * 101}, {"nam": "Ada"}])
def test_bad_input_is_refused_with_the_way_to_mend_it(body: dict[str, str]) -> None:
    answer = client().post("/v1/greetings", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("name: ")


def test_what_is_no_json_and_what_is_too_large() -> None:
    json = {"content-type": "application/json"}
    assert client().post("/v1/greetings", content="{", headers=json).status_code == 422
    assert client().post("/v1/greetings", json={"name": "x" * 2000}).status_code == 413


def test_an_unknown_address_is_a_problem_too() -> None:
    answer = client().get("/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_metrics_know_the_routes() -> None:
    some = client()
    some.post("/v1/greetings", json={"name": "Ada"})
    assert 'http_requests_total{method="POST",route="/v1/greetings",status="200"} 1.0' in some.get("/metrics").text
