//! The migrations, embedded. They only ever expand, so that an older replica still works on a newer schema.

use crate::error::unavailable;
use slipway_ports::store::Result;
use sqlx::{
    SqlSafeStr,
    migrate::{Migrate, Migration, MigrationType, Migrator},
};

/// One migration: version, name, SQLite's text, PostgreSQL's text.
pub(crate) type Texts = (i64, &'static str, &'static str, &'static str);

macro_rules! migrations {
    ($($version:literal $file:literal),* $(,)?) => {
        &[$((
            $version,
            $file,
            include_str!(concat!("../../../migrations/sqlite/", $file, ".sql")),
            include_str!(concat!("../../../migrations/postgres/", $file, ".sql")),
        )),*]
    };
}

/// Every migration, in order.
pub(crate) const ALL: &[Texts] = migrations![
    1 "0001_accounts",
    2 "0002_catalog",
    3 "0003_services",
    4 "0004_deployments",
    5 "0005_runs",
    6 "0006_delivery",
    7 "0007_feed",
    8 "0008_leases",
    9 "0009_sources",
    10 "0010_incidents",
    11 "0011_subscriptions",
    12 "0012_chart_notes",
    13 "0013_digests",
    14 "0014_rollups",
    15 "0015_upgrades",
    16 "0016_template_sources",
    17 "0017_approvals",
    18 "0018_judgements",
    19 "0019_blame",
];

/// The table in which sqlx writes down what has run.
pub(crate) const TABLE: &str = "_sqlx_migrations";

/// Every migration's name, in order.
pub(crate) fn names() -> Vec<String> {
    ALL.iter().map(|(_, name, ..)| (*name).to_owned()).collect()
}

/// The names of those whose versions are not among `applied`.
pub(crate) fn missing(applied: &[(i64,)]) -> Vec<String> {
    ALL.iter().filter(|(version, ..)| !applied.contains(&(*version,))).map(|(_, name, ..)| (*name).to_owned()).collect()
}

/// Runs what has not run yet; refuses when a migration's text is not the one that ran.
pub(crate) async fn run<C: Migrate>(connection: &mut C, text: impl Fn(&Texts) -> &'static str) -> Result<()> {
    let migrations = ALL
        .iter()
        .map(|texts| Migration::new(texts.0, texts.1.into(), MigrationType::Simple, text(texts).into_sql_str(), false))
        .collect();
    let mut migrator = Migrator::with_migrations(migrations);
    migrator.set_ignore_missing(true);
    migrator.run_direct(None, connection, false).await.map_err(unavailable)
}
