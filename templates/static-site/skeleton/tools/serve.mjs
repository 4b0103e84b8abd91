// Shows `site/` on this machine while you write it. What serves it to others is nginx: `nginx/nginx.conf`.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const PORT = Number(process.env.PORT || ${{ values.port }});
const TYPES = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};

async function find(path) {
  // Normal first, so that no way leads out of the folder.
  const file = join("site", normalize(path));
  for (const candidate of [file, join(file, "index.html"), `${file}.html`]) {
    const found = await stat(candidate).catch(() => undefined);
    if (found?.isFile()) return candidate;
  }
  return undefined;
}

const server = createServer(async (request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
  const file = await find(path);
  const shown = file ?? join("site", "404.html");
  const type = TYPES[extname(shown)] ?? "application/octet-stream";
  response.writeHead(file ? 200 : 404, { "content-type": type, "cache-control": "no-store" });
  createReadStream(shown).pipe(response);
});
server.listen(PORT, "127.0.0.1", () => console.log(`http://localhost:${PORT}/`));
