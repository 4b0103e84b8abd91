//! The feed behind live pages, and the writes that wait for the commit: the marks of services that the event log says more of, in the
//! order of their ids, the feed's entries, and the log's version.
//!
//! Feed entries must become visible in the order of their numbers, and the event log's version must count commits. On
//! PostgreSQL both need a lock that every writer takes. Were it taken in the middle of a transaction, two writers could hold
//! each other's; so these rows are written last, in one order, right before the commit. The marks come first of them: a mark may have
//! to wait for whoever makes that service's days, and who waits so must not hold up all others.

use crate::{
    cell,
    engine::{Mark, both},
    sql,
};
use async_trait::async_trait;
use slipway_domain::time::Timestamp;
use slipway_ports::store::{Feed, Result, feed::FeedEntry};

#[derive(sqlx::FromRow)]
struct FeedRow {
    seq: i64,
    topic: String,
    subject: String,
    version: i64,
}

/// Entries that one statement writes.
const AT_ONCE: usize = 500;

both! {
    impl EngineTx {
        /// Writes what waits for the commit.
        pub(crate) async fn write_last(&mut self) -> Result<()> {
            let last = std::mem::take(&mut self.last);
            for (service, mark) in last.dirty {
                let text = match mark {
                    Mark::InTurn => sql::rollups::MARK,
                    Mark::Urgent => sql::rollups::MARK_URGENT,
                };
                self.execute("a mark", sqlx::query(text).bind(service)).await?;
            }
            if !last.feed.is_empty() {
                self.lock_feed().await?;
            }
            for entries in last.feed.chunks(AT_ONCE) {
                let mut insert = Self::builder(sql::feed::PUBLISH);
                insert.push_values(entries, |mut row, (topic, subject, version, at)| {
                    row.push_bind(topic.as_str()).push_bind(subject.as_str()).push_bind(*version).push_bind(*at);
                });
                self.execute("a feed entry", insert.build().persistent(cell::keep(entries.len()))).await?;
            }
            if last.delivery > 0 {
                let count = sqlx::query(sql::delivery::COUNT_ON).bind(last.delivery);
                self.change("the event log's version", count).await?;
            }
            Ok(())
        }
    }

    #[async_trait]
    impl Feed for EngineTx {
        async fn publish(&mut self, topic: &str, id: &str, version: i64, at: Timestamp) -> Result<()> {
            self.last.feed.push((topic.to_owned(), id.to_owned(), version, at.as_millis()));
            Ok(())
        }

        async fn feed_after(&mut self, seq: i64, limit: u32) -> Result<Vec<FeedEntry>> {
            let rows: Vec<FeedRow> =
                self.all(sqlx::query_as(sql::feed::AFTER).bind(seq).bind(cell::limit(limit))).await?;
            let entry = |row: FeedRow| FeedEntry { seq: row.seq, topic: row.topic, id: row.subject, version: row.version };
            Ok(rows.into_iter().map(entry).collect())
        }

        async fn feed_head(&mut self) -> Result<i64> {
            self.number(sqlx::query_as(sql::feed::HEAD)).await
        }

        async fn trim_feed(&mut self, before: Timestamp) -> Result<u64> {
            self.execute("the feed", sqlx::query(sql::feed::TRIM).bind(before.as_millis())).await
        }
    }
}
