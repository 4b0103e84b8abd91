//! Versions of templates, locks and upgrades.

mod rows;

use crate::{cell, cursor, engine::both, sql::upgrades as sql};
use async_trait::async_trait;
use rows::{CampaignRow, FleetLine, LockRow, MarkRow, UpgradeRow, VersionRow, campaign_id, count};
use slipway_domain::{
    ids::{CampaignId, RepositoryId, UpgradeId},
    upgrade::{Campaign, Upgrade},
};
use slipway_ports::store::{
    Page, Result, Upgrades,
    upgrades::{FleetFilter, FleetRow, RepositoryLock, Standing, TemplateVersion, VersionCount, VersionMark},
};

both! {
    #[async_trait]
    impl Upgrades for EngineTx {
        async fn put_template_version(&mut self, version: &TemplateVersion, blobs: &[(String, Vec<u8>)]) -> Result<()> {
            for (hash, bytes) in blobs {
                self.execute("a template's file", sqlx::query(sql::PUT_BLOB).bind(hash).bind(bytes)).await?;
            }
            let put = sqlx::query(sql::PUT_VERSION)
                .bind(&version.template)
                .bind(&version.version)
                .bind(&version.file)
                .bind(cell::json(&version.files))
                .bind(version.seen_at.as_millis());
            self.execute("a template's version", put).await?;
            Ok(())
        }

        async fn template_version(&mut self, template: &str, version: &str) -> Result<Option<TemplateVersion>> {
            let find = sqlx::query_as(sql::VERSION).bind(cell::text(template)).bind(cell::text(version));
            self.one(find).await?.map(VersionRow::read).transpose()
        }

        async fn version_blobs(&mut self, hashes: &[String]) -> Result<Vec<(String, Vec<u8>)>> {
            self.all(sqlx::query_as(Self::pick(&sql::BLOBS)).bind(cell::id_list(hashes))).await
        }

        async fn version_marks(&mut self) -> Result<Vec<VersionMark>> {
            Ok(self.all(sqlx::query_as(sql::MARKS)).await?.into_iter().map(MarkRow::read).collect())
        }

        async fn put_lock(&mut self, lock: &RepositoryLock) -> Result<()> {
            let put = sqlx::query(sql::PUT_LOCK)
                .bind(lock.repository.to_string())
                .bind(cell::text(&lock.template))
                .bind(cell::text(&lock.version))
                .bind(lock.locked_at.as_millis());
            self.execute("a repository's lock", put).await?;
            Ok(())
        }

        async fn lock(&mut self, repository: RepositoryId) -> Result<Option<RepositoryLock>> {
            self.one(sqlx::query_as(sql::LOCK).bind(repository.to_string())).await?.map(LockRow::read).transpose()
        }

        async fn delete_lock(&mut self, repository: RepositoryId) -> Result<()> {
            self.execute("a repository's lock", sqlx::query(sql::DELETE_LOCK).bind(repository.to_string())).await?;
            Ok(())
        }

        async fn version_counts(&mut self) -> Result<Vec<VersionCount>> {
            Ok(self.all(sqlx::query_as(sql::VERSION_COUNTS)).await?.into_iter().map(count).collect())
        }

        async fn list_fleet(&mut self, filter: &FleetFilter, cursor: Option<&str>, limit: u32) -> Result<Page<FleetRow>> {
            let limit = cell::limit(limit);
            let mut query = Self::builder(sql::FLEET);
            if let Some(template) = &filter.template {
                query.push(" AND l.template = ").push_bind(cell::text(template).into_owned());
            }
            if let Some(owner) = &filter.owner {
                query.push(" AND s.owner = ").push_bind(cell::text(owner).into_owned());
            }
            if let Some(service) = filter.service {
                query.push(" AND s.id = ").push_bind(service.to_string());
            }
            match filter.standing {
                None => {}
                Some(Standing::Current) => {
                    query.push(" AND ").push(sql::IS_LATEST);
                }
                Some(Standing::Behind) => {
                    query.push(" AND l.version IS NOT NULL AND NOT (").push(sql::IS_LATEST).push(")");
                }
                Some(Standing::Open) => {
                    query.push(" AND u.id IS NOT NULL");
                }
                Some(Standing::Apart) => {
                    query.push(" AND l.version IS NULL");
                }
            }
            if let Some((name, id)) = cursor::read::<(String, String)>(cursor)? {
                query.push(" AND (s.sort_name, s.id) > (").push_bind(name).push(", ").push_bind(id).push(")");
            }
            query.push(" ORDER BY s.sort_name, s.id LIMIT ").push_bind(limit + 1);
            let rows: Vec<FleetLine> = self.all(query.build_query_as()).await?;
            cursor::page(rows, limit, |row| (row.sort_name.clone(), row.service.clone()), FleetLine::read)
        }

        async fn add_upgrade(&mut self, upgrade: &Upgrade) -> Result<()> {
            let add = sqlx::query(sql::ADD_UPGRADE)
                .bind(upgrade.id.to_string())
                .bind(upgrade.repository.to_string())
                .bind(upgrade.service.to_string())
                .bind(cell::text(&upgrade.template))
                .bind(upgrade.from_version.as_deref().map(cell::text))
                .bind(&upgrade.to_version)
                .bind(&upgrade.branch)
                .bind(&upgrade.head)
                .bind(cell::json(&upgrade.conflicts))
                .bind(upgrade.files)
                .bind(upgrade.state.as_str())
                .bind(upgrade.campaign.map(|id| id.to_string()))
                .bind(&upgrade.opened_by)
                .bind(upgrade.opened_at.as_millis())
                .bind(cell::millis(upgrade.finished_at))
                .bind(&upgrade.merged_as)
                .bind(upgrade.version)
                .bind(i64::try_from(upgrade.conflicts.len()).unwrap_or(i64::MAX));
            self.add("an open upgrade of this repository", add).await
        }

        async fn upgrade(&mut self, id: UpgradeId) -> Result<Option<Upgrade>> {
            self.one(sqlx::query_as(sql::UPGRADE).bind(id.to_string())).await?.map(UpgradeRow::read).transpose()
        }

        async fn open_upgrade(&mut self, repository: RepositoryId) -> Result<Option<Upgrade>> {
            let find = sqlx::query_as(sql::OPEN_UPGRADE).bind(repository.to_string());
            self.one(find).await?.map(UpgradeRow::read).transpose()
        }

        async fn open_upgrades(&mut self, limit: u32) -> Result<Vec<Upgrade>> {
            let find = sqlx::query_as(sql::OPEN_UPGRADES).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(UpgradeRow::read).collect()
        }

        async fn set_upgrade(&mut self, upgrade: &Upgrade) -> Result<()> {
            let set = sqlx::query(sql::SET_UPGRADE)
                .bind(upgrade.id.to_string())
                .bind(upgrade.state.as_str())
                .bind(cell::millis(upgrade.finished_at))
                .bind(&upgrade.merged_as)
                .bind(upgrade.version);
            self.change_version("another change of this upgrade", set).await
        }

        async fn add_campaign(&mut self, campaign: &Campaign) -> Result<()> {
            let add = sqlx::query(sql::ADD_CAMPAIGN)
                .bind(campaign.id.to_string())
                .bind(cell::text(&campaign.template))
                .bind(&campaign.to_version)
                .bind(cell::json(&campaign.members))
                .bind(i64::from(campaign.merges))
                .bind(campaign.state.as_str())
                .bind(campaign.reason.as_deref().map(cell::text))
                .bind(campaign.user.to_string())
                .bind(cell::text(&campaign.started_by))
                .bind(campaign.created_at.as_millis())
                .bind(cell::millis(campaign.finished_at))
                .bind(campaign.version)
                .bind(cell::json(&campaign.answers));
            self.add("a campaign", add).await
        }

        async fn campaign(&mut self, id: CampaignId) -> Result<Option<Campaign>> {
            self.one(sqlx::query_as(sql::CAMPAIGN).bind(id.to_string())).await?.map(CampaignRow::read).transpose()
        }

        async fn campaigns(&mut self, limit: u32) -> Result<Vec<Campaign>> {
            let find = sqlx::query_as(sql::CAMPAIGNS).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(CampaignRow::read).collect()
        }

        async fn running_campaigns(&mut self, limit: u32) -> Result<Vec<CampaignId>> {
            let find = sqlx::query_as(sql::RUNNING_CAMPAIGNS).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(campaign_id).collect()
        }

        async fn set_campaign(&mut self, campaign: &Campaign) -> Result<()> {
            let set = sqlx::query(sql::SET_CAMPAIGN)
                .bind(campaign.id.to_string())
                .bind(cell::json(&campaign.members))
                .bind(campaign.state.as_str())
                .bind(campaign.reason.as_deref().map(cell::text))
                .bind(cell::millis(campaign.finished_at))
                .bind(campaign.version);
            self.change_version("another change of this campaign", set).await
        }
    }
}
