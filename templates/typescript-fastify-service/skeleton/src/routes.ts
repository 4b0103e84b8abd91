// Your own endpoints start here.
import type { FastifyInstance } from "fastify";
import { NAME } from "./config.js";

/** What `POST /v1/greetings` takes. The schema checks it before the handler sees it. */
const greeting = {
  body: {
    type: "object",
    required: ["name"],
    properties: { name: { type: "string", minLength: 1, maxLength: 100, pattern: "\\S" } },
  },
} as const;

export function routes(app: FastifyInstance): void {
  app.get("/", () => ({ service: NAME }));

  // An example of an endpoint that checks its input: replace it with your first real one.
  app.post<{ Body: { name: string } }>("/v1/greetings", { schema: greeting }, (request) => ({
    message: `Hello, ${request.body.name.trim()}!`,
  }));
}
