//! From the command to the first answer, with the demo's data there already.

use crate::{
    memory,
    table::{Table, Unit},
};
use anyhow::{Context as _, Result, bail};
use slipway_tests::{Options, Server, needs, process};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// How often it is started; the median counts.
const STARTS: usize = 7;

pub async fn measure(table: &mut Table) -> Result<()> {
    println!("Start");
    let folder = tempfile::tempdir()?;
    let options = Options::demo(folder.path());
    let first = Instant::now();
    let mut server = Server::start(&options).await;
    table.add_alone("first start of all, demo data written", Unit::Seconds, first.elapsed().as_secs_f64());
    // What follows from the demo's data is made then, once: days of deliveries, digests, what the sandbox runs.
    settled(&server).await;
    server.stop();
    drop(server);

    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(once(folder.path()).await?);
    }
    times.sort_by(f64::total_cmp);
    table.add("start to first answer, demo data", Unit::Seconds, times[STARTS / 2], 0.5, 8.7);

    let server = Server::start(&options).await;
    settled(&server).await;
    match memory::resident(server.id()) {
        Some(megabytes) => table.add("resident memory when ready", Unit::Megabytes, megabytes, 60.0, 548.0),
        None => table.leave_out("resident memory", "there is no /proc here"),
    }
    Ok(())
}

/// How long memory has to stay as it is, in looks half a second apart.
const CALM: usize = 6;

/// Waits until memory stays as it is, within a megabyte for three seconds: what happens after the first answer counts too.
pub async fn settled(server: &Server) {
    let (mut since, mut calm) = (0.0, 0);
    for _ in 0..80 {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let now = memory::resident(server.id()).unwrap_or(0.0);
        if (now - since).abs() > 1.0 {
            (since, calm) = (now, 0);
        } else {
            calm += 1;
        }
        if calm == CALM {
            return;
        }
    }
}

/// One start; seconds from the command to a whole sign-in page.
async fn once(data: &Path) -> Result<f64> {
    let port = process::free_port();
    let http = slipway_tests::client::http();
    let program = needs::path(needs::PROGRAM).context("checked at the start")?;
    let mut command = Command::new(program);
    command
        .args(["demo", "--port", &port.to_string(), "--data"])
        .arg(data)
        .current_dir(data)
        .env_remove("DATABASE_URL");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let mut child = command.spawn()?;
    let answered = loop {
        let answer = http.get(format!("http://127.0.0.1:{port}/sign-in")).send().await;
        if let Ok(answer) = answer
            && answer.status().is_success()
            && answer.text().await.is_ok_and(|page| page.contains("</html>"))
        {
            break Some(began.elapsed().as_secs_f64());
        }
        if child.try_wait()?.is_some() || began.elapsed() > Duration::from_secs(60) {
            break None;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    };
    // Killed: the time is what counts, and it starts again on the same data anyway.
    child.kill()?;
    child.wait()?;
    match answered {
        Some(seconds) => Ok(seconds),
        None => bail!("the server did not answer"),
    }
}
