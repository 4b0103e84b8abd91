//! The command line. One file a command; what they do is elsewhere.

mod artifact;
mod catalog;
mod catalog_check;
mod client;
mod config;
mod doctor;
mod dora;
mod import;
mod migrate;
mod options;
mod sandbox;
mod serve;
mod template;
mod upgrade;

use crate::telemetry;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// An internal developer platform portal: from a golden path to a running, watched service.
#[derive(Parser)]
#[command(name = "slipway", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the portal.
    Serve(serve::Serve),
    /// Serve the portal with an emulated cloud and a believable organisation in it.
    Demo(serve::Demo),
    /// Run the emulated cloud alone, for `serve --sandbox-url`.
    Sandbox(sandbox::Options),
    /// Bring the database up to date. `serve` does so by itself.
    Migrate(migrate::Options),
    /// Check everything an instance needs, and say how to mend what is wrong.
    Doctor(options::Where),
    /// Check or print the configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Run, test and check golden-path templates, without a server.
    #[command(subcommand)]
    Template(template::Command),
    /// Check catalogue files, and register them with a running instance.
    #[command(subcommand)]
    Catalog(catalog::Command),
    /// Report built images to a running instance.
    #[command(subcommand)]
    Artifact(artifact::Command),
    /// Bring services to the latest version of their golden path, at a running instance.
    #[command(subcommand)]
    Upgrade(upgrade::Command),
    /// Take histories over into the database.
    #[command(subcommand)]
    Import(import::Command),
    /// Compute delivery metrics.
    #[command(subcommand)]
    Dora(dora::Command),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("slipway: the asynchronous runtime cannot be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("slipway: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A number of things: `1 case`, `2 cases`.
fn counted(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

/// A line of what a command answers. A reader that has seen enough (`| head`) is no failure.
fn print(line: &str) {
    use std::io::Write as _;
    // Nobody is left to tell when even this cannot be written.
    let _ = writeln!(std::io::stdout(), "{line}");
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(options) => options.run().await,
        Command::Demo(options) => options.run().await,
        Command::Sandbox(options) => options.run().await,
        Command::Migrate(options) => options.run().await,
        Command::Doctor(place) => doctor::run(&place).await,
        Command::Config(command) => command.run(),
        Command::Template(command) => command.run().await,
        Command::Catalog(command) => command.run().await,
        Command::Artifact(command) => command.run().await,
        Command::Upgrade(command) => command.run().await,
        Command::Import(command) => command.run().await,
        Command::Dora(command) => command.run().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_commands_fit_together() {
        Arguments::command().debug_assert();
    }
}
