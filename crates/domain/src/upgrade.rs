//! Upgrades: a later version of a template on its way into the repositories that were made of an earlier one.

use crate::{
    ids::{CampaignId, RepositoryId, ServiceId, UpgradeId, UserId},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where an upgrade is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpgradeState {
    /// Its branch waits to be reviewed and merged.
    Open,
    /// The default branch has it.
    Merged,
    /// Nobody wanted it; its branch is gone.
    Closed,
}

impl UpgradeState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Merged => "merged",
            Self::Closed => "closed",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Merged, Self::Closed].into_iter().find(|state| state.as_str() == text)
    }
}

/// A place where the template and the team changed the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpgradeConflict {
    /// The path in the repository.
    pub path: String,
    /// What happened there.
    pub message: String,
}

/// One repository's way from one version of its template to another: a branch, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// Identity.
    pub id: UpgradeId,
    /// The repository.
    pub repository: RepositoryId,
    /// Its service.
    pub service: ServiceId,
    /// The template's reference.
    pub template: String,
    /// The version it comes from; `None` when the repository is only being adopted.
    pub from_version: Option<String>,
    /// The version it goes to.
    pub to_version: String,
    /// The branch.
    pub branch: String,
    /// The commit that Slipway made on the branch.
    pub head: String,
    /// Where a person has to decide before it can be merged.
    pub conflicts: Vec<UpgradeConflict>,
    /// How many files it changes.
    pub files: i64,
    /// Where it is.
    pub state: UpgradeState,
    /// The campaign that opened it.
    pub campaign: Option<CampaignId>,
    /// Who opened it, by login.
    pub opened_by: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was merged or closed.
    pub finished_at: Option<Timestamp>,
    /// The default branch's head that has it.
    pub merged_as: Option<String>,
    /// Counted up at each write.
    pub version: i64,
}

/// Where a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CampaignState {
    /// Wave after wave is upgraded.
    Running,
    /// Something failed, or a person stopped it; it can be resumed.
    Stopped,
    /// Every service is through.
    Done,
}

impl CampaignState {
    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Done => "done",
        }
    }

    /// Reads the stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Stopped, Self::Done].into_iter().find(|state| state.as_str() == text)
    }
}

/// How far one service of a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MemberState {
    /// Its wave has not begun.
    Waiting,
    /// Its upgrade is open.
    Open,
    /// Merged; its build and first deployment are awaited.
    Merged,
    /// Built and deployed, or nothing was to be done.
    Through,
    /// It stopped the campaign.
    Failed,
}

/// One service of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The service.
    pub service: ServiceId,
    /// Its wave, from 0.
    pub wave: u32,
    /// How far it is.
    pub state: MemberState,
    /// Its upgrade, once there is one.
    pub upgrade: Option<UpgradeId>,
    /// Why it failed, or why nothing was to be done.
    pub reason: Option<String>,
}

/// Many services brought to one version of their template, wave after wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Identity.
    pub id: CampaignId,
    /// The template's reference.
    pub template: String,
    /// The version they go to.
    pub to_version: String,
    /// The services, by wave.
    pub members: Vec<Member>,
    /// Whether what has no conflict is merged by itself.
    pub merges: bool,
    /// What the new version asks and lock files do not answer, as typed, by field.
    pub answers: BTreeMap<String, String>,
    /// Where it is.
    pub state: CampaignState,
    /// Why it stopped.
    pub reason: Option<String>,
    /// On whose behalf it works.
    pub user: UserId,
    /// Their name.
    pub started_by: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was done.
    pub finished_at: Option<Timestamp>,
    /// Counted up at each write.
    pub version: i64,
}

impl Campaign {
    /// The wave that is under way: the first with a service that is not through. `None`: all are.
    pub fn wave(&self) -> Option<u32> {
        self.members.iter().filter(|member| member.state != MemberState::Through).map(|member| member.wave).min()
    }
}

/// Cuts `count` services into waves whose sizes are `sizes` in order, the last as large as what is left. A size of `0` is left out.
pub fn waves(count: usize, sizes: &[usize]) -> Vec<u32> {
    let mut waves = Vec::with_capacity(count);
    for (wave, size) in (0..).zip(sizes.iter().copied().filter(|size| *size > 0)) {
        let left = count - waves.len();
        waves.extend(std::iter::repeat_n(wave, size.min(left)));
    }
    let last = waves.last().map_or(0, |wave| wave + 1);
    waves.resize(count, last);
    waves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_take_what_they_are_given_and_the_last_takes_the_rest() {
        assert_eq!(waves(6, &[1, 2]), [0, 1, 1, 2, 2, 2]);
        assert_eq!(waves(2, &[1, 2]), [0, 1]);
        assert_eq!(waves(1, &[1, 2]), [0]);
        assert_eq!(waves(3, &[0, 1, 0]), [0, 1, 1]);
        assert_eq!(waves(2, &[]), [0, 0]);
        assert_eq!(waves(0, &[1]), [0; 0]);
    }
}
