// `/healthz`: the process works; restart it if this fails. `/readyz`: send requests here; stop if this fails.
//
// Neither calls anything else. A readiness check that asks a database takes every replica out at once when the database
// has a bad minute; answer 503 on the requests that need it instead.
import type { FastifyInstance } from "fastify";

/** Whether load balancers may send requests. It starts as not ready. */
export class Readiness {
  ready = false;
}

export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get("/healthz", () => "ok\n");
  app.get("/readyz", (_request, reply) =>
    readiness.ready ? reply.send("ready\n") : reply.code(503).send("not ready\n"),
  );
}
