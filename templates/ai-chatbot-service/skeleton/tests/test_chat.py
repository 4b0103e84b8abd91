"""What callers see."""

import pytest

from service.model import Usage
from tests.bench import Bench, Script, text_of

KEY = "AKIA" + "ABCDEFGHIJKLMNOP"


def test_an_answer_is_streamed_and_kept() -> None:
    bench = Bench()
    conversation = bench.begin()
    events = bench.ask(conversation, " Hello there ")
    assert text_of(events) == "You said: Hello there"
    assert events[-1][0] == "done"
    assert bench.turns(conversation) == [("user", "Hello there"), ("assistant", "You said: Hello there")]


def test_long_answers_come_in_pieces() -> None:
    bench = Bench(Script(*["word "] * 100))
    deltas = [text for kind, text in bench.ask(bench.begin(), "Hi") if kind == "delta"]
    assert len(deltas) > 10
    assert "".join(deltas) == "word " * 100


def test_the_model_is_told_its_instructions_and_what_was_said() -> None:
    model = Script("Fine.")
    bench = Bench(model)
    conversation = bench.begin()
    bench.ask(conversation, "one")
    bench.ask(conversation, "two")
    assert [turn.role for turn in model.asked[1]] == ["system", "user", "assistant", "user"]
    assert [turn.text for turn in model.asked[1][1:]] == ["one", "Fine.", "two"]


def test_a_model_that_fails_is_told_and_nothing_is_kept() -> None:
    bench = Bench(Script("Well", fails=True))
    conversation = bench.begin()
    events = bench.ask(conversation, "Hi")
    assert events[-1] == ("failed", "There is no answer just now. Try again in a moment.")
    assert bench.turns(conversation) == []


@pytest.mark.parametrize("text", ["", "   ", "x" * 11, f"key {KEY}"])
def test_guard_rails_refuse_a_question_before_the_model_sees_it(text: str) -> None:
    model = Script("Fine.")
    bench = Bench(model, MAX_MESSAGE_CHARACTERS="10" if "key" not in text else "100")
    answer = bench.client.post(f"/v1/conversations/{bench.begin()}/messages", json={"text": text})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("text: ")
    assert model.asked == []
    assert "chat_refusals_total" in bench.client.get("/metrics").text


def test_guard_rails_stop_an_answer_also_between_two_pieces() -> None:
    bench = Bench(Script("Sure: ", KEY[:7], KEY[7:], " is it"))
    conversation = bench.begin()
    events = bench.ask(conversation, "Hi")
    assert events[-1][0] == "refused"
    assert KEY[:7] not in text_of(events)
    assert bench.turns(conversation) == []


def test_a_conversation_becomes_only_so_long() -> None:
    bench = Bench(MAX_TURNS="2")
    conversation = bench.begin()
    bench.ask(conversation, "Hi")
    answer = bench.client.post(f"/v1/conversations/{conversation}/messages", json={"text": "again"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


def test_a_conversation_can_be_forgotten() -> None:
    bench = Bench()
    conversation = bench.begin()
    for _ in range(2):
        assert bench.client.delete(f"/v1/conversations/{conversation}").status_code == 204
    assert bench.client.get(f"/v1/conversations/{conversation}").status_code == 404
    answer = bench.client.post(f"/v1/conversations/{conversation}/messages", json={"text": "Hi"})
    assert answer.status_code == 404


def test_bad_input_is_refused_without_repeating_it() -> None:
    bench = Bench()
    answer = bench.client.post(f"/v1/conversations/{bench.begin()}/messages", json={"txt": "a secret"})
    assert answer.status_code == 422
    assert "secret" not in answer.text


def test_tokens_and_outcomes_are_counted() -> None:
    bench = Bench(Script("Fine.", Usage(taken=7, made=2)))
    bench.ask(bench.begin(), "Hi")
    text = bench.client.get("/metrics").text
    for line in [
        'chat_tokens_total{kind="taken"} 7.0',
        'chat_tokens_total{kind="made"} 2.0',
        'chat_answers_total{outcome="done"} 1.0',
    ]:
        assert line in text
