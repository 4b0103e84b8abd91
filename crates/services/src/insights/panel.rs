//! Five tiles, the weeks behind them, and one row for each service.

use super::{
    cache::{Answer, Extent},
    compare, drawings,
    rollups::read::Rolled,
    sheets, tiles, value,
    window::Window,
    words,
};
use jiff::Span;
use slipway_api_types::insights::{DoraPanel, ServiceDora, Sheet, Today, Week};
use slipway_dora::{ConfigError, DEFINITION, Id, Metric, Metrics, Spread, WeekPoint, rollup::Count};

/// What the tiles are made from.
pub(super) struct Facts<'a> {
    pub metrics: &'a Metrics,
    pub weeks: &'a [WeekPoint],
    /// Whether several services are in it.
    pub roll_up: bool,
    /// How they differ; `None` where that was not asked for.
    pub spread: Option<&'a Spread>,
    /// Whether somebody told of incidents, and not only rollbacks and hotfixes speak of failures.
    pub incidents_told: bool,
}

/// Computes what a scope shows; a roll-up also says how its services differ. Nothing is drawn here but the calendar, and that only for a
/// page.
pub(super) fn answer(window: &Window, rolled: &Rolled, roll_up: bool, extent: Extent) -> Result<Answer, ConfigError> {
    let config = &window.config;
    let mut panel = DoraPanel {
        from: config.from().to_string(),
        to: config.to().to_string(),
        zone: config.zone_name().to_owned(),
        definition: DEFINITION.to_owned(),
        benchmark: tiles::benchmark(),
        ..DoraPanel::default()
    };
    let mut hints: Vec<String> = Vec::new();
    if rolled.behind > 0 {
        let services = words::count(rolled.behind as u64, "service", "services");
        hints.push(format!("The latest events of {services} are not counted yet: they are being added up."));
    }
    if rolled.of == 0 {
        return Ok(Answer { panel, hints, ..Answer::default() });
    }
    let pooled = &rolled.pooled;
    let metrics = pooled.metrics(config);
    let by_service: Vec<(Id, &Metrics)> =
        rolled.services.iter().map(|(name, _, metrics)| (name.clone(), &**metrics)).collect();
    let spread = Spread::of(&by_service);
    // The running day is shown, but never enters a median (specification 1.10): it is in the weeks and beside the tiles.
    let tomorrow = window.today.map(|today| (today, today.saturating_add(Span::new().days(1))));
    let (from, to) = tomorrow.unwrap_or((config.from(), config.to()));
    let running = config.with_window(from, to)?;
    let points = pooled.weekly(&running, window.weeks);
    let facts = Facts {
        metrics: &metrics,
        weeks: &points,
        roll_up,
        spread: (roll_up && extent == Extent::Page).then_some(&spread),
        incidents_told: pooled.standing.incidents_told,
    };
    panel.tiles = tiles::all(&facts);
    for point in &points {
        let next = point.week_start.saturating_add(Span::new().days(7));
        let days = config.with_window(point.week_start, next.min(running.to()))?;
        panel.weeks.push(week(point, pooled.count(&days, Count::Stopped)));
    }
    panel.today = window.today.map(|_| today(&pooled.metrics(&running), small(pooled.count(&running, Count::Stopped))));
    if extent < Extent::Page {
        return Ok(Answer { panel, ..Answer::default() });
    }
    let (from, to) = window.before();
    let comparison = compare::all(&pooled.metrics(&config.with_window(from, to)?), &metrics);
    hints.splice(0..0, pooled.hints(config).into_iter().map(|hint| hint.text));
    let mut services: Vec<ServiceDora> =
        rolled.services.iter().map(|(name, owner, metrics)| row(name, owner, metrics)).collect();
    services.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Answer {
        services,
        comparison,
        hints,
        numbers: sheets::services(&by_service),
        spread: if roll_up { sheets::spread(&spread) } else { Sheet::default() },
        drawings: vec![drawings::calendar(pooled, window)?],
        panel,
        ..Answer::default()
    })
}

fn today(so_far: &Metrics, stopped: u32) -> Today {
    Today {
        deployments: so_far.df.count.unwrap_or(0),
        attempts: so_far.cfr.total,
        failed: so_far.cfr.failed,
        changes: so_far.lead_time_s.n,
        rework: so_far.rework.rework,
        stopped,
    }
}

fn week(point: &WeekPoint, stopped: u64) -> Week {
    let hours = |seconds: Option<f64>| seconds.map(|seconds| seconds / 3_600.0);
    Week {
        start: point.week_start.to_string(),
        complete: point.complete,
        deployments: small(point.df_count.unwrap_or(0)),
        lead_hours: hours(point.lead_p50),
        changes: small(point.lead_n),
        failed: small(point.cfr_failed),
        attempts: small(point.cfr_total),
        recovery_hours: hours(point.fdrt_median),
        rework: small(point.rework),
        active: small(point.rework_total),
        stopped: small(stopped),
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn row(name: &str, owner: &str, metrics: &Metrics) -> ServiceDora {
    let per_week = metrics.df.per_day.map(|per_day| words::figure(per_day * 7.0));
    ServiceDora {
        name: name.to_owned(),
        href: format!("/services/{name}"),
        owner: owner.to_owned(),
        frequency: per_week.unwrap_or_else(|| "not measured".to_owned()),
        lead_time: value::of(Metric::LeadTime, metrics),
        fail_rate: value::of(Metric::ChangeFailRate, metrics),
        recovery: value::of(Metric::RecoveryTime, metrics),
        rework: value::of(Metric::ReworkRate, metrics),
    }
}
