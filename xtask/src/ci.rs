//! `cargo xtask ci`: everything a change must pass. `.ci/run` calls it.

use crate::cargo::{ALL_BUT_FRONTEND, Workspace, run};
use crate::{files, frontend, say, test, tools};
use anyhow::{Result, bail};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

/// The one component that may hold the element: leptos 0.8 does not escape its content on the server.
const TEXT_AREA: &str = "app/src/components/text_area.rs";

/// One check, done.
struct Check {
    name: &'static str,
    error: Option<String>,
    took: Duration,
}

/// Runs every check, then the tests; fails if one did.
pub fn run_all(workspace: &Workspace) -> Result<ExitCode> {
    let mut checks = Vec::new();
    let mut check = |name: &'static str, work: &dyn Fn() -> Result<()>| {
        println!("==> Check: {name}");
        let start = Instant::now();
        let error = work().err().map(|error| format!("{error:#}"));
        if let Some(error) = &error {
            eprintln!("error: {error}");
        }
        let took = start.elapsed();
        checks.push(Check { name, error, took });
    };

    check("format", &|| workspace.run_cargo(["fmt", "--all", "--check"]));
    check("text areas", &|| check_text_areas(&workspace.root));
    check("dependency rules", &|| check_dependencies(workspace));
    check("browser's dependencies", &|| frontend::check_tree(workspace));
    check("lints", &|| {
        let lint = ["--all-targets", "--", "-D", "warnings"];
        workspace.run_cargo([["clippy"].as_slice(), &ALL_BUT_FRONTEND, &lint].concat())
    });
    check("lints, for the browser", &|| frontend::clippy(workspace));

    // The command of the README, so that what it promises is what is checked.
    let start = Instant::now();
    let tests = test::run(workspace, &test::Options::default())?;
    checks.push(Check {
        name: "tests",
        error: (!tests.passed()).then(|| "see above".to_owned()),
        took: start.elapsed(),
    });

    println!("\n{}", table(&checks));
    let failed = checks.iter().any(|check| check.error.is_some());
    let code = tests.finish();
    Ok(if failed { ExitCode::FAILURE } else { code })
}

/// One line a check, failures with their reason.
fn table(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
    let lines = checks.iter().map(|check| {
        let took = say::seconds(check.took);
        match &check.error {
            None => format!("  ok      {:width$}  {took:>6}", check.name),
            Some(error) => format!("  FAILED  {:width$}  {took:>6}  {error}", check.name),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Licences, sources and who may depend on what: deny.toml.
fn check_dependencies(workspace: &Workspace) -> Result<()> {
    let deny = tools::deny(workspace)?;
    run(Command::new(deny)
        .current_dir(&workspace.root)
        .args(["--workspace", "--all-features", "--log-level=error"])
        .args(["check", "bans", "licenses", "sources"]))
}

/// Refuses the raw element in pages and server code.
fn check_text_areas(root: &Path) -> Result<()> {
    let mut found = Vec::new();
    for folder in ["app/src", "frontend/src", "server/src"] {
        for file in files::below(&root.join(folder))? {
            if file.extension().is_none_or(|kind| kind != "rs") || file == root.join(TEXT_AREA) {
                continue;
            }
            let text = String::from_utf8_lossy(&files::read(&file)?).into_owned();
            let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            found.extend(raw_text_areas(&text).map(|line| format!("{name}:{line}")));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    bail!("a raw text area lets its content out as markup; use the component of {TEXT_AREA} in {}", found.join(", "))
}

/// The numbers of the lines that open the element.
fn raw_text_areas(text: &str) -> impl Iterator<Item = usize> {
    let opening = "<textarea";
    text.lines().enumerate().filter(move |(_, line)| line.contains(opening)).map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_text_area_is_found_with_its_line() {
        let page = "view! {\n  <p/>\n  <TextArea label=\"Reason\"/>\n  <textarea name=\"x\"></textarea>\n}";
        // The component's own name differs only in case, which HTML ignores but Rust does not.
        assert_eq!(raw_text_areas(page).collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn the_table_says_which_check_failed_and_why() {
        let check =
            |name, error: Option<&str>| Check { name, error: error.map(str::to_owned), took: Duration::from_secs(12) };
        let text = table(&[check("format", None), check("lints", Some("`cargo clippy` failed"))]);
        assert_eq!(text, "  ok      format    12 s\n  FAILED  lints     12 s  `cargo clippy` failed");
    }
}
