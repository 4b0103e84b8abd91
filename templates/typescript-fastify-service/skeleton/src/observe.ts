// Around every request: an id, a trace that goes on from the caller's, one log line and the metrics.
import { randomUUID } from "node:crypto";
import { context, propagation, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Metrics } from "./metrics.js";

/** Comes in with a request or is made here; goes out with the answer and stands in every log line in between. */
export const REQUEST_ID = "x-request-id";

/** A caller's request id that is taken over as it is. */
const HARMLESS = /^[A-Za-z0-9._-]{1,64}$/;

/** These come every few seconds and would drown the rest of the log. */
const PROBES = new Set(["/healthz", "/readyz", "/metrics"]);

const tracer = trace.getTracer("service");
const spans = new WeakMap<FastifyRequest, Span>();

/** The caller's id if it is harmless in logs and headers, else a new one. */
export function requestId(headers: Record<string, string | string[] | undefined>): string {
  const sent = headers[REQUEST_ID];
  return typeof sent === "string" && HARMLESS.test(sent) ? sent : randomUUID();
}

export function observe(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header(REQUEST_ID, request.id);
    metrics.inFlight.inc();
    const caller = propagation.extract(context.active(), request.headers);
    const span = tracer.startSpan(request.method, { kind: SpanKind.SERVER }, caller);
    spans.set(request, span);
    const traceId = span.spanContext().traceId;
    if (trace.isSpanContextValid(span.spanContext())) {
      request.log = request.log.child({ trace_id: traceId });
      reply.log = request.log;
    }
    context.with(trace.setSpan(caller, span), done);
  });

  // Also when the caller hung up: `onResponse` comes in any case.
  app.addHook("onResponse", (request, reply, done) => {
    metrics.inFlight.dec();
    const route = request.routeOptions.url ?? "unmatched";
    metrics.answered(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    const seen = {
      "http.request.method": request.method,
      "http.route": route,
      "url.path": request.url.split("?", 1)[0] ?? "",
      "http.response.status_code": reply.statusCode,
    };
    const span = spans.get(request);
    span?.updateName(`${request.method} ${route}`);
    span?.setAttributes(seen);
    if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.end();
    const level = PROBES.has(route) ? "debug" : "info";
    request.log[level]({ ...seen, duration_ms: Math.round(reply.elapsedTime) }, "answered");
    done();
  });
}
