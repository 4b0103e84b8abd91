// The program itself: its environment, its log, its traces, and SIGTERM as a runtime sends it.
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { TimedIds } from "../src/telemetry.js";

const MAIN = fileURLToPath(new URL("../src/main.js", import.meta.url));
const TRACE = "5759e988bd862e3fe1be46a994272793";

// biome-ignore lint/suspicious/noExplicitAny: a log line has whatever members it has.
type Line = Record<string, any>;

class Service {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  address = "";

  constructor(t: TestContext, variables: Record<string, string>) {
    const env = { HOST: "127.0.0.1", PORT: "0", DRAIN_SECONDS: "0", ...variables };
    this.child = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    t.after(() => this.child.kill("SIGKILL"));
  }

  static async start(t: TestContext, variables: Record<string, string> = {}): Promise<Service> {
    const service = new Service(t, variables);
    service.address = `http://${(await service.waitFor("listening")).address}`;
    return service;
  }

  async next(): Promise<Line | undefined> {
    const { done, value } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  async waitFor(message: string): Promise<Line> {
    for (let line = await this.next(); line; line = await this.next()) if (line.message === message) return line;
    throw new Error(`the log ended without "${message}"`);
  }

  /** Sends SIGTERM, waits for the end; gives the exit status, and the log until then. */
  async terminate(): Promise<{ code: number | null; log: Line[] }> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const log: Line[] = [];
    for (let line = await this.next(); line; line = await this.next()) log.push(line);
    const [code] = await ended;
    return { code, log };
  }
}

test("it serves, logs each request once, and ends well on SIGTERM", async (t) => {
  const service = await Service.start(t);
  for (const path of ["/", "/healthz", "/readyz"]) {
    const answer = await fetch(service.address + path, { headers: { "x-request-id": "from-the-test" } });
    assert.equal(answer.status, 200);
    await answer.text();
  }
  const { code, log } = await service.terminate();
  assert.equal(code, 0);
  const answered = log.filter((line) => line.message === "answered");
  assert.equal(answered.length, 1, "probes are not logged");
  assert.equal(answered[0]?.request_id, "from-the-test");
  assert.equal(answered[0]?.["http.route"], "/");
  assert.equal(answered[0]?.["http.response.status_code"], 200);
  assert.equal(log.at(-1)?.message, "stopped");
});

test("readiness goes first, and what comes is still served", async (t) => {
  const service = await Service.start(t, { DRAIN_SECONDS: "600" });
  service.child.kill("SIGTERM");
  await service.waitFor("stopping: no longer ready, still serving");
  assert.equal((await fetch(`${service.address}/readyz`)).status, 503);
  assert.equal((await fetch(`${service.address}/`)).status, 200);
});

test("traces go on from the caller's and are sent before the end", async (t) => {
  const sent: { path: string | undefined; body: string }[] = [];
  const collector = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    sent.push({ path: request.url, body: Buffer.concat(parts).toString() });
    response.end("{}");
  });
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  t.after(() => collector.close());
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

  for (const headers of [
    { traceparent: `00-${TRACE}-53995c3f42cd8ad8-01` },
    { "x-amzn-trace-id": `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=53995c3f42cd8ad8;Sampled=1` },
  ]) {
    const service = await Service.start(t, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
    await (await fetch(`${service.address}/`, { headers })).text();
    const { code, log } = await service.terminate();
    assert.equal(code, 0);
    assert.equal(log.find((line) => line.message === "answered")?.trace_id, TRACE);
    const traces = sent.pop();
    assert.equal(traces?.path, "/v1/traces");
    assert.ok(traces?.body.includes(TRACE));
  }
});

test("a bad setting stops the start and is named", () => {
  const done = spawnSync(process.execPath, [MAIN], { env: { PORT: "http" }, encoding: "utf8" });
  assert.equal(done.status, 1);
  assert.equal(done.stderr.trim(), 'PORT is "http", which is not a whole number from 0 to 65535');
});

test("a trace id begins with the second it was made in", () => {
  const before = Math.floor(Date.now() / 1000);
  const made = Number.parseInt(new TimedIds().generateTraceId().slice(0, 8), 16);
  assert.ok(before <= made && made <= Date.now() / 1000);
});
