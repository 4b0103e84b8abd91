// `site/` to `dist/`: what is in `assets/` gets its content's hash into its name, so that browsers may keep it for ever; what
// is text is compressed as well, once, instead of at every request.
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const TEXT = new Set([".css", ".html", ".js", ".json", ".svg", ".txt", ".xml"]);
/** Files that name others. */
const NAMING = new Set([".css", ".html", ".js", ".json", ".svg", ".xml"]);

/** The paths of all files below a folder, relative to it, with `/`. */
export async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

/** `assets/style.css` to `assets/style.0a1b2c3d.css`. */
function hashed(path, content) {
  const extension = extname(path);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8);
  return `${path.slice(0, path.length - extension.length)}.${hash}${extension}`;
}

/** Builds `from` into `to`. Assets may not name one another: then the hash of one would depend on the other's. */
export async function build(from, to) {
  await rm(to, { recursive: true, force: true });
  const paths = await filesBelow(from);
  const names = new Map();
  for (const path of paths.filter((path) => path.startsWith("assets/"))) {
    names.set(`/${path}`, `/${hashed(path, await readFile(join(from, path)))}`);
  }
  for (const path of paths) {
    const target = join(to, names.get(`/${path}`) ?? path);
    await mkdir(dirname(target), { recursive: true });
    if (!NAMING.has(extname(path)) || names.has(`/${path}`)) {
      await cp(join(from, path), target);
    } else {
      let text = await readFile(join(from, path), "utf8");
      for (const [name, now] of names) text = text.replaceAll(`"${name}"`, `"${now}"`);
      await writeFile(target, text);
    }
    if (TEXT.has(extname(path))) {
      await writeFile(`${target}.gz`, await promisify(gzip)(await readFile(target), { level: 9 }));
    }
  }
}

if (import.meta.url === `file://${process.argv[1]}`) await build("site", "dist");
