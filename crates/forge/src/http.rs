//! Git's smart HTTP protocol (gitprotocol-http(5)), as bytes in and bytes out, for any web framework to carry.
//!
//! | request | answered by |
//! |---|---|
//! | `GET /{owner}/{name}.git/info/refs?service=…` | [`EmbeddedForge::advertise`], as [`Service::advertisement_type`] |
//! | `POST /{owner}/{name}.git/git-upload-pack` or `…/git-receive-pack` | [`EmbeddedForge::rpc`], as [`Service::result_type`] |
//!
//! The caller authorises, sends `Cache-Control: no-cache`, passes the header `Git-Protocol` on as [`Protocol`], and
//! decodes a body with `Content-Encoding: gzip` before it hands it over.

use crate::{
    EmbeddedForge,
    git::{failure, not_started},
    repository::Repository,
};
use bytes::{BufMut as _, Bytes, BytesMut};
use slipway_ports::forge::ForgeError;
use std::{collections::BTreeMap, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
};
use tokio_util::io::ReaderStream;

/// How long one exchange may take; a client that stopped reading holds a process until then.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// What a client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Clone and fetch; needs the right to read.
    UploadPack,
    /// Push; needs the right to write.
    ReceivePack,
}

impl Service {
    /// From the query parameter `service`, or the last part of the path.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::UploadPack, Self::ReceivePack].into_iter().find(|service| service.as_str() == text)
    }

    /// The protocol's own name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }

    /// Content type of the advertisement.
    pub const fn advertisement_type(self) -> &'static str {
        match self {
            Self::UploadPack => "application/x-git-upload-pack-advertisement",
            Self::ReceivePack => "application/x-git-receive-pack-advertisement",
        }
    }

    /// Content type that a request must have; a browser's form cannot send it.
    pub const fn request_type(self) -> &'static str {
        match self {
            Self::UploadPack => "application/x-git-upload-pack-request",
            Self::ReceivePack => "application/x-git-receive-pack-request",
        }
    }

    /// Content type of the answer.
    pub const fn result_type(self) -> &'static str {
        match self {
            Self::UploadPack => "application/x-git-upload-pack-result",
            Self::ReceivePack => "application/x-git-receive-pack-result",
        }
    }

    const fn command(self) -> &'static str {
        match self {
            Self::UploadPack => "upload-pack",
            Self::ReceivePack => "receive-pack",
        }
    }
}

/// The header `Git-Protocol`: which version the client wants. Anything odd is as if it were not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protocol(Option<String>);

impl Protocol {
    /// Reads the header's value.
    pub fn parse(header: Option<&str>) -> Self {
        let plain = |text: &&str| {
            text.len() <= 200
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'=' | b':' | b'.' | b'-'))
        };
        Self(header.filter(plain).map(str::to_owned))
    }

    fn is_v2(&self) -> bool {
        self.0.as_deref().is_some_and(|text| text.split(':').any(|part| part == "version=2"))
    }
}

/// One branch or tag that a push moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefUpdate {
    /// The whole name: `refs/heads/main`.
    pub name: String,
    /// Where it pointed; `None`: it is new.
    pub before: Option<String>,
    /// Where it points; `None`: it was deleted.
    pub after: Option<String>,
    /// Whether commits that were on it are not on it any more (a push with `--force`).
    pub forced: bool,
}

/// What an exchange did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What moved, by name; always empty for [`Service::UploadPack`].
    pub updates: Vec<RefUpdate>,
}

/// An exchange under way.
#[derive(Debug)]
pub struct Rpc {
    /// The answer's body.
    pub output: ReaderStream<ChildStdout>,
    /// Ends when git has ended, whether or not anybody still reads `output`. A push must be looked at here and not at the
    /// end of `output`: a client may hang up after its commits are in.
    pub completion: JoinHandle<Result<Completion, ForgeError>>,
}

