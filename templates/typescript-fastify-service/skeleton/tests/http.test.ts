// What callers see.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FastifyInstance } from "fastify";
import { build } from "../src/app.js";
import { NAME, readConfig } from "../src/config.js";
import { Readiness } from "../src/health.js";

function service(variables: Record<string, string> = {}, more?: (app: FastifyInstance) => void, ready = true) {
  const readiness = new Readiness();
  readiness.ready = ready;
  return build(readConfig({ LOG_LEVEL: "error", ...variables }), readiness, more);
}

test("the index names the service", async () => {
  assert.deepEqual((await service().inject("/")).json(), { service: NAME });
});

test("health and readiness", async () => {
  assert.equal((await service().inject("/healthz")).statusCode, 200);
  assert.equal((await service().inject("/readyz")).statusCode, 200);
  assert.equal((await service({}, undefined, false).inject("/readyz")).statusCode, 503);
});

const greet = (app: FastifyInstance, body: unknown) =>
  app.inject({ method: "POST", url: "/v1/greetings", payload: body as object });

test("a greeting answers by name", async () => {
  const answer = await greet(service(), { name: " Ada " });
  assert.deepEqual([answer.statusCode, answer.json()], [200, { message: "Hello, Ada!" }]);
});

test("bad input is refused with the way to mend it", async () => {
  for (const body of [{ name: "  " }, { name: "x".repeat(101) }, { nam: "Ada" }, { name: 3 }]) {
    const answer = await greet(service(), body);
    assert.equal(answer.statusCode, 422);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.match(answer.json().detail, /name/);
  }
});

test("an unknown address is a problem too", async () => {
  const answer = await service().inject("/nothing");
  assert.equal(answer.statusCode, 404);
  assert.equal(answer.headers["content-type"], "application/problem+json");
});

test("a harmless request id is kept and any other replaced", async () => {
  for (const [sent, kept] of [
    ["abc-1.2_3", true],
    ["a b", false],
    ["", false],
    ["x".repeat(65), false],
  ] as const) {
    const answer = await service().inject({ url: "/", headers: { "x-request-id": sent } });
    assert.equal(answer.headers["x-request-id"] === sent, kept, sent);
    assert.ok(answer.headers["x-request-id"]);
  }
});

test("metrics count by route and never by path", async () => {
  const app = service();
  await app.inject("/healthz");
  await app.inject("/no/such/path");
  const text = (await app.inject("/metrics")).body;
  for (const line of [
    'http_requests_total{method="GET",route="/healthz",status="200"} 1',
    'http_requests_total{method="GET",route="unmatched",status="404"} 1',
    "http_requests_in_flight 1",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line} is not in\n${text}`);
  }
  assert.ok(!text.includes("/no/such/path"));
});

test("a body over the limit is refused", async () => {
  const answer = await greet(service({ MAX_BODY_BYTES: "16" }), { name: "x".repeat(20) });
  assert.equal(answer.statusCode, 413);
});

test("a request that takes too long is cut off", async () => {
  const app = service({}, (app) => {
    app.get("/hang", { handlerTimeout: 1 }, () => new Promise(() => {}));
  });
  const answer = await app.inject("/hang");
  assert.equal(answer.statusCode, 503);
  assert.ok(answer.headers["x-request-id"]);
});

test("an unexpected error is one failed request and tells nothing", async () => {
  const app = service({}, (app) => {
    app.get("/fail", () => {
      throw new Error("a secret detail");
    });
  });
  for (let time = 0; time < 2; time++) {
    const answer = await app.inject("/fail");
    assert.equal(answer.statusCode, 500);
    assert.ok(!answer.body.includes("a secret detail"));
  }
});
