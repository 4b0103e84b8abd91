//! Who may do what: roles, by team or everywhere.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// What a person is to a team, or to the whole organisation. Each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Sees everything but secrets; changes nothing.
    Viewer,
    /// Creates, deploys and rolls back the team's services.
    Developer,
    /// Also removes services and decides what needs a lead.
    TeamLead,
    /// Also manages people, locations and the instance.
    Administrator,
}

impl Role {
    /// The role as stored and shown in URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Developer => "developer",
            Self::TeamLead => "team-lead",
            Self::Administrator => "administrator",
        }
    }

    /// The role in words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Developer => "Developer",
            Self::TeamLead => "Team lead",
            Self::Administrator => "Administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Viewer, Self::Developer, Self::TeamLead, Self::Administrator]
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a role; use viewer, developer, team-lead or administrator"))
    }
}

/// One grant: a role for one team, or everywhere when `team` is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The role that is granted.
    pub role: Role,
    /// The team's group entity reference (`group:default/payments`), or everywhere.
    pub team: Option<String>,
}

/// What an action needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// See catalogue, services, deployments and metrics.
    Read,
    /// Run a template, register or refresh entities, push to a repository.
    Create,
    /// Record artifacts, deploy, roll back, cancel.
    Deploy,
    /// Remove services, undo runs of others.
    Manage,
    /// People, settings, catalogue locations.
    Administer,
}

impl Permission {
    /// The least role that holds this permission.
    pub const fn least_role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Create | Self::Deploy => Role::Developer,
            Self::Manage => Role::TeamLead,
            Self::Administer => Role::Administrator,
        }
    }

    /// The permission as it stands in a token's scopes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Deploy => "deploy",
            Self::Manage => "manage",
            Self::Administer => "administer",
        }
    }
}

impl FromStr for Permission {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Read, Self::Create, Self::Deploy, Self::Manage, Self::Administer]
            .into_iter()
            .find(|permission| permission.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a scope; use read, create, deploy, manage or administer"))
    }
}

/// The highest role that `grants` give for `team` (`None`: for the organisation as a whole).
///
/// Reading is organisation-wide: a role in any team lets one read everything, since a portal that hides what runs is of no use.
pub fn role_for(grants: &[Grant], team: Option<&str>) -> Option<Role> {
    let direct = grants
        .iter()
        .filter(|g| g.team.is_none() || (team.is_some() && g.team.as_deref() == team))
        .map(|g| g.role)
        .max();
    direct.or((!grants.is_empty()).then_some(Role::Viewer))
}

/// Whether `grants` allow `permission` on something that `team` owns.
pub fn allows(grants: &[Grant], permission: Permission, team: Option<&str>) -> bool {
    role_for(grants, team).is_some_and(|role| role >= permission.least_role())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(role: Role, team: Option<&str>) -> Grant {
        Grant { role, team: team.map(str::to_owned) }
    }

    #[test]
    fn a_role_counts_only_for_its_team_but_reading_is_for_all() {
        let grants = [grant(Role::Developer, Some("group:default/payments"))];
        assert!(allows(&grants, Permission::Deploy, Some("group:default/payments")));
        assert!(!allows(&grants, Permission::Deploy, Some("group:default/search")));
        assert!(allows(&grants, Permission::Read, Some("group:default/search")));
        assert!(!allows(&grants, Permission::Deploy, None));
    }

    #[test]
    fn nobody_without_a_grant_reads() {
        assert!(!allows(&[], Permission::Read, None));
    }
}
