// The site as it is served, where nginx is to be had; the pipeline's image that runs the tests has none.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { build, filesBelow } from "../tools/build.mjs";

const skip = spawnSync("nginx", ["-v"]).error ? "there is no nginx" : false;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** Asks until there is an answer that is wanted, for a while. */
async function eventually(what, wanted) {
  for (let tries = 0; tries < 1000; tries++) {
    const answer = await wanted().catch(() => undefined);
    if (answer) return answer;
    await sleep(10);
  }
  throw new Error(`never: ${what}`);
}

test("it is served with care, and stops without losing a request", { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "nginx-"));
  t.after(() => rm(folder, { recursive: true }));
  // Started by root, nginx reads as somebody else.
  await chmod(folder, 0o755);
  const root = join(folder, "dist");
  await build("site", root);
  const port = await freePort();
  const env = { ...process.env, PORT: port, DRAIN_SECONDS: "600", TMPDIR: folder, ROOT: root };
  // nginx opens its standard output anew by name, which the pipes of Node.js do not allow.
  const child = spawn("sh", ["nginx/entrypoint.sh"], {
    env: { ...env, NGINX_CONF: "nginx/nginx.conf" },
    detached: true,
    stdio: "ignore",
  });
  // nginx as well: it is in the script's group.
  t.after(() => process.kill(-child.pid, "SIGKILL"));
  const get = (path, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers });

  await eventually("it answers", () => get("/healthz"));
  for (const [path, status] of [
    ["/", 200],
    ["/index", 200],
    ["/readyz", 200],
    ["/metrics", 200],
    ["/no/such/page", 404],
    ["/../etc/passwd", 404],
  ]) {
    assert.equal((await get(path)).status, status, path);
  }
  const page = await get("/", { "x-request-id": "from-the-test" });
  assert.match(page.headers.get("content-security-policy"), /default-src 'self'/);
  assert.equal(page.headers.get("content-encoding"), "gzip");
  assert.equal(page.headers.get("x-request-id"), "from-the-test");
  assert.equal(page.headers.get("cache-control"), "no-cache");
  const asset = (await filesBelow(root)).find((file) => /^assets\/style\..*css$/.test(file));
  assert.match((await get(`/${asset}`)).headers.get("cache-control"), /immutable/);

  child.kill("SIGTERM");
  await eventually("it is not ready any more", async () => (await get("/readyz")).status === 503);
  assert.equal((await get("/")).status, 200);
});
