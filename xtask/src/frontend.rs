//! The browser's half: Rust to WebAssembly, cut into parts, its JavaScript loader, and smaller modules for release.
//!
//! File names are those that leptos' `HydrationScripts` asks for (leptos 0.8, src/hydration/mod.rs): without hashes
//! `slipway.js` and `slipway_bg.wasm`, given that `LEPTOS_OUTPUT_NAME` is not set while leptos compiles.

use crate::cargo::{Workspace, run, run_quietly};
use crate::stamp::{Stamp, hash, hash_all};
use crate::{files, say, split, tools};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc's WebAssembly baseline uses; wasm-opt refuses a module that uses more than it was told of.
/// <https://doc.rust-lang.org/rustc/platform-support/wasm32-unknown-unknown.html#enabled-webassembly-features>
const WASM_OPT: [&str; 9] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The loader and the module's trunk; beside them its parts with their own loader, and `snippets/` where a dependency brings
/// JavaScript of its own.
pub struct Pkg {
    pub folder: PathBuf,
    pub js: PathBuf,
    pub wasm: PathBuf,
    /// One hash over everything.
    pub hash: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Quick to compile: no optimisation.
    Dev,
    /// Small to download.
    Release,
}

/// Builds the front end for `profile` into `folder`; what is unchanged is kept.
pub fn build(workspace: &Workspace, profile: Profile, folder: &Path) -> Result<Pkg> {
    add_target()?;
    check_versions(workspace)?;
    let raw = say::step("Compiling the front end to WebAssembly", || compile(workspace, profile))?;
    let wasm_opt = match profile {
        Profile::Dev => None,
        Profile::Release => tools::wasm_opt(workspace),
    };

    let name = &workspace.leptos.name;
    let pkg = |hash| Pkg {
        folder: folder.to_path_buf(),
        js: folder.join(format!("{name}.js")),
        wasm: folder.join(format!("{name}_bg.wasm")),
        hash,
    };
    let bytes = files::read(&raw)?;
    let how = match &wasm_opt {
        Some(tool) => format!("{} {}", tool.display(), WASM_OPT.join(" ")),
        None => "as compiled".to_owned(),
    };
    let versions = ["wasm-bindgen-cli-support", "wasm_split_cli_support"];
    let [bindgen, split] = versions.map(|package| locked_version(workspace, package));
    let inputs = hash_all([hash(&bytes).as_str(), &bindgen?, &split?, &how]);
    let stamp_name = match profile {
        Profile::Dev => "pkg-dev.stamp",
        Profile::Release => "pkg-release.stamp",
    };
    let stamp = Stamp::new(front_target(workspace).join(stamp_name), inputs.clone());
    let made = pkg(inputs);
    if stamp.is_fresh(&[&made.js, &made.wasm]) {
        say::note("JavaScript loader: unchanged");
        return Ok(made);
    }

    stamp.forget()?;
    let trunk = front_target(workspace).join("trunk.wasm");
    let mut modules = say::step("Cutting the module into parts", || split::cut(&raw, name, folder, &trunk))?;
    say::step("Making its JavaScript loader", || bind(&trunk, name, profile, folder))?;
    if let Some(tool) = wasm_opt {
        modules.push(made.wasm.clone());
        say::step("Shrinking the modules (wasm-opt -Oz)", || {
            modules.iter().try_for_each(|module| shrink(&tool, module))
        })?;
    }
    stamp.keep()?;
    Ok(made)
}

/// Cargo's target folder of the front end. Its own, so that the browser's build
/// and the server's never wait for one lock or disturb each other.
fn front_target(workspace: &Workspace) -> PathBuf {
    workspace.target.join("front")
}

fn add_target() -> Result<()> {
    let sysroot = run_quietly(Command::new("rustc").args(["--print", "sysroot"]))
        .context("Slipway needs Rust: install it from https://rustup.rs")?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    say::step(&format!("Adding the compiler's target {TARGET}"), || {
        run(Command::new("rustup").args(["target", "add", TARGET])).with_context(|| {
            format!(
                "the compiler cannot make WebAssembly. With rustup: `rustup target add {TARGET}`; with a distribution's Rust \
                 install its package for {TARGET}"
            )
        })
    })
}

/// The loader is made by a library that reads a private section of the module, so both must be of the same release.
fn check_versions(workspace: &Workspace) -> Result<()> {
    let module = locked_version(workspace, "wasm-bindgen")?;
    let loader = locked_version(workspace, "wasm-bindgen-cli-support")?;
    if module == loader {
        return Ok(());
    }
    bail!(
        "Cargo.lock has wasm-bindgen {module} but wasm-bindgen-cli-support {loader}, and they must be the same. \
         Write \"={module}\" for both in [workspace.dependencies] of Cargo.toml, then `cargo update -p \
         wasm-bindgen-cli-support --precise {module}`"
    )
}

