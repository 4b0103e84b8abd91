//! The world behind its lock, and the two tasks that serve it: one moves it with the clock, one writes it down.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::{config::Millis, persist, world::World};

/// How often a moving world is looked at, so that ports open and watchers hear of things without anybody asking.
const TICK: Duration = Duration::from_millis(100);
/// The least pause between two looks, and how long changes that nobody asked for may wait to be written.
const SHORTEST_TICK: Millis = 10;
const LAZY_WRITE: Duration = Duration::from_secs(1);

/// What has been written: how many changes, and whether the last attempt went wrong.
#[derive(Clone, Debug, Default)]
struct Written {
    changes: u64,
    attempts: u64,
    error: Option<String>,
}

#[derive(Debug)]
struct Guarded {
    world: World,
    /// Counts changes, so that the writer knows whether it is behind.
    changes: u64,
}

#[derive(Debug)]
pub(crate) struct Shared {
    guarded: Mutex<Guarded>,
    folder: Option<PathBuf>,
    write_now: Notify,
    moved: Notify,
    written: watch::Sender<Written>,
    /// The newest resource version of the Kubernetes store: what watchers wait for.
    pub(crate) version: watch::Sender<u64>,
    pub(crate) ended: CancellationToken,
}

impl Shared {
    pub(crate) fn new(world: World, folder: Option<PathBuf>) -> Arc<Self> {
        let version = world.kubernetes.version();
        Arc::new(Self {
            guarded: Mutex::new(Guarded { world, changes: 1 }),
            folder,
            write_now: Notify::new(),
            moved: Notify::new(),
            written: watch::Sender::new(Written::default()),
            version: watch::Sender::new(version),
            ended: CancellationToken::new(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Guarded> {
        self.guarded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the world as it is now.
    pub(crate) fn read<R>(&self, look: impl FnOnce(&mut World) -> R) -> R {
        let mut guarded = self.lock();
        if guarded.world.advance() {
            guarded.changes += 1;
        }
        let result = look(&mut guarded.world);
        self.tell(&guarded.world);
        result
    }

    /// Changes the world, and returns once the change is on disk.
    ///
    /// # Errors
    /// The change has been made but could not be written; the text says why.
    pub(crate) async fn change<R>(&self, change: impl FnOnce(&mut World) -> R) -> Result<R, String> {
        let (result, mine) = {
            let mut guarded = self.lock();
            guarded.world.advance();
            let result = change(&mut guarded.world);
            guarded.world.touch();
            guarded.world.advance();
            guarded.changes += 1;
            self.tell(&guarded.world);
            (result, guarded.changes)
        };
        self.moved.notify_one();
        if self.folder.is_some() {
            self.wait_written(mine).await?;
        }
        Ok(result)
    }

    fn tell(&self, world: &World) {
        let version = world.kubernetes.version();
        self.version.send_if_modified(|known| std::mem::replace(known, version) != version);
    }

    async fn wait_written(&self, mine: u64) -> Result<(), String> {
        let mut written = self.written.subscribe();
        let before = written.borrow_and_update().attempts;
        self.write_now.notify_one();
        let done = written
            .wait_for(|state| state.changes >= mine || (state.error.is_some() && state.attempts > before + 1))
            .await
            .map_err(|_| "the sandbox is shutting down".to_owned())?;
        match &done.error {
            Some(error) if done.changes < mine => Err(error.clone()),
            _ => Ok(()),
        }
    }

    /// Moves the world with the clock until the sandbox ends.
    pub(crate) async fn keep_moving(self: Arc<Self>) {
        loop {
            let due = self.read(|world| world.next_due().map(|due| (due - world.cluster.now).max(SHORTEST_TICK)));
            let tick = due.map(|due| TICK.min(Duration::from_millis(due.unsigned_abs())));
            tokio::select! {
                () = self.ended.cancelled() => return,
                () = self.moved.notified() => {}
                () = async { match tick { Some(tick) => tokio::time::sleep(tick).await, None => std::future::pending().await } } => {}
            }
        }
    }

    /// Writes the world down until the sandbox ends, and once more then.
    pub(crate) async fn keep_writing(self: Arc<Self>) {
        let Some(folder) = self.folder.clone() else { return };
        loop {
            let last = self.ended.is_cancelled();
            self.write(&folder).await;
            if last {
                return;
            }
            let behind = self.written.borrow().error.is_some() || self.lock().changes > self.written.borrow().changes;
            tokio::select! {
                () = self.ended.cancelled() => {}
                () = self.write_now.notified() => {}
                () = tokio::time::sleep(LAZY_WRITE), if behind => {}
                () = self.until_changed(), if !behind => tokio::time::sleep(LAZY_WRITE).await,
            }
        }
    }

    /// Changes that come with time, not with a request, announce themselves to nobody: look for them now and then.
    async fn until_changed(&self) {
        loop {
            tokio::time::sleep(LAZY_WRITE).await;
            if self.lock().changes > self.written.borrow().changes {
                return;
            }
        }
    }

    async fn write(&self, folder: &std::path::Path) {
        let (bytes, changes) = {
            let guarded = self.lock();
            if guarded.changes == self.written.borrow().changes {
                return;
            }
            (serde_json::to_vec(&guarded.world), guarded.changes)
        };
        let outcome = match bytes {
            Ok(bytes) => {
                let folder = folder.to_owned();
                let saved = tokio::task::spawn_blocking(move || persist::save(&folder, &bytes)).await;
                saved.map_err(|error| error.to_string()).and_then(|saved| saved.map_err(|error| error.to_string()))
            }
            Err(error) => Err(error.to_string()),
        };
        if let Err(error) = &outcome {
            tracing::error!(%error, "the sandbox's state was not written");
        }
        self.written.send_modify(|written| {
            written.attempts += 1;
            match outcome {
                Ok(()) => *written = Written { changes, attempts: written.attempts, error: None },
                Err(error) => written.error = Some(error),
            }
        });
    }

    /// Ends everything that listens.
    pub(crate) fn close_ports(&self) {
        self.lock().world.cluster.close_ports();
    }
}
