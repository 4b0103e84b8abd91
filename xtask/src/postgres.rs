//! A throw-away PostgreSQL cluster for one test run.
//!
//! It lives in a folder of the temporary directory and listens on a free port of 127.0.0.1 only. A small watchdog
//! stops it and removes the folder when this process ends, however it ends.

use crate::cargo::run_quietly;
use crate::tools;
use anyhow::{Context, Result, bail};
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The superuser of the cluster; it needs no password.
const ROLE: &str = "slipway";

/// A running cluster. Dropping it stops it and leaves nothing behind.
pub struct Cluster {
    port: u16,
    watchdog: Child,
}

impl Cluster {
    /// Finds PostgreSQL's programs, or installs them, and starts a cluster.
    pub fn start() -> Result<Self> {
        let bin = programs()?;
        let owner = Owner::choose()?;
        let home = std::env::temp_dir().join(format!("slipway-postgres-{}", std::process::id()));
        crate::files::remove_tree(&home)?;
        fs::create_dir(&home).with_context(|| format!("creating {}", home.display()))?;
        owner.take(&home)?;

        let watchdog = watch(&bin, &owner, &home)?;
        // From here on, dropping it cleans up.
        let mut cluster = Self { port: 0, watchdog };
        run_quietly(
            owner
                .command(&bin.join("initdb"), &home)
                .arg("--pgdata")
                .arg(home.join("data"))
                .args(["--username", ROLE, "--auth=trust", "--no-sync"])
                .args(["--encoding=UTF8", "--no-locale"]),
        )?;
        cluster.port = serve(&bin, &owner, &home)?;
        Ok(cluster)
    }

    /// Where it is; tests make databases or schemas of their own in it.
    pub fn url(&self) -> String {
        format!("postgres://{ROLE}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        // Nothing to do about a failure: the run is over and its result stands.
        let _ = self.watchdog.wait();
    }
}

/// Starts the server; gives its port. Between finding a free port and taking it somebody else may, so it tries again.
fn serve(bin: &Path, owner: &Owner, home: &Path) -> Result<u16> {
    const ATTEMPTS: usize = 5;
    let mut last = None;
    for _ in 0..ATTEMPTS {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        // Nothing in it must outlive a crash, so nothing waits for the disk.
        let options = format!(
            "-p {port} -h 127.0.0.1 -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
             -c max_connections=300"
        );
        let started = run_quietly(
            owner
                .command(&bin.join("pg_ctl"), home)
                .args(["start", "--wait", "--silent", "--pgdata"])
                .arg(home.join("data"))
                .arg("--log")
                .arg(home.join("log"))
                .args(["--options", &options]),
        );
        match started {
            Ok(_) => return Ok(port),
            Err(error) => {
                let log = fs::read_to_string(home.join("log")).unwrap_or_default();
                let tail = log.lines().next_back().unwrap_or("its log is empty");
                last = Some(error.context(format!("PostgreSQL did not start: {tail}")));
            }
        }
    }
    Err(last.context("PostgreSQL was never started")?)
}

/// A shell that waits for the end of its input, which is the end of this process, and then clears up. In a process group
/// of its own, so that Ctrl-C reaches the tests first and not it.
fn watch(bin: &Path, owner: &Owner, home: &Path) -> Result<Child> {
    const SCRIPT: &str = r#"read -r _; "$1/pg_ctl" stop --silent --mode=immediate --pgdata="$2/data"; rm -rf "$2""#;
    let mut command = owner.command(Path::new("sh"), Path::new("/"));
    command
        .args(["-c", SCRIPT, "watchdog"])
        .arg(bin)
        .arg(home)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().context("starting a shell")
}

/// The folder with initdb and pg_ctl.
fn programs() -> Result<PathBuf> {
    if let Some(bin) = look() {
        return Ok(bin);
    }
    tools::apt_install(&["postgresql"])?;
    look().context("initdb and pg_ctl are not there after installing postgresql")
}

fn look() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/local/bin".into());
    // Debian: one folder a version.
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    folders.extend(versions.into_iter().map(|(_, bin)| bin));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// Who runs the server: PostgreSQL refuses to run as root.
enum Owner {
    Myself,
    Other { uid: u32, gid: u32 },
}

impl Owner {
    fn choose() -> Result<Self> {
        if !tools::is_root() {
            return Ok(Self::Myself);
        }
        for user in ["postgres", "nobody"] {
            let id = |flag| run_quietly(Command::new("id").args([flag, user]));
            if let (Ok(uid), Ok(gid)) = (id("-u"), id("-g")) {
                return Ok(Self::Other { uid: uid.trim().parse()?, gid: gid.trim().parse()? });
            }
        }
        bail!("PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as")
    }

    #[cfg(unix)]
    fn take(&self, folder: &Path) -> Result<()> {
        match self {
            Self::Myself => Ok(()),
            Self::Other { uid, gid } => std::os::unix::fs::chown(folder, Some(*uid), Some(*gid))
                .with_context(|| format!("giving {} to PostgreSQL's user", folder.display())),
        }
    }

    #[cfg(not(unix))]
    fn take(&self, _: &Path) -> Result<()> {
        Ok(())
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        #[cfg(unix)]
        if let Self::Other { uid, gid } = self {
            use std::os::unix::process::CommandExt;
            command.uid(*uid).gid(*gid);
        }
        command
    }
}
