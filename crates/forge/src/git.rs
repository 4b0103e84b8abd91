//! Running the `git` program in an environment of its own: nobody's configuration, no hooks, no prompts.

use slipway_ports::forge::ForgeError;
use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::Duration,
};
use tokio::process::Command;

/// How long a local git command may take.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(60);

/// The only configuration that git sees.
///
/// - `safe.directory`: the data folder may belong to another user than the one who runs the server.
/// - `core.hooksPath`: nothing in a repository is ever run.
/// - `gc.autoDetach`: no process outlives the one that was started.
/// - `fastimport.unpackLimit`: a commit made here stays the one pack that it was written as, and synced to the disk as; git would
///   start another process to make it a file for each object.
/// - `receive.denyDeleteCurrent`: the default branch (`HEAD`) cannot be deleted by a push.
/// - `transfer.fsckObjects`: broken or malicious objects are refused where they come in.
const CONFIG: &str = "\
[safe]
\tdirectory = *
[core]
\thooksPath = /dev/null
[gc]
\tautoDetach = false
[maintenance]
\tautoDetach = false
[fastimport]
\tunpackLimit = 1
[receive]
\tdenyDeleteCurrent = refuse
[transfer]
\tfsckObjects = true
[uploadpack]
\tallowFilter = true
[i18n]
\tlogOutputEncoding = UTF-8
";

/// The `git` program with its private home folder.
#[derive(Clone, Debug)]
pub(crate) struct Git {
    program: PathBuf,
    home: PathBuf,
}

impl Git {
    /// Prepares `home`, a folder that only git uses.
    pub(crate) fn new(home: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&home)?;
        let file = tempfile::NamedTempFile::new_in(&home)?;
        std::fs::write(file.path(), CONFIG)?;
        file.persist(home.join("gitconfig")).map_err(|error| error.error)?;
        Ok(Self { program: program(), home })
    }

    /// A command with the clean environment; it dies with its handle.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env_clear()
            .envs(
                ["PATH", "SYSTEMROOT", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"]
                    .iter()
                    .filter_map(|name| std::env::var_os(name).map(|value| (name, value))),
            )
            .env("HOME", &self.home)
            .env("GIT_CONFIG_GLOBAL", self.home.join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ALLOW_PROTOCOL", "file:http:https")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .current_dir(&self.home)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// A command on one repository.
    pub(crate) fn at(&self, directory: &Path) -> Command {
        let mut command = self.command();
        command.arg("--git-dir").arg(directory);
        command
    }

    /// Runs a command on one repository and gives what it wrote; a failure carries git's own words.
    pub(crate) async fn run<A: AsRef<OsStr>>(&self, directory: &Path, arguments: &[A]) -> Result<Vec<u8>, ForgeError> {
        let mut command = self.at(directory);
        command.args(arguments);
        let output = finish(command, TIMEOUT).await?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure(&output.stderr)) }
    }

    /// As [`Git::run`], for commands that say "no" by failing quietly: `None` then.
    pub(crate) async fn ask<A: AsRef<OsStr>>(
        &self,
        directory: &Path,
        arguments: &[A],
    ) -> Result<Option<String>, ForgeError> {
        let mut command = self.at(directory);
        command.args(arguments);
        let output = finish(command, TIMEOUT).await?;
        Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned()))
    }
}

/// Where `git` is. Looked up once: a program that is named by its whole path is started without copying this process first, which
/// takes longer than most of what git is asked for.
fn program() -> PathBuf {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("git")).find(|file| file.is_file());
    // Who starts it says that it is not there.
    found.unwrap_or_else(|| PathBuf::from("git"))
}

/// Waits for a command, but not for ever.
pub(crate) async fn finish(mut command: Command, timeout: Duration) -> Result<Output, ForgeError> {
    match tokio::time::timeout(timeout, command.output()).await {
        Ok(output) => output.map_err(not_started),
        Err(_) => Err(ForgeError::Failed(format!("no answer within {} s", timeout.as_secs()))),
    }
}

/// The error of a `git` that could not even be started.
pub(crate) fn not_started(error: io::Error) -> ForgeError {
    ForgeError::Failed(format!("the program `git` could not be run ({error}); install git and put it on PATH"))
}

/// Git's own words, without its decoration.
pub(crate) fn failure(stderr: &[u8]) -> ForgeError {
    let text = String::from_utf8_lossy(stderr);
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_start_matches("fatal: ").trim_start_matches("error: ").trim())
        .filter(|line| !line.is_empty() && !line.starts_with("hint:"))
        .take(3)
        .collect();
    ForgeError::Failed(if lines.is_empty() { "it gave no reason".to_owned() } else { lines.join("; ") })
}
