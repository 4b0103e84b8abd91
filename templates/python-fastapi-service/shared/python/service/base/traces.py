"""Traces over OTLP/HTTP, when there is a collector to send them to."""

import time

from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.aws import AwsXRayPropagator
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from service.base.settings import Base


class TimedIds(IdGenerator):
    """Random ids whose first 32 bits are the second they were made in, as AWS X-Ray's own ids have it: every version of
    X-Ray takes them, and other tools see an ordinary trace id.
    https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids"""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    def generate_span_id(self) -> int:
        return self._random.generate_span_id()

    def generate_trace_id(self) -> int:
        low = self._random.generate_trace_id() & (2**96 - 1)
        return (int(time.time()) & 0xFFFF_FFFF) << 96 | low


def start(settings: Base) -> TracerProvider | None:
    """Starts to send traces, and to take part in those of callers: W3C `traceparent`, or X-Ray's own header.

    The exporter reads the `OTEL_EXPORTER_OTLP_*` variables, the provider `OTEL_TRACES_SAMPLER` and
    `OTEL_RESOURCE_ATTRIBUTES`, as the OpenTelemetry specification names them."""
    if not settings.collector:
        return None
    # Later ones win: where both headers are there, W3C's.
    propagate.set_global_textmap(CompositePropagator([AwsXRayPropagator(), TraceContextTextMapPropagator()]))
    provider = TracerProvider(id_generator=TimedIds(), resource=Resource.create({SERVICE_NAME: settings.name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider


def stop(provider: TracerProvider | None) -> None:
    """Sends what has not been sent yet."""
    if provider is not None:
        provider.shutdown()
