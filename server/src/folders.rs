//! Where the program finds what comes with it: the front end and the templates.
//!
//! A release stands in one folder: the program, `site/`, `templates/`, `hash.txt`. In development the variables
//! `SLIPWAY_SITE_ROOT` and `SLIPWAY_TEMPLATES` name them.

use std::path::PathBuf;

/// The folder of what the browser downloads; `pkg/` is in it.
pub fn site() -> PathBuf {
    find("SLIPWAY_SITE_ROOT", "site", "target/site")
}

/// The folder of the templates that ship with Slipway.
pub fn templates() -> PathBuf {
    find("SLIPWAY_TEMPLATES", "templates", "templates")
}

/// Whether assets are named by their content: a release has `hash.txt` beside the program.
pub fn hashed() -> bool {
    beside("hash.txt").is_some_and(|file| file.is_file())
}

fn find(variable: &str, name: &str, in_checkout: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os(variable).filter(|folder| !folder.is_empty()) {
        return PathBuf::from(folder);
    }
    beside(name).filter(|folder| folder.is_dir()).unwrap_or_else(|| PathBuf::from(in_checkout))
}

fn beside(name: &str) -> Option<PathBuf> {
    Some(std::env::current_exe().ok()?.parent()?.join(name))
}
