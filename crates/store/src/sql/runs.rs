//! Drafts, scaffold runs, their steps, logs and workspaces.

use super::statements;

macro_rules! draft {
    () => {
        "id, user_id, template, form, runtime, updated_at"
    };
}
macro_rules! run {
    () => {
        "id, template, title, parameters, steps, output, runtime, owner, state, error, result, user_id, requested_by, created_at,
        finished_at, version, template_version, undo_only"
    };
}

statements! {
    // Nobody can write over another person's draft: its id is theirs.
    PUT_DRAFT: &str = "INSERT INTO drafts (id, user_id, template, form, runtime, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (id) DO UPDATE SET template = excluded.template, form = excluded.form, runtime = excluded.runtime,
            updated_at = excluded.updated_at
        WHERE drafts.user_id = excluded.user_id";
    DRAFT: &str = concat!("SELECT ", draft!(), " FROM drafts WHERE id = $1 AND user_id = $2");
    DRAFTS_OF: &str = concat!(
        "SELECT ", draft!(), " FROM drafts WHERE user_id = $1 ORDER BY updated_at DESC, id DESC LIMIT 20"
    );
    DELETE_DRAFT: &str = "DELETE FROM drafts WHERE id = $1";

    ADD_RUN: &str = "INSERT INTO runs (id, template, title, parameters, steps, output, runtime, owner, state, error, result,
        user_id, requested_by, created_at, finished_at, version, template_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING";
    RUN: &str = concat!("SELECT ", run!(), " FROM runs WHERE id = $1");
    SET_RUN: &str = "UPDATE runs SET state = $2, error = $3, result = $4, finished_at = $5, undo_only = $6, version = version + 1
        WHERE id = $1 AND state = $7 RETURNING version";
    RUNS_FIRST: &str = concat!("SELECT ", run!(), " FROM runs ORDER BY created_at DESC, id DESC LIMIT $1");
    RUNS_NEXT: &str = concat!(
        "SELECT ", run!(), " FROM runs WHERE (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $1"
    );
    ACTIVE_RUNS: &str = "SELECT id FROM runs WHERE state IN ('queued', 'running', 'undoing') AND NOT EXISTS (
            SELECT 1 FROM approvals a
            WHERE a.run = runs.id AND a.approved IS NULL AND (a.expires_at IS NULL OR a.expires_at > $1)
        ) ORDER BY created_at, id LIMIT $2";

    RUN_STEPS: &str = "SELECT run, position, id, name, action, state, attempts, output, undo, error, started_at, finished_at
        FROM run_steps WHERE run = $1 ORDER BY position";
    SET_RUN_STEP: &str = "UPDATE run_steps SET state = $3, attempts = $4, output = $5, undo = $6, error = $7, started_at = $8,
        finished_at = $9 WHERE run = $1 AND position = $2";

    // Takes numbers for log lines and, until the commit, the right to take more.
    COUNT_LOG_ON: &str = "UPDATE runs SET log_seq = log_seq + $2 WHERE id = $1 RETURNING log_seq";
    LOG_AFTER: &str = "SELECT seq, at, step, message, warning FROM run_log WHERE run = $1 AND seq > $2 ORDER BY seq LIMIT $3";

    // As above: a lock, so that two writers of one workspace do not mix their files.
    LOCK_RUN: &str = "UPDATE runs SET log_seq = log_seq WHERE id = $1";
    DELETE_WORKSPACE: &str = "DELETE FROM workspace_files WHERE run = $1";
    WORKSPACE: &str = "SELECT path, bytes, executable, link FROM workspace_files WHERE run = $1 ORDER BY path";
}
