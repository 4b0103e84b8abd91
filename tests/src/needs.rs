//! What the environment offers to tests.

use std::{env, path::PathBuf};

/// The server's program.
pub const PROGRAM: &str = "SLIPWAY_BIN";
/// Where the browser's half was built to.
pub const SITE: &str = "SLIPWAY_SITE_ROOT";
/// A PostgreSQL server in which tests may make schemas.
pub const POSTGRES: &str = "SLIPWAY_TEST_POSTGRES_URL";
/// The browser.
pub const CHROMIUM: &str = "SLIPWAY_TEST_CHROMIUM";
/// What drives the browser.
pub const CHROMEDRIVER: &str = "SLIPWAY_TEST_CHROMEDRIVER";
/// `axe.min.js`.
pub const AXE: &str = "SLIPWAY_TEST_AXE";
/// The folder that screenshots go to.
pub const SCREENSHOTS: &str = "SLIPWAY_TEST_SCREENSHOTS";

/// The value of a variable that names a file or folder, if it is set.
pub fn path(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Whether all of these are set. Says aloud what is left out when one is not.
pub fn met(what: &str, variables: &[&str]) -> bool {
    let missing: Vec<&str> = variables.iter().copied().filter(|variable| path(variable).is_none()).collect();
    if !missing.is_empty() {
        println!("SKIPPED {what}: {} not set; `cargo xtask test` sets what it finds", missing.join(", "));
    }
    missing.is_empty()
}

/// The program that a variable names, or else the one of that name in `PATH`.
pub fn program(variable: &str, name: &str) -> Option<PathBuf> {
    let search = || env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    path(variable).or_else(|| search().into_iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}
