//! What the delivery log adds up to, by local day.

use super::{PerEngine, listed, statements};

/// The beginning of a statement that puts days; the values follow, then [`PUT_DAYS_END`].
pub(crate) const PUT_DAYS: &str = "INSERT INTO rollup_days (scope, tier, day, body) ";
/// The end of it.
pub(crate) const PUT_DAYS_END: &str = " ON CONFLICT (scope, tier, day) DO UPDATE SET body = excluded.body";

statements! {
    STATE: &str = "SELECT recipe, checked_at, checked, differing FROM rollup_state";
    SET_CHECK: &str = "UPDATE rollup_state SET checked_at = $1, checked = $2, differing = $3";
    SET_RECIPE: &str = "UPDATE rollup_state SET recipe = $1";
    FORGET_DAYS: &str = "DELETE FROM rollup_days";
    FORGET_SERVICES: &str = "DELETE FROM rollup_services";
    // The condition is for SQLite, which otherwise reads ON as part of a join.
    MARK_ALL: &str = "INSERT INTO rollup_dirty (service, marks) SELECT id, 1 FROM services WHERE 1 = 1
        ON CONFLICT (service) DO UPDATE SET marks = rollup_dirty.marks + 1";
    MARK: &str = "INSERT INTO rollup_dirty (service, marks) VALUES ($1, 1)
        ON CONFLICT (service) DO UPDATE SET marks = rollup_dirty.marks + 1";
    DIRTY: &str = "SELECT service, marks FROM rollup_dirty ORDER BY service LIMIT $1";
    MARKS: &str = "SELECT s.recipe, d.service, d.marks FROM rollup_state s LEFT JOIN rollup_dirty d ON 1 = 1
        ORDER BY d.service";
    CLEAN: &str = "DELETE FROM rollup_dirty WHERE service = $1 AND marks = $2";
    SERVICES: &str = "SELECT service, owner, standing, version FROM rollup_services ORDER BY service";
    SERVICES_OF: PerEngine = listed!(
        "SELECT service, owner, standing, version FROM rollup_services WHERE service IN ", " ORDER BY service"
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
        "SELECT scope, day, body FROM rollup_days WHERE tier = 'production' AND day >= $2 AND day < $3 AND scope IN ",
        " ORDER BY scope, day"
    );
    DELETE_DAY: &str = "DELETE FROM rollup_days WHERE scope = $1 AND tier = 'production' AND day = $2";
}
