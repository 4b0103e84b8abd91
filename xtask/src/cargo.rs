//! The workspace as cargo sees it, and cargo run from within.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where things are, from `cargo metadata`.
pub struct Workspace {
    /// The folder of the root Cargo.toml.
    pub root: PathBuf,
    /// Cargo's target folder; `CARGO_TARGET_DIR` and configuration decide it, so it is never assumed to be `target/`.
    pub target: PathBuf,
    /// The table `[[workspace.metadata.leptos]]` of the root Cargo.toml.
    pub leptos: Leptos,
    packages: Vec<Package>,
}

/// What of the table `[[workspace.metadata.leptos]]` counts here. cargo-leptos reads the same keys:
/// <https://github.com/leptos-rs/cargo-leptos#configuration>
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Leptos {
    /// The stem of the browser's files: `slipway.js`, `slipway.css`.
    pub name: String,
    pub bin_package: String,
    pub bin_target: String,
    pub lib_package: String,
    site_root: PathBuf,
    pub site_pkg_dir: PathBuf,
    pub style_file: PathBuf,
    /// A folder copied as it is into the site's root.
    pub assets_dir: Option<PathBuf>,
    /// The cargo profile of the server in a release build.
    pub bin_profile_release: String,
    /// The cargo profile of the front end in a release build.
    pub lib_profile_release: String,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
    metadata: WorkspaceTables,
}

#[derive(Deserialize)]
struct WorkspaceTables {
    leptos: Vec<Leptos>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

/// The front end compiles for the browser only, so every command over the workspace leaves it out.
pub const ALL_BUT_FRONTEND: [&str; 3] = ["--workspace", "--exclude", "slipway-frontend"];

impl Workspace {
    /// Asks cargo about the workspace this program was built from.
    pub fn find() -> Result<Self> {
        let output = program()
            .args(["metadata", "--format-version=1", "--no-deps"])
            .output()
            .context("starting `cargo metadata`")?;
        if !output.status.success() {
            bail!("`cargo metadata` failed:\n{}", String::from_utf8_lossy(&output.stderr).trim());
        }
        let read: Metadata = serde_json::from_slice(&output.stdout)
            .context("reading `cargo metadata`: does Cargo.toml still have the table [[workspace.metadata.leptos]]?")?;
        let leptos = read
            .metadata
            .leptos
            .into_iter()
            .next()
            .context("Cargo.toml has an empty [[workspace.metadata.leptos]]: give it one table")?;
        Ok(Self { root: read.workspace_root, target: read.target_directory, leptos, packages: read.packages })
    }

    /// Cargo in the workspace's root, with the same target folder as the cargo that started this program.
    pub fn cargo(&self) -> Command {
        let mut cargo = program();
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target);
        cargo
    }

    /// Runs cargo with `args`; its output goes straight to the terminal.
    pub fn run_cargo<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Result<()> {
        run(self.cargo().args(args))
    }

    /// The browser's files of a development build. The table says `target/site`; `target` means cargo's target folder.
    pub fn site(&self) -> PathBuf {
        match self.leptos.site_root.strip_prefix("target") {
            Ok(below) => self.target.join(below),
            Err(_) => self.root.join(&self.leptos.site_root),
        }
    }

    /// The server's program in cargo's folder for `profile` (`debug`, or the profile's own name).
    pub fn server(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(&self.leptos.bin_target).with_extension(std::env::consts::EXE_EXTENSION)
    }

    /// Where this program installs what it needs; outlives `cargo clean -p`, not `cargo clean`.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    pub fn has_package(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }

    /// Each `(package, bench)` of the workspace.
    pub fn benches(&self) -> Vec<(&str, &str)> {
        let benches = self.packages.iter().flat_map(|package| {
            let targets = package.targets.iter();
            targets
                .filter(|target| target.kind.iter().any(|kind| kind == "bench"))
                .map(|target| (package.name.as_str(), target.name.as_str()))
        });
        benches.collect()
    }
}

/// The cargo that started this program, without the variables it set for this program alone: build scripts that watch
/// them would run again each time the outer command changes.
fn program() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_of_this_package) {
            command.env_remove(name);
        }
    }
    // Would change the file names that leptos expects: see `frontend`.
    command.env_remove("LEPTOS_OUTPUT_NAME");
    command
}

fn is_of_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_")
        || variable.starts_with("CARGO_MANIFEST_")
        || variable.starts_with("CARGO_BIN_")
        || matches!(variable, "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR")
}

/// Runs a command to its end; an error names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("starting `{}`", describe(command)))?;
    if status.success() { Ok(()) } else { bail!("`{}` failed ({status})", describe(command)) }
}

/// Runs a command without showing its output; an error holds what it printed.
pub fn run_quietly(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("starting `{}`", describe(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = stderr.trim().lines().collect();
    let tail = lines[lines.len().saturating_sub(5)..].join("\n");
    bail!("`{}` failed ({}): {tail}", describe(command), output.status)
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut text = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_workspace_and_its_front_end() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root.join("Cargo.toml").is_file());
        assert!(workspace.target.is_absolute());
        assert!(workspace.has_package(&workspace.leptos.lib_package));
        assert!(workspace.has_package(&workspace.leptos.bin_package));
        assert_eq!(workspace.leptos.lib_package, ALL_BUT_FRONTEND[2]);
        assert!(workspace.site().starts_with(&workspace.target));
    }

    #[test]
    fn only_what_cargo_run_set_for_this_program_is_withheld() {
        assert!(is_of_this_package("CARGO_PKG_NAME"));
        assert!(is_of_this_package("CARGO_MANIFEST_DIR"));
        assert!(!is_of_this_package("CARGO_HOME"));
        assert!(!is_of_this_package("CARGO_TARGET_DIR"));
    }

    #[test]
    fn a_failing_command_is_named_with_what_it_said() {
        let error = run_quietly(Command::new("sh").args(["-c", "echo no disk >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.starts_with("`sh -c"), "{error}");
        assert!(error.contains("no disk"), "{error}");
    }
}
