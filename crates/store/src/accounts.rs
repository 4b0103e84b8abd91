//! People, sessions, tokens and the audit log.

use crate::{
    cell::{self, Reading},
    cursor,
    engine::both,
    sql::accounts as sql,
};
use async_trait::async_trait;
use slipway_domain::{
    ids::{SessionId, TokenId, UserId},
    time::{DAY, Timestamp},
};
use slipway_ports::store::{
    Accounts, Page, Result,
    accounts::{AuditLine, Session, Token, User},
};

#[derive(sqlx::FromRow)]
struct UserRow {
    id: String,
    login: String,
    display_name: String,
    password_hash: Option<String>,
    grants: String,
    created_at: i64,
}

impl UserRow {
    fn read(self) -> Result<User> {
        let row = Reading { table: "users", key: &self.id };
        Ok(User {
            id: row.parse("id", &self.id)?,
            grants: row.json("grants", &self.grants)?,
            login: self.login,
            display_name: self.display_name,
            password_hash: self.password_hash,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    session_id: String,
    secret_hash: String,
    begun_at: i64,
    expires_at: i64,
    #[sqlx(flatten)]
    user: UserRow,
}

impl SessionRow {
    fn read(self) -> Result<(Session, User)> {
        let user = self.user.read()?;
        let row = Reading { table: "sessions", key: &self.session_id };
        let session = Session {
            id: row.parse("id", &self.session_id)?,
            user: user.id,
            secret_hash: self.secret_hash,
            created_at: Timestamp::from_millis(self.begun_at),
            expires_at: Timestamp::from_millis(self.expires_at),
        };
        Ok((session, user))
    }
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: String,
    user_id: String,
    name: String,
    secret_hash: String,
    scopes: String,
    created_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TokenRow {
    fn read(self) -> Result<Token> {
        let row = Reading { table: "tokens", key: &self.id };
        Ok(Token {
            id: row.parse("id", &self.id)?,
            user: row.parse("user_id", &self.user_id)?,
            scopes: row.json("scopes", &self.scopes)?,
            name: self.name,
            secret_hash: self.secret_hash,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
            last_used_at: cell::instant(self.last_used_at),
            revoked_at: cell::instant(self.revoked_at),
        })
    }
}

#[derive(sqlx::FromRow)]
struct TokenUserRow {
    token_id: String,
    name: String,
    secret_hash: String,
    scopes: String,
    made_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
    #[sqlx(flatten)]
    user: UserRow,
}

impl TokenUserRow {
    fn read(self) -> Result<(Token, User)> {
        let token = TokenRow {
            id: self.token_id,
            user_id: self.user.id.clone(),
            name: self.name,
            secret_hash: self.secret_hash,
            scopes: self.scopes,
            created_at: self.made_at,
            expires_at: self.expires_at,
            last_used_at: self.last_used_at,
            revoked_at: self.revoked_at,
        };
        Ok((token.read()?, self.user.read()?))
    }
}

#[derive(sqlx::FromRow)]
struct AuditRow {
    id: String,
    at: i64,
    actor: String,
    door: String,
    action: String,
    target: String,
    team: Option<String>,
    detail: String,
}

impl AuditRow {
    fn read(self) -> Result<AuditLine> {
        let row = Reading { table: "audit", key: &self.id };
        Ok(AuditLine {
            id: row.parse("id", &self.id)?,
            at: Timestamp::from_millis(self.at),
            detail: row.json("detail", &self.detail)?,
            actor: self.actor,
            door: self.door,
            action: self.action,
            target: self.target,
            team: self.team,
        })
    }
}

/// How long failed sign-ins are kept at most; nobody is locked out for longer.
const FAILURES_KEPT: i64 = DAY;

both! {
    #[async_trait]
    impl Accounts for EngineTx {
        async fn add_user(&mut self, user: &User) -> Result<()> {
            let add = sqlx::query(sql::ADD_USER)
                .bind(user.id.to_string())
                .bind(&user.login)
                .bind(cell::text(&user.display_name))
                .bind(&user.password_hash)
                .bind(cell::json(&user.grants))
                .bind(user.created_at.as_millis());
            self.add("a person with this login", add).await
        }

        async fn user(&mut self, id: UserId) -> Result<Option<User>> {
            self.one(sqlx::query_as(sql::USER).bind(id.to_string())).await?.map(UserRow::read).transpose()
        }

        async fn user_by_login(&mut self, login: &str) -> Result<Option<User>> {
            self.one(sqlx::query_as(sql::USER_BY_LOGIN).bind(cell::text(login))).await?.map(UserRow::read).transpose()
        }

        async fn users(&mut self) -> Result<Vec<User>> {
            self.all(sqlx::query_as(sql::USERS)).await?.into_iter().map(UserRow::read).collect()
        }

        async fn count_users(&mut self) -> Result<i64> {
            self.number(sqlx::query_as(sql::COUNT_USERS)).await
        }

        async fn add_session(&mut self, session: &Session) -> Result<()> {
            let add = sqlx::query(sql::ADD_SESSION)
                .bind(session.id.to_string())
                .bind(session.user.to_string())
                .bind(&session.secret_hash)
                .bind(session.created_at.as_millis())
                .bind(session.expires_at.as_millis());
            self.add("a session", add).await
        }

        async fn session_by_secret(&mut self, secret_hash: &str, now: Timestamp) -> Result<Option<(Session, User)>> {
            let find = sqlx::query_as(sql::SESSION_BY_SECRET).bind(secret_hash).bind(now.as_millis());
            self.one(find).await?.map(SessionRow::read).transpose()
        }

        async fn delete_session(&mut self, id: SessionId) -> Result<()> {
            self.execute("a session", sqlx::query(sql::DELETE_SESSION).bind(id.to_string())).await?;
            Ok(())
        }

        async fn delete_expired_sessions(&mut self, now: Timestamp) -> Result<u64> {
            self.execute("sessions", sqlx::query(sql::DELETE_EXPIRED_SESSIONS).bind(now.as_millis())).await
        }

        async fn put_setup_secret(&mut self, secret_hash: &str, at: Timestamp) -> Result<()> {
            let put = sqlx::query(sql::PUT_SETUP_SECRET).bind(secret_hash).bind(at.as_millis());
            self.change("the set-up link", put).await
        }

        async fn is_setup_secret(&mut self, secret_hash: &str) -> Result<bool> {
            Ok(self.number(sqlx::query_as(sql::IS_SETUP_SECRET).bind(secret_hash)).await? > 0)
        }

        async fn delete_setup_secret(&mut self) -> Result<()> {
            self.execute("the set-up link", sqlx::query(sql::DELETE_SETUP_SECRET)).await?;
            Ok(())
        }

        async fn add_failed_sign_in(&mut self, key: &str, at: Timestamp) -> Result<()> {
            // Anybody can make rows here, so old ones go as new ones come.
            let old = at.plus(-FAILURES_KEPT).as_millis();
            self.execute("failed sign-ins", sqlx::query(sql::TRIM_FAILED_SIGN_INS).bind(old)).await?;
            let add = sqlx::query(sql::ADD_FAILED_SIGN_IN).bind(cell::text(key)).bind(at.as_millis());
            self.change("a failed sign-in", add).await
        }

        async fn count_failed_sign_ins(&mut self, key: &str, since: Timestamp) -> Result<i64> {
            let count = sqlx::query_as(sql::COUNT_FAILED_SIGN_INS).bind(cell::text(key)).bind(since.as_millis());
            self.number(count).await
        }

        async fn clear_failed_sign_ins(&mut self, key: &str) -> Result<()> {
            self.execute("failed sign-ins", sqlx::query(sql::CLEAR_FAILED_SIGN_INS).bind(cell::text(key))).await?;
            Ok(())
        }

        async fn add_token(&mut self, token: &Token) -> Result<()> {
            let add = sqlx::query(sql::ADD_TOKEN)
                .bind(token.id.to_string())
                .bind(token.user.to_string())
                .bind(cell::text(&token.name))
                .bind(&token.secret_hash)
                .bind(cell::json(&token.scopes))
                .bind(token.created_at.as_millis())
                .bind(token.expires_at.as_millis())
                .bind(cell::millis(token.last_used_at))
                .bind(cell::millis(token.revoked_at));
            self.add("a token", add).await
        }

        async fn token_by_secret(&mut self, secret_hash: &str, now: Timestamp) -> Result<Option<(Token, User)>> {
            let find = sqlx::query_as(sql::TOKEN_BY_SECRET).bind(secret_hash).bind(now.as_millis());
            self.one(find).await?.map(TokenUserRow::read).transpose()
        }

        async fn tokens_of(&mut self, user: UserId) -> Result<Vec<Token>> {
            let find = sqlx::query_as(sql::TOKENS_OF).bind(user.to_string());
            self.all(find).await?.into_iter().map(TokenRow::read).collect()
        }

        async fn revoke_token(&mut self, id: TokenId, user: UserId, at: Timestamp) -> Result<bool> {
            let revoke = sqlx::query(sql::REVOKE_TOKEN).bind(id.to_string()).bind(user.to_string()).bind(at.as_millis());
            Ok(self.execute("a token", revoke).await? == 1)
        }

        async fn touch_token(&mut self, id: TokenId, at: Timestamp) -> Result<()> {
            let touch = sqlx::query(sql::TOUCH_TOKEN).bind(id.to_string()).bind(at.as_millis());
            self.change("a token's use", touch).await
        }

        async fn add_audit(&mut self, line: &AuditLine) -> Result<()> {
            let add = sqlx::query(sql::ADD_AUDIT)
                .bind(line.id.to_string())
                .bind(line.at.as_millis())
                .bind(cell::text(&line.actor))
                .bind(&line.door)
                .bind(&line.action)
                .bind(cell::text(&line.target))
                .bind(&line.team)
                .bind(cell::json(&line.detail));
            self.add("an audit line", add).await
        }

        async fn audit(&mut self, cursor: Option<&str>, limit: u32) -> Result<Page<AuditLine>> {
            let limit = cell::limit(limit);
            let rows: Vec<AuditRow> = match cursor::read::<(i64, String)>(cursor)? {
                None => self.all(sqlx::query_as(sql::AUDIT_FIRST).bind(limit + 1)).await?,
                Some((at, id)) => {
                    self.all(sqlx::query_as(sql::AUDIT_NEXT).bind(limit + 1).bind(at).bind(id)).await?
                }
            };
            cursor::page(rows, limit, |row| (row.at, row.id.clone()), AuditRow::read)
        }
    }
}
