//! Steps of scaffold runs that wait for a person's word.

use crate::{
    cell::{self, Reading},
    engine::both,
    sql::approvals as sql,
};
use async_trait::async_trait;
use slipway_domain::{
    ids::{ApprovalId, RunId},
    scaffold::Approval,
    time::Timestamp,
};
use slipway_ports::store::{Approvals, Result};

#[derive(sqlx::FromRow)]
struct ApprovalRow {
    id: String,
    run: String,
    title: String,
    user_id: String,
    step: String,
    message: String,
    role: String,
    team: String,
    other_person: i64,
    asked_at: i64,
    expires_at: Option<i64>,
    approved: Option<i64>,
    decided_by: Option<String>,
    reason: String,
    decided_at: Option<i64>,
}

impl ApprovalRow {
    fn read(self) -> Result<Approval> {
        let row = Reading { table: "approvals", key: &self.id };
        Ok(Approval {
            id: row.parse("id", &self.id)?,
            run: row.parse("run", &self.run)?,
            user: row.parse("user_id", &self.user_id)?,
            role: row.parse("role", &self.role)?,
            title: self.title,
            step: self.step,
            message: self.message,
            team: Some(self.team).filter(|team| !team.is_empty()),
            other_person: self.other_person != 0,
            asked_at: Timestamp::from_millis(self.asked_at),
            expires_at: cell::instant(self.expires_at),
            approved: self.approved.map(|approved| approved != 0),
            decided_by: self.decided_by,
            reason: self.reason,
            decided_at: cell::instant(self.decided_at),
        })
    }
}

both! {
    #[async_trait]
    impl Approvals for EngineTx {
        async fn add_approval(&mut self, approval: &Approval) -> Result<()> {
            let add = sqlx::query(sql::ADD_APPROVAL)
                .bind(approval.id.to_string())
                .bind(approval.run.to_string())
                .bind(cell::text(&approval.title))
                .bind(approval.user.to_string())
                .bind(cell::text(&approval.step))
                .bind(cell::text(&approval.message))
                .bind(approval.role.as_str())
                .bind(approval.team.as_deref().unwrap_or_default())
                .bind(i64::from(approval.other_person))
                .bind(approval.asked_at.as_millis())
                .bind(cell::millis(approval.expires_at))
                .bind(cell::text(&approval.reason));
            self.add("an approval of this id", add).await
        }

        async fn approval(&mut self, id: ApprovalId) -> Result<Option<Approval>> {
            self.one(sqlx::query_as(sql::APPROVAL).bind(id.to_string())).await?.map(ApprovalRow::read).transpose()
        }

        async fn approvals_of(&mut self, run: RunId) -> Result<Vec<Approval>> {
            let find = sqlx::query_as(sql::APPROVALS_OF).bind(run.to_string());
            self.all(find).await?.into_iter().map(ApprovalRow::read).collect()
        }

        async fn open_approvals(&mut self, now: Timestamp, limit: u32) -> Result<Vec<Approval>> {
            let find = sqlx::query_as(sql::OPEN_APPROVALS).bind(now.as_millis()).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(ApprovalRow::read).collect()
        }

        async fn decide_approval(&mut self, approval: &Approval) -> Result<bool> {
            let decide = sqlx::query(sql::DECIDE_APPROVAL)
                .bind(approval.id.to_string())
                .bind(approval.approved.map(i64::from))
                .bind(approval.decided_by.as_deref().map(cell::text))
                .bind(cell::text(&approval.reason))
                .bind(cell::millis(approval.decided_at));
            Ok(self.execute("an approval", decide).await? == 1)
        }

        async fn delete_approval(&mut self, id: ApprovalId) -> Result<()> {
            self.execute("an approval", sqlx::query(sql::DELETE_APPROVAL).bind(id.to_string())).await?;
            Ok(())
        }

        async fn reopen_approvals(&mut self, run: RunId) -> Result<()> {
            self.execute("an approval", sqlx::query(sql::REOPEN_APPROVALS).bind(run.to_string())).await?;
            Ok(())
        }
    }
}
