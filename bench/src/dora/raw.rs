//! What the same dashboard costs without days that are kept: its counts and medians by SQL over the events, as dashboards elsewhere do.
//! It is less than the engine does: no kinds, no links, no ancestry.

use anyhow::{Context as _, Result, bail, ensure};
use slipway_tests::Database;
use std::{path::Path, time::Instant};
use tokio::process::Command;

/// Ninety days by week: deployments, incidents, and the median of lead time where a change and a deployment name the same commit.
const DASHBOARD: &str = "
    WITH deployed AS (
        SELECT service, at, payload::jsonb ->> 'revision' AS revision FROM delivery_events
        WHERE kind = 'deployment' AND at >= (EXTRACT(EPOCH FROM now()) * 1000 - 90 * 86400000::bigint)
            AND payload::jsonb ->> 'status' = 'success' AND payload::jsonb ->> 'tier' = 'production'
    ), changed AS (
        SELECT service, payload::jsonb ->> 'landed' AS landed, (payload::jsonb ->> 'first_commit_at')::timestamptz AS first_commit_at
        FROM delivery_events WHERE kind = 'change' AND at >= (EXTRACT(EPOCH FROM now()) * 1000 - 180 * 86400000::bigint)
    ), failed AS (
        SELECT at / 604800000 AS week, COUNT(*) AS incidents FROM delivery_events
        WHERE kind = 'incident' AND at >= (EXTRACT(EPOCH FROM now()) * 1000 - 90 * 86400000::bigint) GROUP BY 1
    )
    SELECT d.at / 604800000 AS week, COUNT(*), MAX(f.incidents),
        PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY d.at / 1000.0 - EXTRACT(EPOCH FROM c.first_commit_at))
    FROM deployed d LEFT JOIN changed c ON c.service = d.service AND c.landed = d.revision
        LEFT JOIN failed f ON f.week = d.at / 604800000
    GROUP BY 1 ORDER BY 1";

/// Bytes of the database with its indexes.
pub async fn size(database: &Database, data: &Path) -> Result<f64> {
    let Database::Postgres { url, schema } = database else {
        return Ok(std::fs::metadata(data.join("slipway.db"))?.len() as f64);
    };
    let size = format!(
        "SELECT SUM(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '{schema}' AND c.relkind = 'r'"
    );
    let asked = Command::new("psql").args([url.as_str(), "--no-psqlrc", "-At", "--command", &size]).output();
    let answer = asked.await.context("psql cannot be started")?;
    ensure!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    Ok(String::from_utf8_lossy(&answer.stdout).trim().parse()?)
}

/// How long it takes, milliseconds. Twice, so that the second finds the pages in memory.
pub async fn dashboard(database: &Database) -> Result<f64> {
    let Database::Postgres { url, schema } = database else { bail!("written for PostgreSQL") };
    let mut took = 0.0;
    for _ in 0..2 {
        let began = Instant::now();
        let asked = Command::new("psql")
            .args([url.as_str(), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command"])
            .arg(format!("SET search_path = {schema}"))
            // The planner cannot look into JSON and would join row by row.
            .args(["--command", "SET enable_nestloop = off"])
            .args(["--command", DASHBOARD])
            .output();
        let answer = asked.await.context("psql cannot be started")?;
        ensure!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        took = began.elapsed().as_secs_f64() * 1_000.0;
    }
    Ok(took)
}
