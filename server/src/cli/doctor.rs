//! `slipway doctor`: what an instance needs, whether it is there, and how to mend it.

use super::options::Where;
use crate::{
    compose,
    config::Config,
    folders,
    secrets::{InstanceSecrets, KEY_FILE, KEY_VARIABLE},
    system::SystemClock,
};
use slipway_ports::{Clock, Store};
use std::{path::Path, process::ExitCode, sync::Arc, time::Duration};

/// A database's clock may be off by this much, milliseconds, before leases and sessions suffer.
const SKEW: u64 = 2_000;
/// The oldest git with everything that is used (`merge-tree --write-tree`, 2.38: upgrades of created services are its merges).
const GIT: (u32, u32) = (2, 38);
/// How long a runtime may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How one check ended.
enum Verdict {
    Fine(String),
    /// It works, with a drawback; the mend.
    Warning(String, String),
    /// It does not work; the mend.
    Failure(String, String),
}
use Verdict::{Failure, Fine, Warning};

/// Prints a line a check.
#[derive(Default)]
struct Report {
    failures: usize,
}

impl Report {
    fn add(&mut self, what: &str, verdict: Verdict) {
        match verdict {
            Fine(words) => println!("ok    {what}: {words}"),
            Warning(words, mend) => println!("warn  {what}: {words}\n      {mend}"),
            Failure(words, mend) => {
                self.failures += 1;
                println!("fail  {what}: {words}\n      {mend}");
            }
        }
    }
}

pub async fn run(place: &Where) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    let config = match place.load() {
        Ok(loaded) => {
            let from =
                loaded.file.map_or_else(|| "defaults and environment".to_owned(), |file| file.display().to_string());
            report.add("configuration", Fine(from));
            loaded.config
        }
        Err(error) => {
            report.add(
                "configuration",
                Failure(
                    format!("{error:#}"),
                    "Change what it names; `slipway config print` shows what counts.".to_owned(),
                ),
            );
            return Ok(ExitCode::FAILURE);
        }
    };
    report.add("data folder", data_folder(&config.server.data));
    report.add("instance key", instance_key(&config.server.data));
    database(&config, &mut report).await;
    report.add("git", git().await);
    runtimes(&config, &mut report).await;
    report.add("templates", templates(&folders::templates()));
    report.add("front end", front_end(&folders::site()));
    Ok(if report.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn data_folder(folder: &Path) -> Verdict {
    let name = folder.display();
    if !folder.exists() {
        return Warning(
            format!("{name} is not there"),
            "The first start makes it; or name another with --data.".to_owned(),
        );
    }
    match tempfile::NamedTempFile::new_in(folder) {
        Ok(_) => Fine(format!("{name} can be written")),
        Err(error) => Failure(
            format!("{name} cannot be written: {error}"),
            "Give the user that runs Slipway the right to write there.".to_owned(),
        ),
    }
}

/// Looks only: a key is made by the first start.
fn instance_key(data: &Path) -> Verdict {
    let file = data.join(KEY_FILE);
    let (place, key) = match std::env::var(KEY_VARIABLE) {
        Ok(key) => (format!("in {KEY_VARIABLE}"), key),
        Err(_) => match std::fs::read_to_string(&file) {
            Ok(key) => (format!("in {}", file.display()), key),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mend = format!("The first start makes it. Several replicas need the same one in {KEY_VARIABLE}.");
                return Warning(format!("{} is not there", file.display()), mend);
            }
            Err(error) => {
                let mend = "Give the user that runs Slipway, and nobody else, the right to read it.".to_owned();
                return Failure(format!("{} cannot be read: {error}", file.display()), mend);
            }
        },
    };
    match InstanceSecrets::with_key(&key, data.to_owned()) {
        Ok(_) => Fine(place),
        Err(error) => {
            Failure(format!("{place}: {error}"), "Senders of webhooks need new secrets after a change.".to_owned())
        }
    }
}

async fn database(config: &Config, report: &mut Report) {
    let database = config.database();
    let name = config.database.url.as_ref().map_or_else(|| database.clone(), ToString::to_string);
    let pending = match compose::pending_migrations(&database).await {
        Ok(pending) => pending,
        Err(error) => {
            let mend = "Check database.url (or DATABASE_URL): host, name, user, password, and that the server runs.";
            return report.add("database", Failure(format!("{name}: {error:#}"), mend.to_owned()));
        }
    };
    let is_file = !database.contains("://");
    if is_file && !Path::new(database.strip_prefix("sqlite:").unwrap_or(&database)).exists() {
        return report.add("database", Warning(format!("{name} is not there"), "The first start makes it.".to_owned()));
    }
    let store = match compose::open_store_unchanged(&database).await {
        Ok(store) => store,
        Err(error) => {
            return report.add(
                "database",
                Failure(
                    format!("{name}: {error:#}"),
                    "Check that the file or server can be reached and written.".to_owned(),
                ),
            );
        }
    };
    report.add(
        "database",
        match store.describe().await {
            Ok(engine) => Fine(format!("{name} ({engine})")),
            Err(error) => Failure(error.to_string(), "Check that the database answers.".to_owned()),
        },
    );
    report.add(
        "migrations",
        if pending.is_empty() {
            Fine("all have run".to_owned())
        } else {
            Warning(
                format!("to run: {}", pending.join(", ")),
                "The next start runs them; or run `slipway migrate`.".to_owned(),
            )
        },
    );
    report.add(
        "clock",
        match store.now().await {
            Ok(there) => skew(there.since(SystemClock.now())),
            Err(error) => Failure(error.to_string(), "Check that the database answers.".to_owned()),
        },
    );
    if pending.is_empty() {
        report.add("days of metrics", days(&*store).await);
    }
}

