//! Subscriptions and notices.

use crate::{
    cell::{self, Reading},
    engine::both,
    sql::subscriptions as sql,
};
use async_trait::async_trait;
use slipway_domain::{
    ids::{NoticeId, SubscriptionId},
    time::Timestamp,
};
use slipway_ports::store::{
    Result, Subscriptions,
    subscriptions::{Notice, NoticeState, Subscription},
};

#[derive(sqlx::FromRow)]
struct SubscriptionRow {
    id: String,
    name: String,
    url: String,
    created_by: String,
    created_at: i64,
    revoked_at: Option<i64>,
    sent: i64,
    sent_at: Option<i64>,
    given_up: i64,
    failed_at: Option<i64>,
    failed_why: Option<String>,
}

impl SubscriptionRow {
    fn read(self) -> Result<Subscription> {
        Ok(Subscription {
            id: Reading { table: "subscriptions", key: &self.id }.parse("id", &self.id)?,
            name: self.name,
            url: self.url,
            created_by: self.created_by,
            created_at: Timestamp::from_millis(self.created_at),
            revoked_at: cell::instant(self.revoked_at),
            sent: self.sent,
            sent_at: cell::instant(self.sent_at),
            given_up: self.given_up,
            failed_at: cell::instant(self.failed_at),
            failed_why: self.failed_why,
        })
    }
}

#[derive(sqlx::FromRow)]
struct NoticeRow {
    id: String,
    subscription: String,
    event: String,
    body: String,
    created_at: i64,
    due_at: i64,
    attempts: i64,
    state: String,
    error: Option<String>,
}

impl NoticeRow {
    fn read(self) -> Result<Notice> {
        let row = Reading { table: "notices", key: &self.id };
        Ok(Notice {
            id: row.parse("id", &self.id)?,
            subscription: row.parse("subscription", &self.subscription)?,
            state: row.word("state", &self.state, NoticeState::parse)?,
            event: self.event,
            body: self.body,
            created_at: Timestamp::from_millis(self.created_at),
            due_at: Timestamp::from_millis(self.due_at),
            attempts: self.attempts,
            error: self.error,
        })
    }
}

both! {
    #[async_trait]
    impl Subscriptions for EngineTx {
        async fn add_subscription(&mut self, subscription: &Subscription) -> Result<()> {
            let add = sqlx::query(sql::ADD_SUBSCRIPTION)
                .bind(subscription.id.to_string())
                .bind(cell::text(&subscription.name))
                .bind(cell::text(&subscription.url))
                .bind(&subscription.created_by)
                .bind(subscription.created_at.as_millis())
                .bind(cell::millis(subscription.revoked_at))
                .bind(subscription.sent)
                .bind(cell::millis(subscription.sent_at))
                .bind(subscription.given_up)
                .bind(cell::millis(subscription.failed_at))
                .bind(subscription.failed_why.as_deref().map(cell::text));
            self.add("a subscription of this name", add).await
        }

        async fn subscription(&mut self, id: SubscriptionId) -> Result<Option<Subscription>> {
            let find = sqlx::query_as(sql::SUBSCRIPTION).bind(id.to_string());
            self.one(find).await?.map(SubscriptionRow::read).transpose()
        }

        async fn subscriptions(&mut self) -> Result<Vec<Subscription>> {
            self.all(sqlx::query_as(sql::SUBSCRIPTIONS)).await?.into_iter().map(SubscriptionRow::read).collect()
        }

        async fn revoke_subscription(&mut self, id: SubscriptionId, at: Timestamp) -> Result<()> {
            let revoke = sqlx::query(sql::REVOKE).bind(id.to_string()).bind(at.as_millis());
            self.change("a subscription", revoke).await?;
            self.execute("notices", sqlx::query(sql::DROP_WAITING).bind(id.to_string())).await?;
            Ok(())
        }

        async fn add_notices(&mut self, notices: &[Notice]) -> Result<()> {
            for notice in notices {
                let add = sqlx::query(sql::ADD_NOTICE)
                    .bind(notice.id.to_string())
                    .bind(notice.subscription.to_string())
                    .bind(&notice.event)
                    .bind(cell::text(&notice.body))
                    .bind(notice.created_at.as_millis())
                    .bind(notice.due_at.as_millis())
                    .bind(notice.attempts)
                    .bind(notice.state.as_str())
                    .bind(notice.error.as_deref().map(cell::text));
                self.execute("a notice", add).await?;
            }
            Ok(())
        }

        async fn notice(&mut self, id: NoticeId) -> Result<Option<Notice>> {
            self.one(sqlx::query_as(sql::NOTICE).bind(id.to_string())).await?.map(NoticeRow::read).transpose()
        }

        async fn due_notices(&mut self, now: Timestamp, limit: u32) -> Result<Vec<NoticeId>> {
            let find = sqlx::query_as(sql::DUE).bind(now.as_millis()).bind(cell::limit(limit));
            let rows: Vec<(String,)> = self.all(find).await?;
            rows.iter().map(|(id,)| Reading { table: "notices", key: id }.parse("id", id)).collect()
        }

        async fn set_notice(&mut self, notice: &Notice, at: Timestamp) -> Result<()> {
            let set = sqlx::query(sql::SET_NOTICE)
                .bind(notice.id.to_string())
                .bind(notice.due_at.as_millis())
                .bind(notice.attempts)
                .bind(notice.state.as_str())
                .bind(notice.error.as_deref().map(cell::text));
            self.change("a notice", set).await?;
            let subscription = notice.subscription.to_string();
            let note = match notice.state {
                NoticeState::Sent => sqlx::query(sql::NOTE_SENT).bind(subscription).bind(at.as_millis()),
                state => sqlx::query(sql::NOTE_FAILED)
                    .bind(subscription)
                    .bind(i64::from(state == NoticeState::GivenUp))
                    .bind(at.as_millis())
                    .bind(notice.error.as_deref().map(cell::text)),
            };
            self.change("a subscription", note).await
        }

        async fn trim_notices(&mut self, before: Timestamp) -> Result<u64> {
            self.execute("old notices", sqlx::query(sql::TRIM).bind(before.as_millis())).await
        }
    }
}
