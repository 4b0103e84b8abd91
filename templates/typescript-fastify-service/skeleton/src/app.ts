// The service, put together.
import { type FastifyInstance, fastify, LogController } from "fastify";
import type { Config } from "./config.js";
import { healthRoutes, type Readiness } from "./health.js";
import { Metrics, metricsRoute } from "./metrics.js";
import { observe, requestId } from "./observe.js";
import { problems } from "./problem.js";
import { routes } from "./routes.js";

/** The whole service; `more` adds routes, for tests. */
export function build(config: Config, readiness: Readiness, more?: (app: FastifyInstance) => void): FastifyInstance {
  const metrics = new Metrics();
  const app = fastify({
    bodyLimit: config.maxBody,
    handlerTimeout: config.requestTimeout * 1000,
    genReqId: (request) => requestId(request.headers),
    // One line a request, written when it was answered: `observe.ts`.
    logController: new LogController({ requestIdLogLabel: "request_id", disableRequestLogging: true }),
    // What is not what it says it is is refused, not bent to fit.
    ajv: { customOptions: { coerceTypes: false } },
    logger: {
      level: config.logLevel,
      base: null,
      messageKey: "message",
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
    },
  });
  observe(app, metrics);
  problems(app);
  routes(app);
  healthRoutes(app, readiness);
  metricsRoute(app, metrics);
  more?.(app);
  return app;
}
