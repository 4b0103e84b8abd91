//! Hears what other replicas publish.

use crate::sql;
use sqlx::{PgPool, postgres::PgListener};
use std::{sync::Arc, time::Duration};
use tokio::{sync::watch, task::JoinHandle, time};

/// The channel on which replicas tell each other that the feed has grown.
pub(super) const CHANNEL: &str = "slipway_feed";
/// How often the feed's head is looked at besides listening: a connection can be dead without either side knowing, and
/// some poolers swallow notifications.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long to wait before listening again after it failed.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The task that listens; it ends with this.
#[derive(Debug)]
pub(super) struct Listener(JoinHandle<()>);

impl Listener {
    /// Rings `bell` whenever the feed may have grown, from here or from elsewhere.
    pub(super) fn start(pool: PgPool, bell: Arc<watch::Sender<u64>>) -> Self {
        Self(tokio::spawn(async move {
            let mut head = 0;
            while !pool.is_closed() {
                if let Err(error) = listen(&pool, &bell, &mut head).await {
                    tracing::warn!(%error, "listening for other replicas failed; trying again");
                }
                // Whatever was said meanwhile was not heard.
                ring(&bell);
                time::sleep(RETRY_AFTER).await;
            }
        }))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn ring(bell: &watch::Sender<u64>) {
    bell.send_modify(|count| *count += 1);
}

/// Listens until the connection fails.
async fn listen(pool: &PgPool, bell: &watch::Sender<u64>, head: &mut i64) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        match time::timeout(LOOK_EVERY, listener.try_recv()).await {
            Ok(Ok(Some(_))) => ring(bell),
            // The connection was lost; the next call makes a new one.
            Ok(Ok(None)) => ring(bell),
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                let (now,): (i64,) = sqlx::query_as(sql::feed::HEAD).fetch_one(pool).await?;
                if now != *head {
                    *head = now;
                    ring(bell);
                }
            }
        }
    }
}
