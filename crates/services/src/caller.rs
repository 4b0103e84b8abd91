//! Who asks, and through which door.

use slipway_api_types::AppError;
use slipway_domain::{
    access::{Grant, Permission, allows},
    ids::{AuditId, SessionId, UserId},
    time::Timestamp,
};
use slipway_ports::{
    Entropy,
    store::accounts::{AuditLine, User},
};

/// How a caller came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// A signed-in browser.
    Browser,
    /// The REST API, with a token.
    Api,
    /// Git over HTTP.
    Git,
    /// Slipway itself: reconcilers, set-up, demo data.
    System,
}

impl Door {
    /// As it stands in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Api => "api",
            Self::Git => "git",
            Self::System => "system",
        }
    }
}

/// Who asks. Made only by `accounts`, after checking a session, a token or a password.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(crate) user: UserId,
    pub(crate) session: Option<SessionId>,
    pub(crate) login: String,
    pub(crate) display_name: String,
    pub(crate) email: String,
    pub(crate) grants: Vec<Grant>,
    pub(crate) door: Door,
    /// `None`: everything the person may do.
    pub(crate) scopes: Option<Vec<Permission>>,
}

impl Caller {
    pub(crate) fn of(user: &User, door: Door) -> Self {
        Self {
            user: user.id,
            session: None,
            login: user.login.clone(),
            display_name: user.display_name.clone(),
            email: format!("{}@users.slipway.invalid", user.login),
            grants: user.grants.clone(),
            door,
            scopes: None,
        }
    }

    /// What they sign in with.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// Whether they may, on something that `team` owns.
    pub fn may(&self, permission: Permission, team: Option<&str>) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(&permission)) && allows(&self.grants, permission, team)
    }

    /// Refuses with words that say who may.
    pub(crate) fn require(&self, permission: Permission, team: Option<&str>) -> Result<(), AppError> {
        if self.may(permission, team) {
            return Ok(());
        }
        if self.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&permission)) {
            let scope = permission.as_str();
            return Err(AppError::forbidden(format!(
                "This token does not have the scope `{scope}`; make one that does in Settings."
            )));
        }
        let role = permission.least_role().title().to_lowercase();
        Err(AppError::forbidden(match team {
            Some(team) => format!("This needs the role {role} in {team}. Ask a team lead or an administrator."),
            None => format!("This needs the role {role} for the whole organisation. Ask an administrator."),
        }))
    }

    /// The teams they belong to.
    pub(crate) fn teams(&self) -> impl Iterator<Item = &str> {
        self.grants.iter().filter_map(|grant| grant.team.as_deref())
    }

    pub(crate) fn audit(
        &self,
        entropy: &dyn Entropy,
        at: Timestamp,
        action: &str,
        target: impl Into<String>,
        team: Option<&str>,
        detail: serde_json::Value,
    ) -> AuditLine {
        AuditLine {
            id: AuditId::from_uuid(entropy.uuid()),
            at,
            actor: self.login.clone(),
            door: self.door.as_str().to_owned(),
            action: action.to_owned(),
            target: target.into(),
            team: team.map(str::to_owned),
            detail,
        }
    }
}