/// How the last self-check of the days that metrics are read from ended.
async fn days(store: &dyn Store) -> Verdict {
    let state = match store.begin_read().await {
        Ok(mut tx) => tx.rollup_state().await,
        Err(error) => Err(error),
    };
    match state {
        Err(error) => Failure(error.to_string(), "Check that the database answers.".to_owned()),
        Ok(state) if state.checked_at.is_none() => Fine("not compared with the event log yet".to_owned()),
        Ok(state) if state.differing.is_empty() => {
            Fine(format!("{} compared with the event log, all are what it says", state.checked))
        }
        Ok(state) => Warning(
            format!("not what the event log said at the last self-check: {}", state.differing),
            "They were made anew since. Please report it, with the server's log of that day.".to_owned(),
        ),
    }
}

fn skew(millis: i64) -> Verdict {
    let words = format!("the database's clock differs by {} ms", millis.unsigned_abs());
    let mend = "Synchronise both machines' clocks (NTP): leases and sessions depend on them.".to_owned();
    match millis.unsigned_abs() {
        ..=SKEW => Fine(words),
        apart if apart <= 10_000 => Warning(words, mend),
        _ => Failure(words, mend),
    }
}

async fn git() -> Verdict {
    match tokio::process::Command::new("git").arg("--version").output().await {
        Ok(output) => judge_git(String::from_utf8_lossy(&output.stdout).trim()),
        Err(error) => Failure(format!("the program cannot be run: {error}"), mend_git()),
    }
}

fn mend_git() -> String {
    format!("Install git {}.{} or newer and put it on PATH.", GIT.0, GIT.1)
}

fn judge_git(output: &str) -> Verdict {
    match git_version(output) {
        Some(version) if version >= GIT => Fine(output.to_owned()),
        Some(_) => Failure(format!("{output} is too old: created services could not be upgraded"), mend_git()),
        None => Warning(format!("`{output}` is no version that can be read"), mend_git()),
    }
}

/// `git version 2.39.5 (Apple Git-154)` is 2.39.
fn git_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix("git version ")?.split(['.', ' ']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

async fn runtimes(config: &Config, report: &mut Report) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    if config.sandbox.enabled && config.sandbox.url.is_none() {
        report.add("sandbox", Fine("starts with the server".to_owned()));
    }
    if config.runtimes.is_empty() && !config.has_sandbox() {
        let mend = "Add a section [runtimes.<name>], or start with --sandbox to try things.";
        report.add("runtimes", Warning("none is configured".to_owned(), mend.to_owned()));
    }
    let connected = match compose::runtimes(config, config.sandbox.url.as_deref(), &clock).await {
        Ok(connected) => connected,
        Err(error) => {
            return report
                .add("runtimes", Failure(format!("{error:#}"), "Change the section that it names.".to_owned()));
        }
    };
    for (name, runtime) in connected.iter() {
        let verdict = match tokio::time::timeout(PATIENCE, runtime.check()).await {
            Ok(Ok(())) => Fine(format!("{} answers", runtime.kind().title())),
            Ok(Err(error)) => {
                let cause = error.cause();
                Failure(cause.message, cause.mend)
            }
            Err(_) => Failure(
                format!("no answer within {} s", PATIENCE.as_secs()),
                "Check the network between Slipway and the runtime.".to_owned(),
            ),
        };
        report.add(&format!("runtime {name}"), verdict);
    }
}

fn templates(folder: &Path) -> Verdict {
    let found = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().join("template.yaml").is_file())
        .count();
    match found {
        0 => Failure(
            format!("none in {}", folder.display()),
            "Keep `templates/` beside the program, or name it in SLIPWAY_TEMPLATES.".to_owned(),
        ),
        found => Fine(format!("{found} in {}", folder.display())),
    }
}

fn front_end(folder: &Path) -> Verdict {
    let pkg = folder.join("pkg");
    if pkg.is_dir() {
        return Fine(pkg.display().to_string());
    }
    let mend = "Keep `site/` beside the program, or name it in SLIPWAY_SITE_ROOT; `cargo xtask build` makes it. Pages work without, but plainly.";
    Warning(format!("{} is not there", pkg.display()), mend.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_git_are_read() {
        assert_eq!(git_version("git version 2.39.5 (Apple Git-154)"), Some((2, 39)));
        assert_eq!(git_version("git version 2.50.1.windows.1"), Some((2, 50)));
        assert_eq!(git_version("bash: git: not found"), None);
        assert!(matches!(judge_git("git version 2.38.0"), Fine(_)));
        let Failure(words, mend) = judge_git("git version 2.37.9") else { panic!("it is too old") };
        assert!(words.contains("2.37.9 is too old") && mend.contains("2.38"), "{words}: {mend}");
    }

    #[test]
    fn a_clock_that_is_far_off_is_a_failure() {
        assert!(matches!(skew(-1_000), Fine(_)));
        assert!(matches!(skew(5_000), Warning(..)));
        assert!(matches!(skew(-60_000), Failure(..)));
    }
}
