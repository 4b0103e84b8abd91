// Traces over OTLP/HTTP, when there is a collector to send them to.
import { CompositePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, NodeTracerProvider, RandomIdGenerator } from "@opentelemetry/sdk-trace-node";
import type { Config } from "./config.js";

/**
 * Random ids whose first 32 bits are the second they were made in, as AWS X-Ray's own ids have it: every version of X-Ray
 * takes them, and other tools see an ordinary trace id.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
 */
export class TimedIds {
  readonly #random = new RandomIdGenerator();

  generateSpanId(): string {
    return this.#random.generateSpanId();
  }

  generateTraceId(): string {
    const seconds = Math.floor(Date.now() / 1000) % 2 ** 32;
    return seconds.toString(16).padStart(8, "0") + this.#random.generateTraceId().slice(8);
  }
}

/**
 * Starts to send traces, and to take part in those of callers: W3C `traceparent`, or X-Ray's own header. Gives what sends
 * the last ones. The SDK reads the `OTEL_*` variables of the specification.
 */
export function startTelemetry(config: Config): () => Promise<void> {
  if (config.collector === undefined) return async () => {};
  const provider = new NodeTracerProvider({
    idGenerator: new TimedIds(),
    resource: resourceFromAttributes({ "service.name": config.name }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  // Later ones win: where both headers are there, W3C's.
  const propagators = [new AWSXRayPropagator(), new W3CTraceContextPropagator()];
  provider.register({ propagator: new CompositePropagator({ propagators }) });
  return () => provider.shutdown();
}
