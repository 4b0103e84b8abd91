//! Signing in and out, and the first administrator.

use crate::{Caller, Door, Result, Slipway, errors::store};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::Engine as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use slipway_api_types::{
    AppError, ErrorCode,
    viewer::{SignInPage, Viewer},
};
use slipway_domain::{
    access::{Grant, Permission, Role},
    ids::{SessionId, UserId},
    time::{MINUTE, Timestamp},
};
use slipway_ports::store::accounts::{Session, User};

/// Failed sign-ins within this time count, milliseconds.
const ATTEMPT_WINDOW: i64 = 15 * MINUTE;
/// So many failures for one login, or ten times as many from one address, and it is closed for the rest of the window.
const ATTEMPTS: i64 = 10;
/// Prefix of a token's secret, so that secret scanners can find it.
const TOKEN_PREFIX: &str = "slw_";

/// A session that was just begun. The secret goes into the cookie and nowhere else.
pub struct NewSession {
    /// The cookie's value.
    pub secret: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A secret from 32 random bytes, URL-safe.
pub(crate) fn new_secret(slipway: &Slipway) -> String {
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(slipway.entropy.secret())
}

/// A token's secret.
pub(crate) fn new_token_secret(slipway: &Slipway) -> String {
    format!("{TOKEN_PREFIX}{}", new_secret(slipway))
}

/// What is stored of a secret. It has 256 random bits, so a plain hash is enough.
pub(crate) fn hash_secret(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// argon2id with the crate's default cost, off the async threads.
pub(crate) async fn hash_password(password: &str) -> Result<String> {
    let password = password.to_owned();
    let hashed = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string())
    });
    match hashed.await {
        Ok(Ok(hash)) => Ok(hash),
        Ok(Err(error)) => Err(crate::errors::internal(&std::io::Error::other(error.to_string()))),
        Err(error) => Err(crate::errors::internal(&error)),
    }
}

/// Verifies against `hash`, or against a hash of nothing, so that a wrong login takes as long as a wrong password.
async fn verify_password(password: &str, hash: Option<String>) -> bool {
    // Made once with the default cost; matches no password anybody can type in time.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c2xpcHdheS1ub2JvZHk$vXpk2mMEWcJzGeN8hXCqkUo7lqS4DRxGyPPMkH0dzPQ";
    let password = password.to_owned();
    let known = hash.is_some();
    let verified = tokio::task::spawn_blocking(move || {
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        PasswordHash::new(&hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    });
    known && verified.await.unwrap_or(false)
}

/// Checks what a new person may have as login, name and password.
pub(crate) fn check_person(login: &str, display_name: &str, password: &str) -> Result<()> {
    let fits = (2..=64).contains(&login.len())
        && login.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'@' | b'+'));
    if !fits {
        return Err(AppError::invalid("login", "Use 2 to 64 lower-case letters, digits and . - _ @ +"));
    }
    if display_name.trim().is_empty() || display_name.chars().count() > 100 {
        return Err(AppError::invalid("display_name", "Use 1 to 100 characters."));
    }
    if password.chars().count() < 12 {
        return Err(AppError::invalid("password", "Use at least 12 characters; a sentence is good."));
    }
    if password.len() > 1_000 {
        return Err(AppError::invalid("password", "Use at most 1,000 characters."));
    }
    Ok(())
}

/// What the sign-in page shows. For everybody.
pub async fn sign_in_page(slipway: &Slipway) -> Result<SignInPage> {
    let mut tx = slipway.read().await?;
    let needs_setup = tx.count_users().await.map_err(store)? == 0;
    let demo_users = if slipway.settings.demo { crate::people::demo_users() } else { Vec::new() };
    Ok(SignInPage { demo_users, needs_setup })
}

/// Begins a session for a login and password.
///
/// # Errors
/// `invalid` when they do not fit together (it does not say which is wrong), `too-many` after ten failures in a quarter of an hour.
pub async fn sign_in(slipway: &Slipway, login: &str, password: &str, address: &str) -> Result<NewSession> {
    let user = check_password(slipway, login, password, address).await?;
    begin_session(slipway, &user).await
}

async fn check_password(slipway: &Slipway, login: &str, password: &str, address: &str) -> Result<User> {
    let login = login.trim().to_lowercase();
    let (by_login, by_address) = (format!("login:{login}"), format!("address:{address}"));
    let since = slipway.clock.now().plus(-ATTEMPT_WINDOW);
    let user = {
        let mut tx = slipway.read().await?;
        let failures = tx.count_failed_sign_ins(&by_login, since).await.map_err(store)?;
        let from_here = tx.count_failed_sign_ins(&by_address, since).await.map_err(store)?;
        if failures >= ATTEMPTS || from_here >= 10 * ATTEMPTS {
            return Err(AppError::new(ErrorCode::TooMany, "Too many attempts. Try again in a quarter of an hour."));
        }
        tx.user_by_login(&login).await.map_err(store)?
    };
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let matches = verify_password(password, hash).await;
    let mut tx = slipway.write().await?;
    match user.filter(|_| matches) {
        Some(user) => {
            tx.clear_failed_sign_ins(&by_login).await.map_err(store)?;
            tx.commit().await.map_err(store)?;
            Ok(user)
        }
        None => {
            let now = slipway.clock.now();
            tx.add_failed_sign_in(&by_login, now).await.map_err(store)?;
            tx.add_failed_sign_in(&by_address, now).await.map_err(store)?;
            tx.commit().await.map_err(store)?;
            Err(AppError::invalid("password", "Login and password do not fit together."))
        }
    }
}

