//! `cargo xtask build --release`: one folder, `<target>/dist`, that runs from anywhere.
//!
//! Hashed names follow leptos' `hash-files` (leptos 0.8, src/hydration/mod.rs; leptos_meta, src/stylesheet.rs): lines
//! `js: <hash>`, `wasm: <hash>`, `css: <hash>` in `hash.txt` beside the program, files `slipway.<hash>.<kind>`; further lines and
//! files for the parts of the module (`split.rs`).

use crate::cargo::Workspace;
use crate::compress::compress_below;
use crate::files::{self, replace_file, replace_tree};
use crate::frontend::{self, Pkg, Profile};
use crate::run::Server;
use crate::stamp::{Stamp, hash, hash_all, hash_tree};
use crate::{say, split, style, tools};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("dist-readme.md");
/// The server's feature that brings its own allocator.
const ALLOCATOR: &str = "jemalloc";

/// The addresses that the start adjusts as bits, and not as 24 bytes each: two megabytes less to read, and to keep in memory.
const PACKED_RELOCATIONS: &str = "link-arg=-Wl,-z,pack-relative-relocs";

/// Builds everything optimised and leaves the folder; gives the server in it.
pub fn build(workspace: &Workspace) -> Result<Server> {
    let dist = workspace.target.join("dist");
    let pkg = frontend::build(workspace, Profile::Release, &workspace.target.join("front/pkg-release"))?;
    let css =
        say::step("Bundling the styles", || style::bundle(&workspace.root.join(&workspace.leptos.style_file), true))?;
    build_site(workspace, &dist, &pkg, css.as_bytes())?;
    say::step("Compiling the server, optimised", || {
        let leptos = &workspace.leptos;
        let mut build = vec!["rustc", "--profile", leptos.bin_profile_release.as_str()];
        build.extend(["--package", leptos.bin_package.as_str(), "--bin", leptos.bin_target.as_str()]);
        if tools::find("make").is_some() {
            build.extend(["--features", ALLOCATOR]);
        } else {
            say::note("without the program `make` it keeps the C library's allocator, and more memory after a load");
        }
        if packs_relocations() {
            build.extend(["--", "-C", PACKED_RELOCATIONS]);
        }
        workspace.run_cargo(build)
    })?;

    let built = workspace.server(&workspace.leptos.bin_profile_release);
    let name = built.file_name().context("the server has no file name")?;
    let server = Server { program: dist.join(name), site: dist.join("site"), templates: dist.join("templates") };
    replace_file(&built, &server.program)?;
    replace_tree(&workspace.root.join("templates"), &server.templates)?;
    replace_tree(&workspace.root.join("migrations"), &dist.join("migrations"))?;
    replace_file(&workspace.root.join("LICENSE"), &dist.join("LICENSE"))?;
    files::write(&dist.join("README.md"), README.as_bytes())?;
    println!("==> Ready: {}", dist.display());
    Ok(server)
}

/// Whether the system can start a program whose relocations are packed: glibc from 2.36 on, of August 2022.
fn packs_relocations() -> bool {
    let asked = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    asked.is_ok_and(|answer| glibc(&String::from_utf8_lossy(&answer.stdout)).is_some_and(|found| found >= (2, 36)))
}

/// `glibc 2.36`.
fn glibc(answer: &str) -> Option<(u32, u32)> {
    let (major, minor) = answer.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}

/// Fills `<dist>/site` and writes `<dist>/hash.txt`; nothing to do if no input changed.
fn build_site(workspace: &Workspace, dist: &Path, pkg: &Pkg, css: &[u8]) -> Result<()> {
    let site = dist.join("site");
    let assets = workspace.leptos.assets_dir.as_ref();
    let assets = assets.map(|folder| workspace.root.join(folder));
    let assets_hash = match &assets {
        Some(folder) => hash_tree(folder)?,
        None => String::new(),
    };
    let inputs = hash_all([pkg.hash.as_str(), &hash(css), &assets_hash]);
    let stamp = Stamp::new(workspace.target.join("front/site-release.stamp"), inputs);
    let hash_file = dist.join("hash.txt");
    let folder = site.join(&workspace.leptos.site_pkg_dir);
    if stamp.is_fresh(&[&hash_file, &folder]) {
        say::note("assets: unchanged");
        return Ok(());
    }
    say::step("Naming assets by content, compressing (brotli 11, gzip 9)", || {
        stamp.forget()?;
        files::remove_tree(&site)?;
        if let Some(assets) = &assets {
            files::copy_tree(assets, &site)?;
        }
        files::copy_tree(&pkg.folder.join("snippets"), &folder.join("snippets"))?;
        // The module, its parts and their loaders name each other, so they share one hash.
        let name = &workspace.leptos.name;
        let module = |file: &Path| Ok::<_, anyhow::Error>(split::rename_loader(&files::read(file)?, &pkg.hash));
        let css_hash = hash(css);
        let named = [
            ("js", &pkg.hash, module(&pkg.js)?),
            ("wasm", &pkg.hash, module(&pkg.wasm)?),
            ("css", &css_hash, css.to_vec()),
        ];
        let mut hashes = split::name_by(&pkg.folder, &folder, name, &pkg.hash)?;
        for (kind, hash, content) in named {
            files::write(&folder.join(format!("{name}.{hash}.{kind}")), &content)?;
            hashes.push_str(&format!("{kind}: {hash}\n"));
        }
        files::write(&hash_file, hashes.as_bytes())?;
        let sizes = compress_below(&site)?;
        say::note(format!(
            "{}, in brotli {}, in gzip {}",
            say::bytes(sizes.plain),
            say::bytes(sizes.brotli),
            say::bytes(sizes.gzip)
        ));
        stamp.keep()
    })
}

#[cfg(test)]
mod tests {
    use super::glibc;

    #[test]
    fn the_system_says_its_c_library() {
        assert_eq!(glibc("glibc 2.36\n"), Some((2, 36)));
        assert_eq!(glibc("glibc 2.9.1\n"), Some((2, 9)));
        assert!(glibc("glibc 2.36\n") > glibc("glibc 2.35\n"));
        // musl's getconf does not know the question.
        assert_eq!(glibc(""), None);
    }
}