/// The version of `package` in Cargo.lock.
fn locked_version(workspace: &Workspace, package: &str) -> Result<String> {
    let file = workspace.root.join("Cargo.lock");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let lock: toml::Table = toml::from_str(&text).context("reading Cargo.lock")?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    packages
        .into_iter()
        .flatten()
        .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        .and_then(|entry| entry.get("version")?.as_str().map(str::to_owned))
        .with_context(|| format!("Cargo.lock has no package {package}"))
}

/// Compiles the front end; gives the module as rustc wrote it.
///
/// Leptos' `--cfg erase_components` comes from `.cargo/config.toml`, for this build and the server's alike: with it on one side only
/// the two disagree about the nodes of a page and hydration panics. So nothing here may set `RUSTFLAGS`, which would replace it.
fn compile(workspace: &Workspace, profile: Profile) -> Result<PathBuf> {
    let package = &workspace.leptos.lib_package;
    let target = front_target(workspace);
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--lib", "--package", package, "--target", TARGET]).arg("--target-dir").arg(&target);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            let profile = &workspace.leptos.lib_profile_release;
            cargo.args(["--profile", profile]);
            profile
        }
    };
    run(&mut cargo)?;
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(target.join(TARGET).join(folder).join(file))
}

fn bind(raw: &Path, name: &str, profile: Profile, folder: &Path) -> Result<()> {
    // Names of snippets change with their crates; what a former build left would be served for ever.
    files::remove_tree(&folder.join("snippets"))?;
    let release = profile == Profile::Release;
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw)
        .out_name(name)
        .web(true)?
        // The page names the module; a second name inside the loader could only be a stale one.
        .omit_default_module_path(true)
        // The parts import memory and tables from the trunk, which exports them under the linker's names.
        .keep_lld_exports(true)
        .remove_name_section(release)
        .remove_producers_section(release);
    bindgen.generate(folder)
}

fn shrink(wasm_opt: &Path, module: &Path) -> Result<()> {
    let before = fs::metadata(module)?.len();
    let smaller = module.with_extension("opt");
    run(Command::new(wasm_opt).args(WASM_OPT).arg(module).arg("-o").arg(&smaller))?;
    fs::rename(&smaller, module).with_context(|| format!("replacing {}", module.display()))?;
    let after = fs::metadata(module)?.len();
    let name = module.file_name().unwrap_or_default().to_string_lossy();
    say::note(format!("{name}: {} to {}", say::bytes(before), say::bytes(after)));
    Ok(())
}

/// Lints the front end, and those of our crates it is made of, as the browser will run them.
pub fn clippy(workspace: &Workspace) -> Result<()> {
    add_target()?;
    run(workspace
        .cargo()
        .args(["clippy", "--package", &workspace.leptos.lib_package])
        .args(["--target", TARGET, "--target-dir"])
        .arg(front_target(workspace))
        .args(["--", "-D", "warnings"]))
}

/// Crates that belong to the server. In the browser's tree one of them means a missing `dep:` under the feature `ssr`.
const SERVER_ONLY: [&str; 4] = ["sqlx", "tokio", "aws", "kube"];

/// Refuses server crates in what the browser downloads.
pub fn check_tree(workspace: &Workspace) -> Result<()> {
    let tree = run_quietly(workspace.cargo().args([
        "tree",
        "--package",
        &workspace.leptos.lib_package,
        "--target",
        TARGET,
        "--edges=normal",
        "--prefix=none",
        "--format={p}",
    ]))?;
    let found = server_only(&tree);
    if found.is_empty() {
        return Ok(());
    }
    bail!(
        "the browser's dependencies contain {}. Find who brings them with `cargo tree -p {} --target {TARGET} -i <crate>`, \
         and make that dependency optional, under the feature `ssr`",
        found.join(", "),
        workspace.leptos.lib_package
    )
}

fn server_only(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let mut found: Vec<&str> = names
        .filter(|name| {
            SERVER_ONLY.iter().any(|banned| {
                name.strip_prefix(banned).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
            })
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_versions_agree() {
        check_versions(&Workspace::find().unwrap()).unwrap();
    }

    #[test]
    fn server_crates_are_found_by_name_and_family() {
        let tree = "slipway-frontend v0.1.0\nserde v1.0.0\naws-sdk-ecs v1.1.0\ntokio v1.2.0\ntokio v1.2.0 (*)\n";
        assert_eq!(server_only(tree), ["aws-sdk-ecs", "tokio"]);
        assert!(server_only("awsm v1.0.0\nkubernetes-words v1.0.0\n").is_empty());
    }
}
