"""The work itself. Your own starts here."""

import logging

from pydantic import BaseModel, ValidationError

log = logging.getLogger(__name__)


class Refused(Exception):
    """A message that will never work, however often it is tried. It goes to the dead-letter queue at once."""


class Order(BaseModel):
    """What a message of this example says."""

    order: str
    items: int


async def handle(body: str) -> None:
    """Works on one message. An ordinary return means done; `Refused` never; any other error, try again later.

    A queue may deliver a message twice, so that doing it again must do no harm: look first whether it is done already.
    This is an example: replace it with your own work."""
    try:
        order = Order.model_validate_json(body)
    except ValidationError as error:
        # Where it is wrong, without what was sent: that may be a secret.
        places = ", ".join(".".join(map(str, each["loc"])) or "body" for each in error.errors())
        raise Refused(f"not an order: {places}") from None
    log.info("packed", extra={"fields": {"order": order.order, "items": order.items}})
