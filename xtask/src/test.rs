//! `cargo xtask test`: what the tests need, the tests, and their count as the last line.

use crate::cargo::{ALL_BUT_FRONTEND, Workspace};
use crate::postgres::Cluster;
use crate::run::{build_site, dev_server};
use crate::{say, tools};
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

#[derive(clap::Args, Default)]
pub struct Options {
    /// Only tests whose name contains one of these; doc tests are then left out.
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Leave out what needs a browser.
    #[arg(long)]
    no_browser: bool,
    /// Leave out what needs PostgreSQL; SQLite is always tested.
    #[arg(long)]
    no_postgres: bool,
    /// Render every golden path with every input that is tried, not with one.
    #[arg(long)]
    all_templates: bool,
}

/// How the run ended.
pub struct Outcome {
    passed: bool,
    code: u8,
    /// What was left out and why, then the counts.
    closing: Vec<String>,
}

impl Outcome {
    pub fn passed(&self) -> bool {
        self.passed
    }

    /// Prints the last lines and gives the exit status.
    pub fn finish(self) -> ExitCode {
        println!();
        for line in &self.closing {
            println!("{line}");
        }
        ExitCode::from(self.code)
    }
}

/// What the tests find in their environment.
#[derive(Default)]
struct Needs {
    variables: Vec<(&'static str, OsString)>,
    left_out: Vec<String>,
}

impl Needs {
    fn offer(&mut self, variable: &'static str, value: impl Into<OsString>) {
        self.variables.push((variable, value.into()));
    }

    /// Offers what was found, or remembers that tests of `what` are left out.
    fn offer_found<T>(&mut self, what: &str, found: Result<T>, offer: impl FnOnce(&mut Self, T)) {
        match found {
            Ok(found) => offer(self, found),
            Err(error) => self.leave_out(what, format!("{error:#}")),
        }
    }

