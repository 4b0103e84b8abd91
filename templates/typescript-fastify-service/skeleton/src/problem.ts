// What a caller is told when something is wrong: RFC 9457 problem details.
import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";

/** Answers with a 4xx or 5xx status. `detail` is for the caller: say how to mend it, reveal nothing internal. */
export function problem(reply: FastifyReply, status: number, detail: string): FastifyReply {
  const body = { title: STATUS_CODES[status] ?? "Error", status, detail };
  return reply.code(status).type("application/problem+json").serializer(JSON.stringify).send(body);
}

const UNEXPECTED = "Something went wrong on our side. The x-request-id header of this answer finds it in the logs.";

/** Turns whatever is thrown into a problem. Only errors that are the caller's say what they are. */
export function problems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error.code === "FST_ERR_HANDLER_TIMEOUT") {
      return problem(reply, 503, "This took too long. Try again in a moment.");
    }
    if (error.validation) return problem(reply, 422, `${error.message}.`);
    if (status < 500) return problem(reply, status, error.message);
    request.log.error({ err: error }, "failed");
    return problem(reply, 500, UNEXPECTED);
  });
  app.setNotFoundHandler((_request, reply) =>
    problem(reply, 404, "There is nothing at this address. README.md lists the endpoints."),
  );
}
