//! `cargo xtask bench`: the crates' own benches, then the load benches against the optimised build.

use crate::cargo::Workspace;
use crate::postgres::Cluster;
use crate::{dist, say, tools};
use anyhow::{Result, bail};
use std::process::ExitCode;

/// The package of the load benches: it starts the optimised server, loads it and prints the table of figures.
const LOAD: &str = "slipway-bench";

/// Runs the benches whose name contains one of `names`; all of them if none is given. `scale` is that of the bench `dora`.
pub fn run(workspace: &Workspace, names: &[String], scale: f64) -> Result<ExitCode> {
    let cores = std::thread::available_parallelism()?;
    println!("This machine offers {cores} cores.");
    let wanted = |bench: &str| names.is_empty() || names.iter().any(|name| bench.contains(name));

    let mut ran = 0;
    for (package, bench) in workspace.benches() {
        if !wanted(bench) && !wanted(package) {
            continue;
        }
        ran += 1;
        say::step(&format!("Bench {bench} of {package}"), || {
            workspace.run_cargo(["bench", "--package", package, "--bench", bench])
        })?;
    }

    if workspace.has_package(LOAD) {
        ran += 1;
        let server = dist::build(workspace)?;
        // What cannot be had is left out, and the table says so.
        let cluster = say::step("Starting a throw-away PostgreSQL", Cluster::start);
        let cluster = cluster.inspect_err(|error| say::note(format!("not measured on PostgreSQL: {error:#}"))).ok();
        let browser = tools::browser().inspect_err(|error| say::note(format!("no browser: {error:#}"))).ok();
        say::step("Load benches", || {
            let mut cargo = workspace.cargo();
            cargo
                .args(["run", "--release", "--package", LOAD, "--"])
                .args(names)
                .args(["--scale", &scale.to_string()])
                .env("SLIPWAY_BIN", &server.program)
                .envs(server.variables())
                .envs(cluster.as_ref().map(|cluster| ("SLIPWAY_TEST_POSTGRES_URL", cluster.url())))
                .envs(browser.as_ref().map(|browser| ("SLIPWAY_TEST_CHROMIUM", &browser.chromium)))
                .envs(browser.as_ref().map(|browser| ("SLIPWAY_TEST_CHROMEDRIVER", &browser.driver)));
            crate::cargo::run(&mut cargo)
        })?;
    }
    if ran == 0 {
        bail!("no bench is called {}; without a name all of them run", names.join(" or "));
    }
    Ok(ExitCode::SUCCESS)
}
