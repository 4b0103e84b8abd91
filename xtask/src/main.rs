//! `cargo xtask <command>`: everything a person types to run, build, test, check and measure Slipway.
//!
//! Each command prints what it is doing while it does it and how long that took. What is up to date is not done again.
//! All output goes below cargo's target folder (`CARGO_TARGET_DIR` is respected), nothing beside the sources.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod bench;
mod cargo;
mod ci;
mod compress;
mod dist;
mod files;
mod frontend;
mod postgres;
mod run;
mod say;
mod split;
mod stamp;
mod style;
mod test;
mod tools;

use anyhow::Result;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Run, build, test, check and measure Slipway.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    after_help = "New here? `cargo xtask run` builds everything and serves a demo organisation on http://127.0.0.1:3000."
)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what changed and serve it, with a demo organisation, until Ctrl-C.
    ///
    /// Needs nothing but rustup: the WebAssembly target is added if it is missing. The first build compiles
    /// everything and takes minutes; the next start takes seconds. The server prints its address and how to sign in.
    Run(run::Options),

    /// Build the front end, the styles and the server, without starting anything.
    ///
    /// In development the browser's files go to `<target>/site` and the program to `<target>/debug/slipway`. With
    /// --release, `<target>/dist` holds everything: the program, optimised, content-hashed and pre-compressed
    /// assets, templates and migrations. Copy that folder anywhere and start `slipway` in it.
    Build {
        /// Make the optimised folder `<target>/dist`.
        #[arg(long)]
        release: bool,
    },

    /// Run every test: unit, contract (SQLite and PostgreSQL), black-box and browser tests, then doc tests.
    ///
    /// Installs what the tests need where it can: a throw-away PostgreSQL cluster, the AWS emulator ministack,
    /// Chromium with its driver, axe-core. What it could not get is named in the last lines, above the runner's own
    /// count. The exit status is the runner's.
    Test(test::Options),

    /// Check everything a change must pass: format, lints, dependency rules, then `cargo xtask test`.
    ///
    /// Every check runs even if an earlier one failed; the table at the end says which did.
    Ci,

    /// Measure: the benches of the crates, then the load benches, both as release builds.
    ///
    /// Figures mean something only on an idle machine; its number of cores is printed with them.
    Bench {
        /// Only benches whose name contains one of these.
        #[arg(value_name = "NAME")]
        names: Vec<String>,

        /// How much data `dora` makes: 1 is ten million deployments, which needs some 20 GB of disk and the better part of an hour.
        #[arg(long, default_value_t = 0.1)]
        scale: f64,
    },
}

fn main() -> ExitCode {
    match execute(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(task: Task) -> Result<ExitCode> {
    let workspace = cargo::Workspace::find()?;
    match task {
        Task::Run(options) => run::run(&workspace, &options),
        Task::Build { release: true } => dist::build(&workspace).map(|_| ExitCode::SUCCESS),
        Task::Build { release: false } => run::build_dev(&workspace).map(|_| ExitCode::SUCCESS),
        Task::Test(options) => test::run(&workspace, &options).map(|outcome| outcome.finish()),
        Task::Ci => ci::run_all(&workspace),
        Task::Bench { names, scale } => bench::run(&workspace, &names, scale),
    }
}
