//! Versions of templates, locks and upgrades. The fleet with its filters is built in `crate::upgrades`.

use super::{PerEngine, listed, statements};

macro_rules! upgrade {
    () => {
        "id, repository, service, template, from_version, to_version, branch, head, conflicts, files, state, campaign, opened_by,
            opened_at, finished_at, merged_as, version"
    };
}
macro_rules! campaign {
    () => {
        "id, template, to_version, members, merges, state, reason, user_id, started_by, created_at, finished_at, version, answers"
    };
}

/// A service with its lock and its open upgrade.
pub(crate) const FLEET: &str = "SELECT s.id AS service, s.name, s.sort_name, s.owner, r.name AS repository, r.recorded_head, l.template, l.version,
        u.id AS upgrade, u.conflict_count, o.seen_at,
        (SELECT COUNT(*) FROM template_versions n WHERE n.template = l.template AND n.seen_at > o.seen_at) AS behind
    FROM services s
    JOIN repositories r ON r.id = s.repository
    LEFT JOIN template_locks l ON l.repository = s.repository
    LEFT JOIN template_versions o ON o.template = l.template AND o.version = l.version
    LEFT JOIN upgrades u ON u.repository = s.repository AND u.state = 'open'
    WHERE 1 = 1";
/// Whether a fleet's row is on the latest version that is known of its template.
pub(crate) const IS_LATEST: &str =
    "l.version = (SELECT v.version FROM template_versions v WHERE v.template = l.template
    ORDER BY v.seen_at DESC, v.version DESC LIMIT 1)";

statements! {
    PUT_BLOB: &str = "INSERT INTO template_blobs (hash, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    PUT_VERSION: &str = "INSERT INTO template_versions (template, version, file, files, seen_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (template, version) DO UPDATE SET seen_at = excluded.seen_at
        WHERE excluded.seen_at > template_versions.seen_at";
    VERSION: &str = "SELECT template, version, file, files, seen_at FROM template_versions WHERE template = $1 AND version = $2";
    BLOBS: PerEngine = listed!("SELECT hash, bytes FROM template_blobs WHERE hash ", "");
    MARKS: &str = "SELECT template, version, seen_at FROM template_versions
        ORDER BY seen_at DESC, template, version DESC LIMIT 10000";

    PUT_LOCK: &str = "INSERT INTO template_locks (repository, template, version, locked_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (repository) DO UPDATE SET
            template = excluded.template, version = excluded.version, locked_at = excluded.locked_at
        WHERE template_locks.template <> excluded.template OR template_locks.version <> excluded.version";
    LOCK: &str = "SELECT repository, template, version, locked_at FROM template_locks WHERE repository = $1";
    DELETE_LOCK: &str = "DELETE FROM template_locks WHERE repository = $1";
    VERSION_COUNTS: &str = "SELECT l.template, l.version, COUNT(*) FROM template_locks l
        JOIN services s ON s.repository = l.repository GROUP BY l.template, l.version ORDER BY l.template, l.version";

    ADD_UPGRADE: &str = concat!("INSERT INTO upgrades (", upgrade!(), ", conflict_count)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT DO NOTHING");
    UPGRADE: &str = concat!("SELECT ", upgrade!(), " FROM upgrades WHERE id = $1");
    OPEN_UPGRADE: &str = concat!("SELECT ", upgrade!(), " FROM upgrades WHERE repository = $1 AND state = 'open'");
    OPEN_UPGRADES: &str = concat!("SELECT ", upgrade!(), " FROM upgrades WHERE state = 'open' ORDER BY opened_at, id LIMIT $1");
    SET_UPGRADE: &str = "UPDATE upgrades SET state = $2, finished_at = $3, merged_as = $4, version = version + 1
        WHERE id = $1 AND version = $5";

    ADD_CAMPAIGN: &str = concat!("INSERT INTO upgrade_campaigns (", campaign!(), ")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING");
    CAMPAIGN: &str = concat!("SELECT ", campaign!(), " FROM upgrade_campaigns WHERE id = $1");
    CAMPAIGNS: &str = concat!("SELECT ", campaign!(), " FROM upgrade_campaigns ORDER BY created_at DESC, id DESC LIMIT $1");
    RUNNING_CAMPAIGNS: &str = "SELECT id FROM upgrade_campaigns WHERE state = 'running' ORDER BY created_at, id LIMIT $1";
    SET_CAMPAIGN: &str = "UPDATE upgrade_campaigns SET members = $2, state = $3, reason = $4, finished_at = $5,
        version = version + 1 WHERE id = $1 AND version = $6";
}