impl EmbeddedForge {
    /// The answer to `info/refs`: what there is and what can be asked.
    pub async fn advertise(
        &self,
        repository: &str,
        service: Service,
        protocol: &Protocol,
    ) -> Result<Bytes, ForgeError> {
        let repository = self.existing(repository).await?;
        let mut command = command(&repository, service, protocol);
        command.arg("--advertise-refs").arg(&repository.directory);
        let output = crate::git::finish(command, crate::git::TIMEOUT).await?;
        if !output.status.success() {
            return Err(failure(&output.stderr));
        }
        let mut answer = BytesMut::with_capacity(output.stdout.len() + 64);
        // Version 2 has no such line (git's own http-backend.c does the same).
        if !protocol.is_v2() || service == Service::ReceivePack {
            let line = format!("# service={}\n", service.as_str());
            answer.put_slice(format!("{:04x}{line}0000", line.len() + 4).as_bytes());
        }
        answer.put_slice(&output.stdout);
        Ok(answer.freeze())
    }

    /// Begins one exchange: `body` is the request's, already decoded.
    pub async fn rpc(
        &self,
        repository: &str,
        service: Service,
        protocol: &Protocol,
        body: impl AsyncRead + Send + Unpin + 'static,
    ) -> Result<Rpc, ForgeError> {
        let repository = self.existing(repository).await?;
        let before = match service {
            Service::UploadPack => BTreeMap::new(),
            Service::ReceivePack => repository.refs().await?.into_iter().collect(),
        };
        let mut command = command(&repository, service, protocol);
        command.arg(&repository.directory).stdin(Stdio::piped());
        let mut child = command.spawn().map_err(not_started)?;
        let Some(stdout) = child.stdout.take() else {
            return Err(ForgeError::Failed("its pipes are not there".to_owned()));
        };
        let completion = tokio::spawn(async move {
            let (status, complaint) = tokio::time::timeout(LONGEST, attend(child, body))
                .await
                .map_err(|_| ForgeError::Failed("a client took more than 30 minutes".to_owned()))??;
            let updates = match service {
                Service::UploadPack => Vec::new(),
                Service::ReceivePack => updates(&repository, before).await?,
            };
            // A push that moved something did so, whatever git says of the client's end of the line.
            if status.success() || !updates.is_empty() { Ok(Completion { updates }) } else { Err(failure(&complaint)) }
        });
        Ok(Rpc { output: ReaderStream::with_capacity(stdout, 64 * 1_024), completion })
    }
}

fn command(repository: &Repository, service: Service, protocol: &Protocol) -> Command {
    let mut command = repository.git.command();
    if let Some(version) = &protocol.0 {
        command.env("GIT_PROTOCOL", version);
    }
    command.args([service.command(), "--stateless-rpc"]);
    command
}

/// Feeds git the request, and waits for its end.
async fn attend(
    mut child: Child,
    mut body: impl AsyncRead + Send + Unpin,
) -> Result<(std::process::ExitStatus, Vec<u8>), ForgeError> {
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A body that breaks off and a git that stopped listening both show in git's own status.
            drop(tokio::io::copy(&mut body, &mut stdin).await);
            drop(stdin.shutdown().await);
        }
    };
    let hear = async {
        let mut text = Vec::new();
        if let Some(stderr) = stderr {
            drop(stderr.take(64 * 1_024).read_to_end(&mut text).await);
        }
        text
    };
    let wait = async {
        tokio::select! {
            status = child.wait() => status,
            // When all is fed there is only the end to wait for; a git that ends first need not be fed.
            status = async { feed.await; std::future::pending().await } => status,
        }
    };
    let (status, complaint) = tokio::join!(wait, hear);
    Ok((status.map_err(not_started)?, complaint))
}

async fn updates(repository: &Repository, before: BTreeMap<String, String>) -> Result<Vec<RefUpdate>, ForgeError> {
    let after: BTreeMap<String, String> = repository.refs().await?.into_iter().collect();
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let mut updates = Vec::new();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old == new {
            continue;
        }
        let forced = match (old, new) {
            (Some(old), Some(new)) => !repository.contains(new, old).await?,
            _ => false,
        };
        updates.push(RefUpdate { name: name.clone(), before: old.cloned(), after: new.cloned(), forced });
    }
    Ok(updates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_protocol_header_is_ignored() {
        assert!(Protocol::parse(Some("version=2")).is_v2());
        assert_eq!(Protocol::parse(Some("version=2\nX=1")), Protocol::default());
        assert_eq!(Protocol::parse(None), Protocol::default());
        assert_eq!(Service::parse("git-receive-pack"), Some(Service::ReceivePack));
        assert_eq!(Service::parse("git-upload-archive"), None);
    }
}
