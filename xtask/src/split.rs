//! Cutting the browser's module into the parts that `#[lazy]` functions begin, so that a visit loads what it shows.
//!
//! File names are those that leptos looks for (leptos 0.8, src/hydration/mod.rs): `__wasm_split.<name>.js` loads the parts, and the
//! manifest says which of them each lazy function needs. The module names the loader by [`LOADER`]; a name by content has the
//! same length, so that it can be written over it.

use crate::files;
use anyhow::{Context, Result, anyhow};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use wasm_split_cli_support::Options;

/// The loader, as wasm_split_macros has the module import it.
const LOADER: &str = "__wasm_split.______________________.js";
/// Which parts each lazy function needs: its name to names of files without `.wasm`.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// Cuts `raw`, which was linked with its relocations kept. Parts, loader and manifest go to `folder`; the trunk, for wasm-bindgen, to
/// `trunk`. Gives the files of the parts.
pub fn cut(raw: &Path, name: &str, folder: &Path, trunk: &Path) -> Result<Vec<PathBuf>> {
    forget(folder)?;
    let bytes = files::read(raw)?;
    let (main_module, link_name) = (format!("./{name}.js"), format!("./{LOADER}"));
    let mut options = Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = trunk;
    options.main_module = &main_module;
    options.link_name = &link_name;
    let made = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cutting the module: {error:#}"))?;
    let manifest: BTreeMap<String, Vec<String>> = made.prefetch_map.into_iter().collect();
    files::write(&folder.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
    Ok(made.split_modules)
}

/// Parts are numbered anew by each build: what a former one left would be served for ever.
fn forget(folder: &Path) -> Result<()> {
    for file in parts(folder)? {
        std::fs::remove_file(&file).with_context(|| format!("removing {}", file.display()))?;
    }
    Ok(())
}

/// The parts in a folder.
fn parts(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_part = |file: &PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        file.parent() == Some(folder)
            && (name.starts_with("chunk_") || name.starts_with("split_"))
            && name.ends_with(".wasm")
    };
    Ok(files::below(folder)?.into_iter().filter(is_part).collect())
}

/// The loader's file name for a build with this hash (16 hexadecimal digits): as long as [`LOADER`].
fn named(hash: &str) -> String {
    format!("__wasm_split.{hash}.split.js")
}

/// Lets the JavaScript and the module, which name the loader, name it by `hash`.
pub fn rename_loader(content: &[u8], hash: &str) -> Vec<u8> {
    replace(content, LOADER.as_bytes(), named(hash).as_bytes())
}

/// Copies loader, manifest and parts from `from` to `to` under names with `hash` in them, and gives their lines of `hash.txt`.
pub fn name_by(from: &Path, to: &Path, name: &str, hash: &str) -> Result<String> {
    let mut loader = String::from_utf8(files::read(&from.join(LOADER))?).context("the loader is no text")?;
    loader = loader.replace(&format!("./{name}.js"), &format!("./{name}.{hash}.js"));
    for part in parts(from)? {
        let stem = part.file_stem().and_then(|stem| stem.to_str()).context("a part has a name")?;
        loader = loader.replace(&format!("{stem}.wasm"), &format!("{stem}.{hash}.wasm"));
        files::write(&to.join(format!("{stem}.{hash}.wasm")), &files::read(&part)?)?;
    }
    files::write(&to.join(named(hash)), loader.as_bytes())?;
    let manifest: BTreeMap<String, Vec<String>> = serde_json::from_slice(&files::read(&from.join(MANIFEST))?)?;
    let by_hash: BTreeMap<_, Vec<String>> = manifest
        .into_iter()
        .map(|(lazy, parts)| (lazy, parts.into_iter().map(|part| format!("{part}.{hash}")).collect()))
        .collect();
    files::write(&to.join(format!("__wasm_split_manifest.{hash}.json")), &serde_json::to_vec(&by_hash)?)?;
    Ok(format!("split: {hash}.split\nmanifest: {hash}\n"))
}

fn replace(content: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some(at) = rest.windows(old.len()).position(|window| window == old) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(new);
        rest = &rest[at + old.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_by_content_fits_over_the_one_in_the_module() {
        let hash = "0123456789abcdef";
        assert_eq!(named(hash).len(), LOADER.len());
        let content = [b"import '", LOADER.as_bytes(), b"';"].concat();
        assert_eq!(rename_loader(&content, hash), b"import '__wasm_split.0123456789abcdef.split.js';");
    }

    #[test]
    fn names_in_the_copy_have_the_hash() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let write = |name: &str, text: &str| files::write(&from.path().join(name), text.as_bytes()).unwrap();
        write(LOADER, "import { initSync } from \"./slipway.js\"; fetch('./chunk_2.wasm')");
        write(MANIFEST, r#"{"first_1":["chunk_2"]}"#);
        write("chunk_2.wasm", "w");
        let lines = name_by(from.path(), to.path(), "slipway", "0123456789abcdef").unwrap();
        assert_eq!(lines, "split: 0123456789abcdef.split\nmanifest: 0123456789abcdef\n");
        let read = |name: &str| String::from_utf8(files::read(&to.path().join(name)).unwrap()).unwrap();
        assert_eq!(
            read("__wasm_split.0123456789abcdef.split.js"),
            "import { initSync } from \"./slipway.0123456789abcdef.js\"; fetch('./chunk_2.0123456789abcdef.wasm')"
        );
        assert_eq!(read("__wasm_split_manifest.0123456789abcdef.json"), r#"{"first_1":["chunk_2.0123456789abcdef"]}"#);
        assert_eq!(read("chunk_2.0123456789abcdef.wasm"), "w");
    }
}
