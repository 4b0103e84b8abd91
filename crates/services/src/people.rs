//! People and their roles.

use crate::{
    Caller, Result, Slipway,
    accounts::{check_person, hash_password},
    errors::store,
    views::team_titles,
};
use serde_json::json;
use slipway_api_types::{
    AppError,
    settings::{PeoplePage, PersonRow},
    viewer::DemoUser,
};
use slipway_domain::{
    access::{Grant, Permission, Role},
    catalog::EntityRef,
    ids::UserId,
};
use slipway_ports::store::accounts::User;

/// The demo's people: login, password, name, role, team. Their passwords are public on purpose.
pub(crate) const DEMO: [(&str, &str, &str, Role, Option<&str>); 4] = [
    ("ada", "demo-administrator", "Ada Okafor", Role::Administrator, None),
    ("lena", "demo-team-lead", "Lena Fischer", Role::TeamLead, Some("group:default/payments")),
    ("dev", "demo-developer", "Devi Raman", Role::Developer, Some("group:default/payments")),
    ("vic", "demo-viewer", "Victor Sand", Role::Viewer, None),
];

pub(crate) fn demo_users() -> Vec<DemoUser> {
    DEMO.iter()
        .map(|(login, password, name, role, team)| DemoUser {
            login: (*login).to_owned(),
            password: (*password).to_owned(),
            display_name: (*name).to_owned(),
            role: match team {
                Some(_) => format!("{} of Payments", role.title()),
                None => role.title().to_owned(),
            },
        })
        .collect()
}

/// Everybody and their roles.
pub async fn page(slipway: &Slipway, caller: &Caller) -> Result<PeoplePage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let teams = team_titles(&mut *tx).await?;
    let title = |team: &str| {
        teams
            .iter()
            .find(|(reference, _)| reference == team)
            .map_or_else(|| team.to_owned(), |(_, title)| title.clone())
    };
    let people = tx
        .users()
        .await
        .map_err(store)?
        .into_iter()
        .map(|user| PersonRow {
            login: user.login,
            display_name: user.display_name,
            roles: user
                .grants
                .iter()
                .map(|grant| match &grant.team {
                    Some(team) => format!("{} of {}", grant.role.title(), title(team)),
                    None => grant.role.title().to_owned(),
                })
                .collect(),
        })
        .collect();
    Ok(PeoplePage { people, teams, may_add: caller.may(Permission::Administer, None) })
}

/// Adds a person with a first role. `team` is an entity reference, or empty for everywhere.
pub async fn add(
    slipway: &Slipway,
    caller: &Caller,
    login: &str,
    display_name: &str,
    password: &str,
    role: &str,
    team: &str,
) -> Result<()> {
    caller.require(Permission::Administer, None)?;
    let login = login.trim().to_lowercase();
    check_person(&login, display_name, password)?;
    let role: Role = role.parse().map_err(|message: String| AppError::invalid("role", message))?;
    let team = match team.trim() {
        "" => None,
        team => match EntityRef::parse(team, Some("group"), "default") {
            Ok(team) => Some(team.to_string()),
            Err(error) => return Err(AppError::invalid("team", error.to_string())),
        },
    };
    let now = slipway.clock.now();
    let user = User {
        id: UserId::from_uuid(slipway.entropy.uuid()),
        login: login.clone(),
        display_name: display_name.trim().to_owned(),
        password_hash: Some(hash_password(password).await?),
        grants: vec![Grant { role, team: team.clone() }],
        created_at: now,
    };
    let mut tx = slipway.write().await?;
    if tx.user_by_login(&login).await.map_err(store)?.is_some() {
        return Err(AppError::invalid("login", format!("`{login}` is taken; choose another login.")));
    }
    tx.add_user(&user).await.map_err(store)?;
    let detail = json!({"role": role.as_str(), "team": team});
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "person.add", &login, team.as_deref(), detail))
        .await
        .map_err(store)?;
    tx.commit().await.map_err(store)
}
