//! Digests of past weeks.

use crate::{
    cell::{self, Reading},
    engine::both,
    sql::digests as sql,
};
use async_trait::async_trait;
use slipway_domain::time::Timestamp;
use slipway_ports::store::{
    Result,
    digests::{Digests, StoredDigest},
};

#[derive(sqlx::FromRow)]
struct DigestRow {
    owner: String,
    week: String,
    body: String,
    made_at: i64,
}

impl DigestRow {
    fn read(self) -> Result<StoredDigest> {
        let body = Reading { table: "digests", key: &self.week }.json("body", &self.body)?;
        Ok(StoredDigest { owner: self.owner, week: self.week, body, made_at: Timestamp::from_millis(self.made_at) })
    }
}

both! {
    #[async_trait]
    impl Digests for EngineTx {
        async fn add_digest(&mut self, digest: &StoredDigest) -> Result<bool> {
            let add = sqlx::query(sql::ADD_DIGEST)
                .bind(cell::text(&digest.owner))
                .bind(&digest.week)
                .bind(cell::json(&digest.body))
                .bind(digest.made_at.as_millis());
            Ok(self.execute("a digest", add).await? == 1)
        }

        async fn digest(&mut self, owner: &str, week: &str) -> Result<Option<StoredDigest>> {
            let find = sqlx::query_as(sql::DIGEST).bind(cell::text(owner)).bind(cell::text(week));
            self.one(find).await?.map(DigestRow::read).transpose()
        }

        async fn digest_weeks(&mut self, owner: &str, limit: u32) -> Result<Vec<String>> {
            let find = sqlx::query_as(sql::DIGEST_WEEKS).bind(cell::text(owner)).bind(cell::limit(limit));
            let weeks: Vec<(String,)> = self.all(find).await?;
            Ok(weeks.into_iter().map(|(week,)| week).collect())
        }

        async fn digest_owners(&mut self, week: &str) -> Result<Vec<String>> {
            let owners: Vec<(String,)> = self.all(sqlx::query_as(sql::DIGEST_OWNERS).bind(week)).await?;
            Ok(owners.into_iter().map(|(owner,)| owner).collect())
        }
    }
}