    fn leave_out(&mut self, what: &str, why: impl AsRef<str>) {
        let line = format!("Left out: {what}: {}", why.as_ref().replace('\n', " "));
        say::note(&line);
        self.left_out.push(line);
    }
}

/// Runs the tests. An error means that they could not be run; failing tests are an outcome.
pub fn run(workspace: &Workspace, options: &Options) -> Result<Outcome> {
    let mut needs = Needs::default();
    let runner = find_runner(workspace);
    browser(workspace, options, &mut needs);
    golden_paths(workspace, options, &mut needs);
    needs.offer_found("tests against ministack", tools::ministack(workspace), |needs, program| {
        needs.offer("SLIPWAY_TEST_MINISTACK", program);
    });

    let server = dev_server(workspace, build_site(workspace)?);
    say::step("Compiling the server and the tests", || {
        let targets = ["--bin", workspace.leptos.bin_target.as_str(), "--tests"];
        workspace.run_cargo([["build"].as_slice(), &ALL_BUT_FRONTEND, &targets].concat())
    })?;
    for (variable, folder) in server.variables() {
        needs.offer(variable, folder);
    }
    needs.offer("SLIPWAY_BIN", server.program);
    needs.offer("SLIPWAY_TEST_SCREENSHOTS", workspace.target.join("screenshots"));

    let cluster = postgres(options, &mut needs);
    println!("==> Running the tests");
    let tests = runner.run(workspace, options, &needs)?;
    let docs = doc_tests(workspace, options, &needs)?;
    drop(cluster);

    let mut closing = needs.left_out;
    closing.push(docs.line);
    closing.push(tests.line);
    Ok(Outcome {
        passed: tests.code == 0 && docs.code == 0,
        code: if tests.code == 0 { docs.code } else { tests.code },
        closing,
    })
}

fn browser(workspace: &Workspace, options: &Options, needs: &mut Needs) {
    if options.no_browser {
        return needs.leave_out("browser tests", "--no-browser");
    }
    needs.offer_found("browser tests", tools::browser(), |needs, browser| {
        needs.offer("SLIPWAY_TEST_CHROMIUM", browser.chromium);
        needs.offer("SLIPWAY_TEST_CHROMEDRIVER", browser.driver);
    });
    needs.offer_found("accessibility checks", tools::axe(workspace), |needs, script| {
        needs.offer("SLIPWAY_TEST_AXE", script);
    });
}

/// What golden paths render is checked and built with tools of many languages.
fn golden_paths(workspace: &Workspace, options: &Options, needs: &mut Needs) {
    needs.offer_found("some checks of golden paths", tools::template_tools(workspace), |needs, programs| {
        needs.offer("SLIPWAY_TEST_TEMPLATE_TOOLS", programs);
    });
    needs.offer_found("checks of GitHub's workflows", tools::actionlint(workspace), |needs, program| {
        needs.offer("SLIPWAY_TEST_ACTIONLINT", program);
    });
    for (program, host, what) in [
        ("npm", None, "golden paths in TypeScript and HTML"),
        ("mvn", Some("repo.maven.apache.org"), "building the golden path in Java"),
        ("mix", Some("repo.hex.pm"), "building the golden path in Elixir"),
    ] {
        if tools::find(program).is_none() {
            needs.leave_out(what, format!("there is no {program}"));
        } else if let Some(host) = host.filter(|host| !reaches(host)) {
            needs.leave_out(what, format!("{host} cannot be reached"));
        }
    }
    if options.all_templates {
        needs.offer("SLIPWAY_TEST_ALL_TEMPLATES", "all");
    }
}

/// Whether a host answers on the port of HTTPS.
fn reaches(host: &str) -> bool {
    let patience = Duration::from_secs(3);
    let addresses = (host, 443).to_socket_addrs().into_iter().flatten();
    addresses.take(2).any(|address| TcpStream::connect_timeout(&address, patience).is_ok())
}

fn postgres(options: &Options, needs: &mut Needs) -> Option<Cluster> {
    if options.no_postgres {
        needs.leave_out("tests on PostgreSQL", "--no-postgres");
        return None;
    }
    match say::step("Starting a throw-away PostgreSQL", Cluster::start) {
        Ok(cluster) => {
            needs.offer("SLIPWAY_TEST_POSTGRES_URL", cluster.url());
            Some(cluster)
        }
        Err(error) => {
            needs.leave_out("tests on PostgreSQL", format!("{error:#}"));
            None
        }
    }
}

/// What runs the tests.
enum Runner {
    Nextest(std::path::PathBuf),
    Cargo,
}

/// One run of a runner: its exit status and its own count.
struct Run {
    code: u8,
    line: String,
}

fn find_runner(workspace: &Workspace) -> Runner {
    match tools::nextest(workspace) {
        Ok(program) => Runner::Nextest(program),
        Err(error) => {
            say::note(format!("no cargo-nextest, so `cargo test` runs the tests: {error:#}"));
            Runner::Cargo
        }
    }
}

impl Runner {
    fn run(&self, workspace: &Workspace, options: &Options, needs: &Needs) -> Result<Run> {
        let mut command = workspace.cargo();
        let mut count = Count::default();
        let code = match self {
            Self::Nextest(program) => {
                // Started by its path: it may be one that cargo would not find.
                let mut nextest = Command::new(program);
                nextest.current_dir(&workspace.root);
                for (name, value) in command.get_envs() {
                    match value {
                        Some(value) => nextest.env(name, value),
                        None => nextest.env_remove(name),
                    };
                }
                nextest
                    .args(["nextest", "run"])
                    .args(ALL_BUT_FRONTEND)
                    .args(&options.filters)
                    .envs(needs.variables.iter().map(|(name, value)| (name, value)));
                if std::io::stderr().is_terminal() {
                    nextest.args(["--color", "always"]);
                }
                watch(nextest, Stream::Stderr, &mut count)?
            }
            Self::Cargo => {
                command
                    .args(["test", "--tests", "--no-fail-fast"])
                    .args(ALL_BUT_FRONTEND)
                    .envs(needs.variables.iter().map(|(name, value)| (name, value)))
                    .arg("--")
                    .args(&options.filters);
                watch(command, Stream::Stdout, &mut count)?
            }
        };
        let line = count.line("Tests", code);
        Ok(Run { code, line })
    }
}

/// Doc tests, which nextest does not run.
fn doc_tests(workspace: &Workspace, options: &Options, needs: &Needs) -> Result<Run> {
    if !options.filters.is_empty() {
        let line = "Left out: doc tests: a filter was given".to_owned();
        return Ok(Run { code: 0, line });
    }
    println!("==> Running the doc tests");
    let mut command = workspace.cargo();
    command
        .args(["test", "--doc", "--no-fail-fast"])
        .args(ALL_BUT_FRONTEND)
        .envs(needs.variables.iter().map(|(name, value)| (name, value)));
    let mut count = Count::default();
    let code = watch(command, Stream::Stdout, &mut count)?;
    let line = count.line("Doc tests", code);
    Ok(Run { code, line })
}

enum Stream {
    Stdout,
    Stderr,
}

/// Runs a command to its end. One of its streams is read for counts on its way to the terminal.
fn watch(mut command: Command, stream: Stream, count: &mut Count) -> Result<u8> {
    match stream {
        Stream::Stdout => command.stdout(Stdio::piped()),
        Stream::Stderr => command.stderr(Stdio::piped()),
    };
    let mut child = command.spawn().with_context(|| format!("starting {}", command.get_program().display()))?;
    match stream {
        Stream::Stdout => {
            let read = child.stdout.take().context("the runner has no stdout")?;
            pass_on(BufReader::new(read), std::io::stdout(), count)?;
        }
        Stream::Stderr => {
            let read = child.stderr.take().context("the runner has no stderr")?;
            pass_on(BufReader::new(read), std::io::stderr(), count)?;
        }
    }
    let status = child.wait()?;
    // Ended by a signal: as shells do, something that is not success.
    let code = status.code().map_or(130, |code| code & 0xff);
    Ok(u8::try_from(code).unwrap_or(1))
}

fn pass_on(mut from: impl BufRead, mut to: impl Write, count: &mut Count) -> Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        count.read(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}

/// The runner's own count, read from its output.
#[derive(Default)]
struct Count {
    /// nextest's summary line.
    summary: Option<String>,
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Count {
    fn read(&mut self, line: &str) {
        let line = without_colours(line);
        let line = line.trim();
        if line.starts_with("Summary [") {
            self.summary = Some(line.to_owned());
        } else if let Some(result) = line.strip_prefix("test result: ") {
            // `ok. 3 passed; 0 failed; 1 ignored; …`
            self.passed += number_before(result, "passed");
            self.failed += number_before(result, "failed");
            self.ignored += number_before(result, "ignored");
        }
    }

    /// The closing line of a runner that ended with exit status `code`.
    fn line(self, what: &str, code: u8) -> String {
        if let Some(summary) = self.summary {
            return summary;
        }
        if code != 0 && self.passed + self.failed == 0 {
            return format!("{what}: none ran; the runner stopped with exit status {code}, its reason is above");
        }
        format!("{what}: {} passed, {} failed, {} ignored", self.passed, self.failed, self.ignored)
    }
}

/// The number that stands before `word`.
fn number_before(text: &str, word: &str) -> usize {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(2)
        .find(|pair| pair[1].trim_end_matches(';') == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

/// The text without the terminal's colour sequences (`ESC [ … m`).
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("\u{1b}[") {
        plain.push_str(&rest[..start]);
        let after = &rest[start..];
        rest = after.find('m').map_or("", |end| &after[end + 1..]);
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextests_summary_is_kept_as_it_is_without_colours() {
        let mut count = Count::default();
        count.read(
            "     \u{1b}[32;1mSummary\u{1b}[0m [   0.420s] \u{1b}[1m12\u{1b}[0m tests run: 12 passed, 1 skipped\n",
        );
        count.read("error: test run failed\n");
        assert_eq!(count.line("Tests", 0), "Summary [   0.420s] 12 tests run: 12 passed, 1 skipped");
    }

    #[test]
    fn cargos_results_are_added_up() {
        let mut count = Count::default();
        count.read("test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n");
        count.read("test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out\n");
        assert_eq!(count.line("Doc tests", 101), "Doc tests: 5 passed, 4 failed, 1 ignored");
    }

    #[test]
    fn a_watched_command_keeps_its_exit_status() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; exit 101"]);
        let mut count = Count::default();
        assert_eq!(watch(command, Stream::Stdout, &mut count).unwrap(), 101);
        assert_eq!(count.line("Tests", 101), "Tests: 1 passed, 1 failed, 0 ignored");
    }

    #[test]
    fn a_runner_that_never_ran_a_test_does_not_look_like_an_empty_suite() {
        let line = Count::default().line("Tests", 96);
        assert_eq!(line, "Tests: none ran; the runner stopped with exit status 96, its reason is above");
    }
}
