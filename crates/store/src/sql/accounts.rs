//! People, sessions, tokens and the audit log.

use super::statements;

macro_rules! user {
    () => {
        "u.id, u.login, u.display_name, u.password_hash, u.grants, u.created_at"
    };
}

statements! {
    ADD_USER: &str = "INSERT INTO users (id, login, display_name, password_hash, grants, created_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    USER: &str = concat!("SELECT ", user!(), " FROM users u WHERE u.id = $1");
    USER_BY_LOGIN: &str = concat!("SELECT ", user!(), " FROM users u WHERE u.login = $1");
    USERS: &str = concat!("SELECT ", user!(), " FROM users u ORDER BY u.login LIMIT 500");
    COUNT_USERS: &str = "SELECT COUNT(*) FROM users";

    ADD_SESSION: &str = "INSERT INTO sessions (id, user_id, secret_hash, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    SESSION_BY_SECRET: &str = concat!(
        "SELECT s.id AS session_id, s.secret_hash, s.created_at AS begun_at, s.expires_at, ", user!(), "
        FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.secret_hash = $1 AND s.expires_at > $2"
    );
    DELETE_SESSION: &str = "DELETE FROM sessions WHERE id = $1";
    DELETE_EXPIRED_SESSIONS: &str = "DELETE FROM sessions WHERE expires_at <= $1";

    PUT_SETUP_SECRET: &str = "INSERT INTO setup_secrets (id, secret_hash, created_at) VALUES (1, $1, $2)
        ON CONFLICT (id) DO UPDATE SET secret_hash = excluded.secret_hash, created_at = excluded.created_at";
    IS_SETUP_SECRET: &str = "SELECT COUNT(*) FROM setup_secrets WHERE secret_hash = $1";
    DELETE_SETUP_SECRET: &str = "DELETE FROM setup_secrets";

    ADD_FAILED_SIGN_IN: &str = "INSERT INTO failed_sign_ins (key, at) VALUES ($1, $2)";
    TRIM_FAILED_SIGN_INS: &str = "DELETE FROM failed_sign_ins WHERE at < $1";
    COUNT_FAILED_SIGN_INS: &str = "SELECT COUNT(*) FROM failed_sign_ins WHERE key = $1 AND at >= $2";
    CLEAR_FAILED_SIGN_INS: &str = "DELETE FROM failed_sign_ins WHERE key = $1";

    ADD_TOKEN: &str = "INSERT INTO tokens
        (id, user_id, name, secret_hash, scopes, created_at, expires_at, last_used_at, revoked_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
    TOKEN_BY_SECRET: &str = concat!(
        "SELECT t.id AS token_id, t.name, t.secret_hash, t.scopes, t.created_at AS made_at, t.expires_at, t.last_used_at,
            t.revoked_at, ", user!(), "
        FROM tokens t JOIN users u ON u.id = t.user_id
        WHERE t.secret_hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL"
    );
    TOKENS_OF: &str = "SELECT id, user_id, name, secret_hash, scopes, created_at, expires_at, last_used_at, revoked_at
        FROM tokens WHERE user_id = $1 ORDER BY created_at DESC, id DESC";
    REVOKE_TOKEN: &str = "UPDATE tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL";
    TOUCH_TOKEN: &str = "UPDATE tokens SET last_used_at = $2 WHERE id = $1";

    ADD_AUDIT: &str = "INSERT INTO audit (id, at, actor, door, action, target, team, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
    AUDIT_FIRST: &str = "SELECT id, at, actor, door, action, target, team, detail FROM audit
        ORDER BY at DESC, id DESC LIMIT $1";
    AUDIT_NEXT: &str = "SELECT id, at, actor, door, action, target, team, detail FROM audit
        WHERE (at, id) < ($2, $3) ORDER BY at DESC, id DESC LIMIT $1";
}
