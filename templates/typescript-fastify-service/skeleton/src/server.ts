// Starting, and stopping without losing a request.
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import type { Config } from "./config.js";
import type { Readiness } from "./health.js";

/**
 * Serves until `stop`: not ready, drain, refuse new connections, finish what is under way. What takes longer than it may is
 * cut off.
 */
export async function serve(
  app: FastifyInstance,
  config: Config,
  readiness: Readiness,
  stop: Promise<void>,
): Promise<void> {
  await app.listen({ host: config.host, port: config.port, listenTextResolver: () => "bound" });
  readiness.ready = true;
  const bound = app.server.address();
  const address = bound === null || typeof bound === "string" ? bound : `${bound.address}:${bound.port}`;
  app.log.info({ address }, "listening");

  await stop;
  readiness.ready = false;
  app.log.info("stopping: no longer ready, still serving");
  await sleep(config.drain * 1000);
  app.log.info("stopping: finishing requests under way");
  const cutOff = setTimeout(() => app.server.closeAllConnections(), config.grace * 1000);
  await app.close();
  clearTimeout(cutOff);
  app.log.info("stopped");
}
