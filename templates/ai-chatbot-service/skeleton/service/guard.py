"""Guard rails: what may go to the model, and what of its answer may come back. Rules are few, plain and tested.

They are a net under the model's own instructions, not a proof: a model can still say what is wrong or unkind."""

import re

SECRETS = re.compile(
    r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    r"|\bglpat-[A-Za-z0-9_-]{20}\b"
)
"""Keys of well-known kinds. Neither side of a conversation has a good reason to say one."""

HELD_BACK = 64
"""Characters of an answer that wait for what comes next, so that nothing slips through between two pieces: as long as
the longest secret above."""


class Refused(Exception):
    """A rule was broken. `rule` is for metrics, the message for the caller."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


class Guard:
    def __init__(self, longest: int) -> None:
        self._longest = longest

    def question(self, text: str) -> str:
        """The text as it may go to the model."""
        text = text.strip()
        if not text or len(text) > self._longest:
            raise Refused("length", f"text: use 1 to {self._longest} characters.")
        if SECRETS.search(text):
            raise Refused("secret", "text: it has a key or token in it. Take it out, and consider it known to others.")
        return text

    def answer(self) -> "AnswerGuard":
        return AnswerGuard()


class AnswerGuard:
    """Watches one answer on its way out."""

    def __init__(self) -> None:
        self._held = ""

    def pass_on(self, piece: str) -> str:
        """What may be shown now, with the rest held back."""
        self._held += piece
        self._check()
        shown, self._held = self._held[:-HELD_BACK], self._held[-HELD_BACK:]
        return shown

    def rest(self) -> str:
        """What was held back, at the end."""
        self._check()
        shown, self._held = self._held, ""
        return shown

    def _check(self) -> None:
        if SECRETS.search(self._held):
            raise Refused("secret", "The answer was stopped: it was about to show a key or token.")
