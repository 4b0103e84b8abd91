// Every page, as it will be served.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { build, filesBelow } from "../tools/build.mjs";

let dist;
let files;

before(async () => {
  dist = await mkdtemp(join(tmpdir(), "site-"));
  await build("site", dist);
  files = await filesBelow(dist);
});
after(() => rm(dist, { recursive: true }));

const pages = async () => {
  const names = files.filter((file) => file.endsWith(".html"));
  return Promise.all(names.map(async (name) => [name, await readFile(join(dist, name), "utf8")]));
};

test("there is a first page and one for what is not there", () => {
  assert.ok(files.includes("index.html") && files.includes("404.html"));
});

test("every page has a language, a title and a description of its own", async () => {
  const titles = new Set();
  for (const [name, page] of await pages()) {
    assert.match(page, /<html lang="[a-z-]+"/, name);
    assert.match(page, /<meta name="description" content="[^"]+"/, name);
    const title = /<title>([^<]+)<\/title>/.exec(page)?.[1];
    assert.ok(title && !titles.has(title), `${name}: ${title}`);
    titles.add(title);
  }
});

test("every link of the site leads somewhere", async () => {
  for (const [name, page] of await pages()) {
    for (const [, link] of page.matchAll(/(?:href|src)="([^"]+)"/g)) {
      if (/^(https?:|mailto:|tel:|#)/.test(link)) continue;
      const path = new URL(link, `http://site/${name}`).pathname.slice(1);
      const there = [path, `${path}.html`, join(path, "index.html")].some((file) => files.includes(file));
      assert.ok(there, `${name} names ${link}, which is not there`);
    }
  }
});

test("nothing runs or loads that the content security policy forbids", async () => {
  for (const [name, page] of await pages()) {
    assert.doesNotMatch(page, /<script(?![^>]*\bsrc="\/)/, `${name} has a script within it, or from elsewhere`);
    assert.doesNotMatch(page, /\son[a-z]+="/, `${name} has a handler within it`);
    assert.doesNotMatch(page, /\sstyle="|<style/, `${name} has a style within it`);
  }
});

test("assets have their content's hash in their name, and pages name them so", async () => {
  const assets = files.filter((file) => file.startsWith("assets/") && !file.endsWith(".gz"));
  assert.ok(assets.length > 0);
  for (const asset of assets) assert.match(asset, /\.[0-9a-f]{8}\.[a-z0-9]+$/);
  const index = await readFile(join(dist, "index.html"), "utf8");
  assert.ok(index.includes(assets.find((asset) => asset.endsWith(".css"))));
});

test("what is text is there compressed as well", async () => {
  const page = await readFile(join(dist, "index.html"));
  assert.deepEqual(gunzipSync(await readFile(join(dist, "index.html.gz"))), page);
});
