//! `cargo xtask run`: build what changed, then become the server.

use crate::cargo::{ALL_BUT_FRONTEND, Workspace};
use crate::frontend::{self, Profile};
use crate::{dist, files, say, style};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(clap::Args)]
pub struct Options {
    /// Where to listen, on 127.0.0.1.
    #[arg(long, default_value_t = 3000, value_name = "PORT")]
    port: u16,
    /// Where the database, repositories and keys are kept [default: `data` in cargo's target folder].
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Serve the optimised build, with hashed and pre-compressed assets, as in production.
    #[arg(long)]
    release: bool,
    /// Start without the demo organisation: an empty instance on the embedded sandbox.
    #[arg(long)]
    empty: bool,
}

/// A program that serves, with the folders it serves from.
pub struct Server {
    pub program: PathBuf,
    pub site: PathBuf,
    pub templates: PathBuf,
}

impl Server {
    /// The variables that tell the program where its folders are.
    pub fn variables(&self) -> [(&'static str, &Path); 2] {
        [("SLIPWAY_SITE_ROOT", &self.site), ("SLIPWAY_TEMPLATES", &self.templates)]
    }
}

/// Builds, then serves until Ctrl-C.
pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let server = if options.release { dist::build(workspace)? } else { build_dev(workspace)? };
    let data = match &options.data {
        Some(folder) => std::path::absolute(folder)?,
        None => workspace.target.join("data"),
    };
    let mut command = Command::new(&server.program);
    if options.empty {
        command.args(["serve", "--sandbox"]);
    } else {
        command.arg("demo");
    }
    command.arg("--port").arg(options.port.to_string()).arg("--data").arg(&data).envs(server.variables());
    println!("==> Starting Slipway; Ctrl-C stops it");
    say::note(format!("data in {}", data.display()));
    become_it(command)
}

/// Builds the front end, the styles and the server for development.
pub fn build_dev(workspace: &Workspace) -> Result<Server> {
    let site = build_site(workspace)?;
    say::step("Compiling the server", || {
        workspace.run_cargo(
            [
                ["build"].as_slice(),
                &ALL_BUT_FRONTEND,
                // The same packages as the tests, so that both share one set of dependencies.
                &["--bin", &workspace.leptos.bin_target],
            ]
            .concat(),
        )
    })?;
    Ok(dev_server(workspace, site))
}

/// Builds what the browser downloads, for development; gives the site's folder.
pub fn build_site(workspace: &Workspace) -> Result<PathBuf> {
    let site = workspace.site();
    let pkg = site.join(&workspace.leptos.site_pkg_dir);
    frontend::build(workspace, Profile::Dev, &pkg)?;
    style::build_dev(workspace, &pkg)?;
    if let Some(assets) = &workspace.leptos.assets_dir {
        files::copy_tree(&workspace.root.join(assets), &site)?;
    }
    Ok(site)
}

/// The development server, where cargo leaves it.
pub fn dev_server(workspace: &Workspace, site: PathBuf) -> Server {
    Server { program: workspace.server("debug"), site, templates: workspace.root.join("templates") }
}

/// On Unix this process becomes the server, so that signals reach it directly.
#[cfg(unix)]
fn become_it(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).with_context(|| format!("starting {}", command.get_program().display()))
}

/// Elsewhere a console's Ctrl-C reaches the server too, as it shares the console.
#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| format!("starting {}", command.get_program().display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
