//! A process that stops dead at a chosen point: every way in which a worker changes something leads through a gate.

use async_trait::async_trait;
use bytes::Bytes;
use slipway_domain::time::Timestamp;
use slipway_ports::{
    Forge, Store, Tx,
    forge::{Commit, CommitFile, Difference, ForgeError, Joined, Merged, NewBranch, NewCommit, Saying, ThreeWay},
    store::Result,
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::watch;

/// Lets a number of passers through and stops everybody from then on, until it is opened.
#[derive(Debug)]
pub struct Gate {
    left: AtomicU64,
    stopped: watch::Sender<bool>,
    open: watch::Sender<bool>,
}

impl Gate {
    pub fn after(passers: u64) -> Arc<Self> {
        Arc::new(Self {
            left: AtomicU64::new(passers),
            stopped: watch::Sender::new(false),
            open: watch::Sender::new(false),
        })
    }

    async fn pass(&self) {
        let fewer = |left: u64| left.checked_sub(1);
        if self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer).is_err() {
            self.stopped.send_replace(true);
            self.open.subscribe().wait_for(|open| *open).await.unwrap();
        }
    }

    /// Waits until somebody was stopped.
    pub async fn stopped(&self) {
        self.stopped.subscribe().wait_for(|stopped| *stopped).await.unwrap();
    }

    /// Lets everybody go on.
    pub fn open(&self) {
        self.open.send_replace(true);
    }
}

/// A store whose write transactions begin behind a gate.
#[derive(Debug)]
pub struct GatedStore(pub Arc<dyn Store>, pub Arc<Gate>);

#[async_trait]
impl Store for GatedStore {
    async fn begin_read(&self) -> Result<Box<dyn Tx>> {
        self.0.begin_read().await
    }

    async fn begin_write(&self) -> Result<Box<dyn Tx>> {
        self.1.pass().await;
        self.0.begin_write().await
    }

    fn watch(&self) -> watch::Receiver<u64> {
        self.0.watch()
    }

    async fn describe(&self) -> Result<String> {
        self.0.describe().await
    }

    async fn now(&self) -> Result<Timestamp> {
        self.0.now().await
    }
}

/// Git hosting with a gate before and after every change.
#[derive(Debug)]
pub struct GatedForge {
    pub forge: Arc<dyn Forge>,
    pub gate: Arc<Gate>,
    /// Whether repositories can be deleted; else the host fails at it.
    pub can_delete: bool,
}

#[async_trait]
impl Forge for GatedForge {
    async fn create(&self, repository: &str, default_branch: &str, token: &str) -> Result<bool, ForgeError> {
        self.gate.pass().await;
        let done = self.forge.create(repository, default_branch, token).await;
        self.gate.pass().await;
        done
    }

    async fn commit(&self, repository: &str, commit: &NewCommit) -> Result<String, ForgeError> {
        self.gate.pass().await;
        let done = self.forge.commit(repository, commit).await;
        self.gate.pass().await;
        done
    }

    async fn delete(&self, repository: &str, token: Option<&str>) -> Result<(), ForgeError> {
        self.gate.pass().await;
        if !self.can_delete {
            return Err(ForgeError::Failed("the disk is full".to_owned()));
        }
        let done = self.forge.delete(repository, token).await;
        self.gate.pass().await;
        done
    }

    async fn head(&self, repository: &str, branch: &str) -> Result<Option<String>, ForgeError> {
        self.forge.head(repository, branch).await
    }

    async fn commits(&self, repository: &str, from: Option<&str>, to: &str) -> Result<Vec<Commit>, ForgeError> {
        self.forge.commits(repository, from, to).await
    }

    async fn paths(&self, repository: &str, revision: &str) -> Result<Vec<String>, ForgeError> {
        self.forge.paths(repository, revision).await
    }

    async fn read(&self, repository: &str, revision: &str, path: &str) -> Result<Option<Bytes>, ForgeError> {
        self.forge.read(repository, revision, path).await
    }

    async fn folder(
        &self,
        repository: &str,
        revision: &str,
        folder: &str,
    ) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        self.forge.folder(repository, revision, folder).await
    }

    async fn files(&self, repository: &str, revision: &str) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
        self.forge.files(repository, revision).await
    }

    async fn compare(&self, repository: &str, base: &str, head: &str) -> Result<Vec<Difference>, ForgeError> {
        self.forge.compare(repository, base, head).await
    }

    async fn merge_trees(&self, repository: &str, sides: &ThreeWay) -> Result<Merged, ForgeError> {
        self.forge.merge_trees(repository, sides).await
    }

    async fn put_branch(&self, repository: &str, branch: &NewBranch) -> Result<String, ForgeError> {
        self.gate.pass().await;
        let done = self.forge.put_branch(repository, branch).await;
        self.gate.pass().await;
        done
    }

    async fn delete_branch(&self, repository: &str, branch: &str, head: Option<&str>) -> Result<(), ForgeError> {
        self.gate.pass().await;
        let done = self.forge.delete_branch(repository, branch, head).await;
        self.gate.pass().await;
        done
    }

    async fn join(&self, repository: &str, head: &str, into: &str, saying: &Saying) -> Result<Joined, ForgeError> {
        self.gate.pass().await;
        let done = self.forge.join(repository, head, into, saying).await;
        self.gate.pass().await;
        done
    }

    async fn is_in(&self, repository: &str, head: &str, into: &str) -> Result<bool, ForgeError> {
        self.forge.is_in(repository, head, into).await
    }
}
