//! One TCP port on 127.0.0.1 for each container and each stable address.
//!
//! Written by hand rather than with a web framework: hundreds of these listen at once, each must cost next to nothing,
//! and a stopped container must not go on answering on a kept-alive connection. So: one request, one answer, close.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::task::AbortOnDropHandle;

use super::answer::Front;

const LONGEST_HEAD: usize = 8 * 1024;
const PATIENCE: Duration = Duration::from_secs(5);

/// A port that answers until this is dropped.
#[derive(Debug)]
pub(crate) struct Listening {
    pub(crate) port: u16,
    pub(crate) front: Arc<Front>,
    _accepting: AbortOnDropHandle<()>,
}

impl Listening {
    /// Listens on `wanted`, or on any free port if that is taken or 0. Needs a Tokio runtime around it.
    pub(crate) fn bind(wanted: u16, front: Arc<Front>) -> io::Result<Self> {
        let any = (Ipv4Addr::LOCALHOST, 0);
        let socket =
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, wanted)).or_else(|_| std::net::TcpListener::bind(any))?;
        socket.set_nonblocking(true)?;
        let port = socket.local_addr()?.port();
        let listener = TcpListener::from_std(socket)?;
        let accepting = AbortOnDropHandle::new(tokio::spawn(accept(listener, Arc::clone(&front))));
        Ok(Self { port, front, _accepting: accepting })
    }
}

async fn accept(listener: TcpListener, front: Arc<Front>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let front = Arc::clone(&front);
                tokio::spawn(async move {
                    // A visitor that goes away or sends nonsense is the visitor's affair.
                    let _ = tokio::time::timeout(PATIENCE * 60, visit(stream, &front)).await;
                });
            }
            // Out of file descriptors, mostly: let others finish first.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn visit(mut stream: TcpStream, front: &Front) -> io::Result<()> {
    let Ok(head) = tokio::time::timeout(PATIENCE, read_head(&mut stream)).await else {
        return Ok(());
    };
    let head = head?;
    let mut words = head.lines().next().unwrap_or_default().split(' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
    };
    let answer = front.answer(method, path);
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    let reason = match answer.status {
        200 => "OK",
        404 => "Not Found",
        _ => "Service Unavailable",
    };
    let body = if method == "HEAD" { "" } else { &answer.body };
    let response = format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        answer.status,
        answer.body.len(),
    );
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::with_capacity(512);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") && head.len() < LONGEST_HEAD {
        if stream.read_buf(&mut head).await? == 0 {
            break;
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
