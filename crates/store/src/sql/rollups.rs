//! What the delivery log adds up to, by local day.

use super::{PerEngine, listed, statements};

/// The beginning of a statement that puts days; the values follow, then [`PUT_DAYS_END`].
pub(crate) const PUT_DAYS: &str = "INSERT INTO rollup_days (scope, tier, day, body) ";
/// The end of it.
pub(crate) const PUT_DAYS_END: &str = " ON CONFLICT (scope, tier, day) DO UPDATE SET body = excluded.body";
/// As [`PUT_DAYS`], of judgements; their values follow, then [`PUT_JUDGEMENTS_END`].
pub(crate) const PUT_JUDGEMENTS: &str = "INSERT INTO rollup_judgements (deployment, service, body) ";
/// The end of it.
pub(crate) const PUT_JUDGEMENTS_END: &str =
    " ON CONFLICT (deployment) DO UPDATE SET service = excluded.service, body = excluded.body";
/// As [`PUT_DAYS`], of blame; its values follow, then [`PUT_BLAME_END`].
pub(crate) const PUT_BLAME: &str = "INSERT INTO rollup_blame (incident, service, body) ";
/// The end of it.
pub(crate) const PUT_BLAME_END: &str = " ON CONFLICT (incident, service) DO UPDATE SET body = excluded.body";

statements! {
    STATE: &str = "SELECT recipe, checked_at, checked, differing FROM rollup_state";
    SET_CHECK: &str = "UPDATE rollup_state SET checked_at = $1, checked = $2, differing = $3";
    SET_RECIPE: &str = "UPDATE rollup_state SET recipe = $1";
    FORGET_DAYS: &str = "DELETE FROM rollup_days";
    FORGET_SERVICES: &str = "DELETE FROM rollup_services";
    FORGET_JUDGEMENTS: &str = "DELETE FROM rollup_judgements";
    FORGET_BLAME: &str = "DELETE FROM rollup_blame";
    // The condition is for SQLite, which otherwise reads ON as part of a join.
    MARK_ALL: &str = "INSERT INTO rollup_dirty (service, marks, turn) SELECT s.id, 1, l.version
        FROM services s JOIN delivery_log l ON 1 = 1 WHERE 1 = 1
        ON CONFLICT (service) DO UPDATE SET marks = rollup_dirty.marks + 1";
    // The log's version is counted after the marks are written.
    MARK: &str = "INSERT INTO rollup_dirty (service, marks, turn) SELECT $1, 1, version + 1 FROM delivery_log WHERE 1 = 1
        ON CONFLICT (service) DO UPDATE SET marks = rollup_dirty.marks + 1";
    MARK_URGENT: &str = "INSERT INTO rollup_dirty (service, marks, turn) VALUES ($1, 1, 0)
        ON CONFLICT (service) DO UPDATE SET marks = rollup_dirty.marks + 1, turn = 0";
    DIRTY: &str = "SELECT service, marks, turn FROM rollup_dirty ORDER BY turn, service LIMIT $1";
    MARKS: &str = "SELECT s.recipe, l.version, d.service, d.marks, d.turn FROM rollup_state s
        JOIN delivery_log l ON 1 = 1 LEFT JOIN rollup_dirty d ON 1 = 1 ORDER BY d.service";
    CLEAN: &str = "DELETE FROM rollup_dirty WHERE service = $1 AND marks = $2";
    TO_THE_END: &str = "UPDATE rollup_dirty SET turn = (SELECT version FROM delivery_log)
        WHERE service = $1 AND marks > $2 AND turn > 0";
    SERVICES: &str = "SELECT service, owner, standing, version FROM rollup_services ORDER BY service";
    SERVICES_OF: PerEngine = listed!(
        "SELECT service, owner, standing, version FROM rollup_services WHERE service ", " ORDER BY service"
    );
    PUT_SERVICE: &str = "INSERT INTO rollup_services (service, owner, standing, version) VALUES ($1, $2, $3, $4)
        ON CONFLICT (service) DO UPDATE SET
            owner = excluded.owner,
            standing = excluded.standing,
            version = CASE WHEN excluded.version > rollup_services.version THEN excluded.version
                ELSE rollup_services.version + 1 END";
    DELETE_SERVICE: &str = "DELETE FROM rollup_services WHERE service = $1";
    DAYS: &str = "SELECT day, body FROM rollup_days
        WHERE scope = $1 AND tier = 'production' AND day >= $2 AND day < $3 ORDER BY day";
    DAYS_OF: PerEngine = listed!(
        "SELECT scope, day, body FROM rollup_days WHERE tier = 'production' AND day >= $2 AND day < $3 AND scope ",
        " ORDER BY scope, day"
    );
    JUDGEMENTS_OF: &str = "SELECT deployment, body FROM rollup_judgements WHERE service = $1 ORDER BY deployment";
    JUDGEMENTS: PerEngine = listed!("SELECT deployment, body FROM rollup_judgements WHERE deployment ", "");
    BLAME_OF: &str = "SELECT incident, body FROM rollup_blame WHERE service = $1 ORDER BY incident";
    BLAME: PerEngine = listed!("SELECT service, incident, body FROM rollup_blame WHERE incident ", "");
    DELETE_BLAME: &str = "DELETE FROM rollup_blame WHERE incident = $1 AND service = $2";
    DELETE_JUDGEMENT: &str = "DELETE FROM rollup_judgements WHERE deployment = $1";
    DELETE_DAY: &str = "DELETE FROM rollup_days WHERE scope = $1 AND tier = 'production' AND day = $2";
}
