//! Requests over connections that stay open, as fast as the answers come. Plain HTTP/1.1 over a socket, so that what is
//! measured is the server: it shares the machine with this.

use anyhow::{Context as _, Result, bail, ensure};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

/// What a run gave.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Answers a second.
    pub per_second: f64,
    /// 99 of 100 took no longer, milliseconds.
    pub p99: f64,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A token's secret: for the API.
    Token(String),
    /// The cookie of a session, `name=value`: for pages.
    Cookie(String),
}

/// Sends `GET path` for so long over so many connections, each as soon as the answer before is there.
///
/// # Errors
/// When a connection fails or an answer is not 200.
pub async fn run(address: &str, paths: &[String], proof: &Proof, connections: usize, time: Duration) -> Result<Load> {
    let proof = match proof {
        Proof::Token(token) => format!("Authorization: Bearer {token}\r\nAccept: application/json"),
        Proof::Cookie(cookie) => format!("Cookie: {cookie}\r\nAccept: text/html"),
    };
    let requests: Vec<String> =
        paths.iter().map(|path| format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{proof}\r\n\r\n")).collect();
    // Everything is warm before the clock starts.
    one(address.to_owned(), requests.clone(), 0, Instant::now() + Duration::from_millis(500)).await?;
    let began = Instant::now();
    let mut running = JoinSet::new();
    for index in 0..connections {
        running.spawn(one(address.to_owned(), requests.clone(), index, began + time));
    }
    let mut took = Vec::new();
    while let Some(done) = running.join_next().await {
        took.extend(done??);
    }
    let seconds = began.elapsed().as_secs_f64();
    took.sort_unstable();
    let at = took.len() * 99 / 100;
    let p99 = took.get(at).context("there was no answer")?.as_secs_f64() * 1_000.0;
    Ok(Load { per_second: took.len() as f64 / seconds, p99 })
}

async fn one(address: String, requests: Vec<String>, first: usize, end: Instant) -> Result<Vec<Duration>> {
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let mut took = Vec::new();
    let mut buffer = Vec::with_capacity(64 * 1024);
    let mut index = first;
    while Instant::now() < end {
        let began = Instant::now();
        stream.write_all(requests[index % requests.len()].as_bytes()).await?;
        answer(&mut stream, &mut buffer).await?;
        took.push(began.elapsed());
        index += 1;
    }
    Ok(took)
}

/// Reads one whole answer.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<()> {
    buffer.clear();
    let head = loop {
        ensure!(stream.read_buf(buffer).await? > 0, "the connection was closed");
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    if !text.starts_with("http/1.1 200") {
        bail!("the answer was {}", text.lines().next().unwrap_or_default());
    }
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok());
    let whole = |buffer: &[u8]| match length {
        Some(length) => buffer.len() >= head + length,
        None => buffer.ends_with(b"0\r\n\r\n"),
    };
    while !whole(buffer) {
        ensure!(stream.read_buf(buffer).await? > 0, "the answer was cut off");
    }
    Ok(())
}
