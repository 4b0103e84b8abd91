//! A program in a process of its own: its output in a file, ended when the test ends.

use std::{
    ffi::OsString,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// A running program. Dropping it ends it; when the test failed, the end of its output is shown.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a program. Its output is appended to `log`.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(name: &str, mut command: Command, log: PathBuf) -> Self {
        let file = File::options().create(true).append(true).open(&log).expect("the log can be written");
        let errors = file.try_clone().expect("the log can be written");
        let program = OsString::from(command.get_program());
        let started = command.stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
        let child = started.unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
        Self { name: name.to_owned(), child, log }
    }

    /// The id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it has said.
    pub fn output(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Whether it ended by itself.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Ends it at once, as `kill -9` does, and waits until it is gone.
    pub fn kill(&mut self) {
        // Fails only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end, as an operator does (SIGTERM), and waits until it has. Gives whether it ended well.
    ///
    /// # Panics
    /// When there is no program `kill`.
    pub fn stop(&mut self) -> bool {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().expect("kill runs");
        asked.success() && self.child.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            const SHOWN: usize = 60;
            let output = self.output();
            let lines: Vec<&str> = output.lines().collect();
            let from = lines.len().saturating_sub(SHOWN);
            println!("---- the last {} lines of {} ----", lines.len() - from, self.name);
            for line in &lines[from..] {
                println!("{line}");
            }
        }
    }
}

/// A port of 127.0.0.1 that nobody listens on now. Somebody may by the time it is used: be ready to try again.
///
/// # Panics
/// When there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("it listens").port()
}
