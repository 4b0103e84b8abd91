//! Rows as they stand in the tables.

use crate::cell::{self, Reading};
use slipway_domain::{
    ids::CampaignId,
    time::Timestamp,
    upgrade::{Campaign, CampaignState, Upgrade, UpgradeState},
};
use slipway_ports::store::{
    Result,
    upgrades::{FleetRow, RepositoryLock, TemplateVersion, VersionCount, VersionMark},
};

#[derive(sqlx::FromRow)]
pub(super) struct VersionRow {
    template: String,
    version: String,
    file: String,
    files: String,
    seen_at: i64,
}

impl VersionRow {
    pub(super) fn read(self) -> Result<TemplateVersion> {
        Ok(TemplateVersion {
            files: Reading { table: "template_versions", key: &self.version }.json("files", &self.files)?,
            template: self.template,
            version: self.version,
            file: self.file,
            seen_at: Timestamp::from_millis(self.seen_at),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct MarkRow {
    template: String,
    version: String,
    seen_at: i64,
}

impl MarkRow {
    pub(super) fn read(self) -> VersionMark {
        VersionMark { template: self.template, version: self.version, seen_at: Timestamp::from_millis(self.seen_at) }
    }
}

/// Template, version, number of services.
pub(super) fn count((template, version, services): (String, String, i64)) -> VersionCount {
    VersionCount { template, version, services }
}

#[derive(sqlx::FromRow)]
pub(super) struct LockRow {
    repository: String,
    template: String,
    version: String,
    locked_at: i64,
}

impl LockRow {
    pub(super) fn read(self) -> Result<RepositoryLock> {
        Ok(RepositoryLock {
            repository: Reading { table: "template_locks", key: &self.repository }
                .parse("repository", &self.repository)?,
            template: self.template,
            version: self.version,
            locked_at: Timestamp::from_millis(self.locked_at),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct FleetLine {
    pub(super) service: String,
    name: String,
    pub(super) sort_name: String,
    owner: String,
    repository: String,
    recorded_head: Option<String>,
    template: Option<String>,
    version: Option<String>,
    upgrade: Option<String>,
    conflict_count: Option<i64>,
    seen_at: Option<i64>,
    behind: i64,
}

impl FleetLine {
    pub(super) fn read(self) -> Result<FleetRow> {
        let row = Reading { table: "services", key: &self.service };
        let open = row.maybe("upgrade", self.upgrade.as_deref())?.zip(self.conflict_count);
        Ok(FleetRow {
            service: row.parse("id", &self.service)?,
            open,
            name: self.name,
            owner: self.owner,
            repository: self.repository,
            head: self.recorded_head,
            lock: self.template.zip(self.version),
            behind: self.seen_at.map(|_| self.behind),
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct UpgradeRow {
    id: String,
    repository: String,
    service: String,
    template: String,
    from_version: Option<String>,
    to_version: String,
    branch: String,
    head: String,
    conflicts: String,
    files: i64,
    state: String,
    campaign: Option<String>,
    opened_by: String,
    opened_at: i64,
    finished_at: Option<i64>,
    merged_as: Option<String>,
    version: i64,
}

impl UpgradeRow {
    pub(super) fn read(self) -> Result<Upgrade> {
        let row = Reading { table: "upgrades", key: &self.id };
        Ok(Upgrade {
            id: row.parse("id", &self.id)?,
            repository: row.parse("repository", &self.repository)?,
            service: row.parse("service", &self.service)?,
            conflicts: row.json("conflicts", &self.conflicts)?,
            state: row.word("state", &self.state, UpgradeState::parse)?,
            campaign: row.maybe("campaign", self.campaign.as_deref())?,
            template: self.template,
            from_version: self.from_version,
            to_version: self.to_version,
            branch: self.branch,
            head: self.head,
            files: self.files,
            opened_by: self.opened_by,
            opened_at: Timestamp::from_millis(self.opened_at),
            finished_at: cell::instant(self.finished_at),
            merged_as: self.merged_as,
            version: self.version,
        })
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct CampaignRow {
    id: String,
    template: String,
    to_version: String,
    members: String,
    merges: i64,
    state: String,
    reason: Option<String>,
    user_id: String,
    started_by: String,
    created_at: i64,
    finished_at: Option<i64>,
    version: i64,
    answers: String,
}

impl CampaignRow {
    pub(super) fn read(self) -> Result<Campaign> {
        let row = Reading { table: "upgrade_campaigns", key: &self.id };
        Ok(Campaign {
            id: row.parse("id", &self.id)?,
            members: row.json("members", &self.members)?,
            answers: row.json("answers", &self.answers)?,
            state: row.word("state", &self.state, CampaignState::parse)?,
            user: row.parse("user_id", &self.user_id)?,
            template: self.template,
            to_version: self.to_version,
            merges: self.merges != 0,
            reason: self.reason,
            started_by: self.started_by,
            created_at: Timestamp::from_millis(self.created_at),
            finished_at: cell::instant(self.finished_at),
            version: self.version,
        })
    }
}

pub(super) fn campaign_id((id,): (String,)) -> Result<CampaignId> {
    Reading { table: "upgrade_campaigns", key: &id }.parse("id", &id)
}