async fn begin_session(slipway: &Slipway, user: &User) -> Result<NewSession> {
    let now = slipway.clock.now();
    let secret = new_secret(slipway);
    let expires_at = now.plus(slipway.settings.session_millis);
    let session = Session {
        id: SessionId::from_uuid(slipway.entropy.uuid()),
        user: user.id,
        secret_hash: hash_secret(&secret),
        created_at: now,
        expires_at,
    };
    let caller = Caller::of(user, Door::Browser);
    let mut tx = slipway.write().await?;
    tx.add_session(&session).await.map_err(store)?;
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "session.begin", &user.login, None, json!({})))
        .await
        .map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(NewSession { secret, expires_at })
}

/// Makes the link for the first administrator, when nobody is there yet. For the server's start.
pub async fn new_setup_link(slipway: &Slipway) -> Result<Option<String>> {
    let mut tx = slipway.write().await?;
    if tx.count_users().await.map_err(store)? > 0 {
        return Ok(None);
    }
    let secret = new_secret(slipway);
    tx.put_setup_secret(&hash_secret(&secret), slipway.clock.now()).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(Some(format!("{}/setup?token={secret}", slipway.settings.public_url)))
}

/// Makes the first administrator, by the link that the server printed. It works once.
pub async fn set_up(
    slipway: &Slipway,
    secret: &str,
    login: &str,
    display_name: &str,
    password: &str,
) -> Result<NewSession> {
    let login = login.trim().to_lowercase();
    check_person(&login, display_name, password)?;
    let hash = hash_password(password).await?;
    let now = slipway.clock.now();
    let user = User {
        id: UserId::from_uuid(slipway.entropy.uuid()),
        login,
        display_name: display_name.trim().to_owned(),
        password_hash: Some(hash),
        grants: vec![Grant { role: Role::Administrator, team: None }],
        created_at: now,
    };
    let mut tx = slipway.write().await?;
    if !tx.is_setup_secret(&hash_secret(secret)).await.map_err(store)? || tx.count_users().await.map_err(store)? > 0 {
        return Err(AppError::forbidden(
            "This set-up link has been used, or a newer one was printed. Look at the server's output.",
        ));
    }
    tx.add_user(&user).await.map_err(store)?;
    tx.delete_setup_secret().await.map_err(store)?;
    let caller = Caller::of(&user, Door::Browser);
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "instance.set-up", &user.login, None, json!({})))
        .await
        .map_err(store)?;
    tx.commit().await.map_err(store)?;
    begin_session(slipway, &user).await
}

/// Ends the caller's session.
pub async fn sign_out(slipway: &Slipway, caller: &Caller) -> Result<()> {
    let Some(session) = caller.session else { return Ok(()) };
    let mut tx = slipway.write().await?;
    tx.delete_session(session).await.map_err(store)?;
    let line = caller.audit(&*slipway.entropy, slipway.clock.now(), "session.end", &caller.login, None, json!({}));
    tx.add_audit(&line).await.map_err(store)?;
    tx.commit().await.map_err(store)
}

/// Whose session a cookie's secret is.
pub async fn caller_of_session(slipway: &Slipway, secret: &str) -> Result<Option<Caller>> {
    let mut tx = slipway.read().await?;
    let found = tx.session_by_secret(&hash_secret(secret), slipway.clock.now()).await.map_err(store)?;
    Ok(found.map(|(session, user)| Caller { session: Some(session.id), ..Caller::of(&user, Door::Browser) }))
}

/// Whose token a bearer secret is.
pub async fn caller_of_token(slipway: &Slipway, bearer: &str, door: Door) -> Result<Option<Caller>> {
    if !bearer.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    let now = slipway.clock.now();
    let mut tx = slipway.read().await?;
    let Some((token, user)) = tx.token_by_secret(&hash_secret(bearer), now).await.map_err(store)? else {
        return Ok(None);
    };
    drop(tx);
    // To the minute: a token that is used a thousand times a second must not write as often.
    if token.last_used_at.is_none_or(|used| now.since(used) > MINUTE) {
        let mut tx = slipway.write().await?;
        tx.touch_token(token.id, now).await.map_err(store)?;
        tx.commit().await.map_err(store)?;
    }
    let scopes = token.scopes.iter().filter_map(|scope| scope.parse::<Permission>().ok()).collect();
    Ok(Some(Caller { scopes: Some(scopes), ..Caller::of(&user, door) }))
}

/// Who a login with a password, or with a token in the password's place, is. For git.
pub async fn caller_of_basic(slipway: &Slipway, login: &str, password: &str, address: &str) -> Result<Option<Caller>> {
    if password.starts_with(TOKEN_PREFIX) {
        return caller_of_token(slipway, password, Door::Git).await;
    }
    match check_password(slipway, login, password, address).await {
        Ok(user) => Ok(Some(Caller::of(&user, Door::Git))),
        Err(error) if error.code == ErrorCode::Invalid => Ok(None),
        Err(error) => Err(error),
    }
}

/// The caller as pages need to know them.
pub fn viewer(slipway: &Slipway, caller: &Caller) -> Viewer {
    Viewer {
        login: caller.login.clone(),
        display_name: caller.display_name.clone(),
        grants: caller.grants.clone(),
        demo: slipway.settings.demo,
    }
}
