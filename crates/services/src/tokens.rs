//! Bearer tokens that a person makes for machines.

use crate::{
    Caller, Result, Slipway,
    accounts::{hash_secret, new_token_secret},
    errors::store,
};
use serde_json::json;
use slipway_api_types::{
    AppError,
    settings::{NewToken, TokenRow, TokensPage},
};
use slipway_domain::{access::Permission, ids::TokenId, time::DAY};
use slipway_ports::store::accounts::Token;

/// What a token may be allowed. It never does more than the person it is of.
const SCOPES: [(Permission, &str); 5] = [
    (Permission::Read, "See catalogue, services and deployments"),
    (Permission::Create, "Register entities, push to repositories"),
    (Permission::Deploy, "Record artifacts, deploy, roll back"),
    (Permission::Manage, "Remove services"),
    (Permission::Administer, "Register folders of the server, add people, read the audit log"),
];

/// The scopes that are of use to the caller.
fn offered(caller: &Caller) -> impl Iterator<Item = &'static (Permission, &'static str)> {
    let administers = caller.may(Permission::Administer, None);
    SCOPES.iter().filter(move |(scope, _)| administers || *scope != Permission::Administer)
}

/// The caller's tokens.
pub async fn page(slipway: &Slipway, caller: &Caller) -> Result<TokensPage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let tokens = tx.tokens_of(caller.user).await.map_err(store)?;
    let row = |token: Token| TokenRow {
        id: token.id.to_string(),
        name: token.name,
        scopes: token.scopes,
        created_at: token.created_at.as_millis(),
        expires_at: token.expires_at.as_millis(),
        last_used_at: token.last_used_at.map(|at| at.as_millis()),
        revoked: token.revoked_at.is_some(),
    };
    Ok(TokensPage {
        now: slipway.clock.now().as_millis(),
        tokens: tokens.into_iter().map(row).collect(),
        scopes: offered(caller).map(|(scope, words)| (scope.as_str().to_owned(), (*words).to_owned())).collect(),
    })
}

/// Makes a token. Its secret is in the answer and nowhere else.
pub async fn create(slipway: &Slipway, caller: &Caller, name: &str, scopes: &[String], days: u32) -> Result<NewToken> {
    caller.require(Permission::Read, None)?;
    if caller.scopes.is_some() {
        return Err(AppError::forbidden("A token cannot make tokens; sign in to make one."));
    }
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(AppError::invalid("name", "Use 1 to 80 characters that say what it is for."));
    }
    if !(1..=365).contains(&days) {
        return Err(AppError::invalid("days", "A token lasts 1 to 365 days."));
    }
    let known = |scope: &String| offered(caller).any(|(known, _)| known.as_str() == scope);
    if scopes.is_empty() || !scopes.iter().all(known) {
        let names: Vec<&str> = offered(caller).map(|(scope, _)| scope.as_str()).collect();
        return Err(AppError::invalid(
            "scopes",
            format!("Choose at least one of {}, and nothing else.", names.join(", ")),
        ));
    }
    let now = slipway.clock.now();
    let secret = new_token_secret(slipway);
    let token = Token {
        id: TokenId::from_uuid(slipway.entropy.uuid()),
        user: caller.user,
        name: name.to_owned(),
        secret_hash: hash_secret(&secret),
        scopes: scopes.to_vec(),
        created_at: now,
        expires_at: now.plus(i64::from(days) * DAY),
        last_used_at: None,
        revoked_at: None,
    };
    let mut tx = slipway.write().await?;
    tx.add_token(&token).await.map_err(store)?;
    let detail = json!({"name": name, "scopes": scopes, "days": days});
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "token.create", token.id.to_string(), None, detail))
        .await
        .map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(NewToken { name: name.to_owned(), secret, expires_at: token.expires_at.as_millis() })
}

/// Takes one of the caller's tokens back.
pub async fn revoke(slipway: &Slipway, caller: &Caller, id: &str) -> Result<()> {
    caller.require(Permission::Read, None)?;
    let id: TokenId = id.parse().map_err(|_| AppError::not_found("token of that id"))?;
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    if !tx.revoke_token(id, caller.user, now).await.map_err(store)? {
        return Err(AppError::not_found("token of yours with that id"));
    }
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "token.revoke", id.to_string(), None, json!({})))
        .await
        .map_err(store)?;
    tx.commit().await.map_err(store)
}
