// Metrics at `/metrics` in Prometheus' text format.
import type { FastifyInstance } from "fastify";
import { Counter, Gauge, Histogram, Registry } from "prom-client";

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Upper bounds in seconds, from a cached answer to the default time limit of a request. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10];

/**
 * The counters of requests. Make yours with the same `registry`, and keep every label to a small fixed set: each combination
 * of label values is a time series of its own.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly inFlight = new Gauge({
    name: "http_requests_in_flight",
    help: "Requests being worked on now.",
    registers: [this.registry],
  });
  readonly #requests = new Counter({
    name: "http_requests_total",
    help: "Requests answered.",
    labelNames: ["method", "route", "status"],
    registers: [this.registry],
  });
  readonly #durations = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request's head to the end of its answer.",
    labelNames: ["method", "route"],
    buckets: BUCKETS,
    registers: [this.registry],
  });

  /** Counts an answer. `route` is the pattern that matched ("/orders/:id"), never the path, which callers choose. */
  answered(method: string, route: string, status: number, seconds: number): void {
    // HTTP lets callers invent methods; those share one label.
    const label = METHODS.has(method) ? method : "OTHER";
    this.#requests.inc({ method: label, route, status: String(status) });
    this.#durations.observe({ method: label, route }, seconds);
  }
}

export function metricsRoute(app: FastifyInstance, metrics: Metrics): void {
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
}
