//! Every constant statement, by aggregate. `$1`, `RETURNING` and `ON CONFLICT` mean the same to both engines.

pub(crate) mod accounts;
pub(crate) mod approvals;
pub(crate) mod catalog;
pub(crate) mod delivery;
pub(crate) mod deployments;
pub(crate) mod digests;
pub(crate) mod feed;
pub(crate) mod incidents;
pub(crate) mod leases;
pub(crate) mod notes;
pub(crate) mod repositories;
pub(crate) mod rollups;
pub(crate) mod runs;
pub(crate) mod services;
pub(crate) mod sources;
pub(crate) mod subscriptions;
pub(crate) mod upgrades;

/// A statement that the engines write differently.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerEngine {
    /// SQLite's text.
    pub(crate) sqlite: &'static str,
    /// PostgreSQL's text.
    pub(crate) postgres: &'static str,
}

impl From<&'static str> for PerEngine {
    fn from(text: &'static str) -> Self {
        Self { sqlite: text, postgres: text }
    }
}

/// Defines statements and lists them for the test that prepares each on both engines.
macro_rules! statements {
    ($($name:ident: $type:ty = $text:expr;)*) => {
        $(pub(crate) const $name: $type = $text;)*

        /// Every statement of this file with its name.
        #[cfg(test)]
        pub(crate) fn all() -> Vec<(&'static str, $crate::sql::PerEngine)> {
            vec![$((stringify!($name), $name.into())),*]
        }
    };
}
use statements;

/// A statement around a list of texts that is bound as `$1`, a JSON array; what comes before it ends with the column. PostgreSQL gets an
/// array: of a subquery it believes that it has a hundred rows, and reads whole tables for one.
macro_rules! listed {
    ($before:expr, $after:expr) => {
        $crate::sql::PerEngine {
            sqlite: concat!($before, "IN (SELECT value FROM json_each($1))", $after),
            postgres: concat!($before, "= ANY (ARRAY(SELECT jsonb_array_elements_text($1::jsonb)))", $after),
        }
    };
}
use listed;

/// Every statement of the crate with its name.
#[cfg(test)]
pub(crate) fn all() -> Vec<(&'static str, PerEngine)> {
    [
        accounts::all(),
        approvals::all(),
        catalog::all(),
        delivery::all(),
        deployments::all(),
        digests::all(),
        feed::all(),
        incidents::all(),
        leases::all(),
        notes::all(),
        repositories::all(),
        rollups::all(),
        runs::all(),
        services::all(),
        sources::all(),
        subscriptions::all(),
        upgrades::all(),
    ]
    .concat()
}
