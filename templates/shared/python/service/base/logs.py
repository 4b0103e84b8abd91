"""Logs as JSON lines on standard output."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from opentelemetry import trace

work: ContextVar[dict[str, Any] | None] = ContextVar("work", default=None)
"""What stands in every log line of the work under way, such as its request id."""


class JsonFormatter(logging.Formatter):
    """One line, one object. `extra={"fields": {...}}` adds members."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        line.update(work.get() or {})
        span = trace.get_current_span().get_span_context()
        if span.is_valid:
            line["trace_id"] = trace.format_trace_id(span.trace_id)
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def start(level: int) -> None:
    """Sends every log line of the process to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What they say at INFO of a request or a connection is said here already.
    for chatty in ("uvicorn", "urllib3", "httpx", "httpcore", "botocore", "asyncio"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
