//! A lead's digest: three differences that are more than chance, one suggestion, what waits. On demand, and kept once a week.

mod changes;
pub mod html;
mod suggestion;
mod waiting;

use super::{Asked, Events, ScopeView, blocking, cache::Extent, rolled, tiles, value, window::Window};
use crate::{
    Caller, Result, Slipway,
    errors::{internal, store},
    fleet::some,
    views::team_titles,
    zone,
};
use jiff::{Span, civil::Date};
use slipway_api_types::{
    AppError,
    digest::{Digest, DigestPage, DigestQuery},
    insights::InsightsQuery,
};
use slipway_domain::{access::Permission, catalog::EntityRef};
use slipway_dora::{ConfigError, DEFINITION, Metric, Metrics, ScopeAnalysis, ServiceInput, rollup::Rollup};
use slipway_ports::{Tx, store::digests::StoredDigest};
use std::collections::BTreeSet;

/// Days that a digest looks at; those before them are what they are compared with. One week has too few events for most teams.
const DAYS: i64 = 28;
/// Earlier weeks that the page lists.
const WEEKS: u32 = 26;

/// `/insights/digest`: as things stand, or as they were said in an earlier week.
pub async fn page(slipway: &Slipway, caller: &Caller, query: &DigestQuery) -> Result<DigestPage> {
    caller.require(Permission::Read, None)?;
    if let Some(owner) = some(&query.owner) {
        let wrong = |_| {
            AppError::invalid("owner", format!("`{owner}` is no team; use a reference such as group:default/payments."))
        };
        owner.parse::<EntityRef>().map_err(wrong)?;
    }
    let mut tx = slipway.read().await?;
    let owners = team_titles(&mut *tx).await?;
    let weeks = tx.digest_weeks(query.owner.trim(), WEEKS).await.map_err(store)?;
    let digest = match some(&query.week) {
        Some(week) => kept(&mut *tx, query.owner.trim(), &week).await?,
        None => {
            let today = zone::day(slipway.clock.now(), &zone::named(&slipway.settings.zone));
            make(slipway, &mut *tx, some(&query.owner), today, &owners).await?
        }
    };
    Ok(DigestPage { now: slipway.clock.now().as_millis(), digest, weeks, owners })
}

async fn kept(tx: &mut dyn Tx, owner: &str, week: &str) -> Result<Digest> {
    let kept = tx.digest(owner, week).await.map_err(store)?;
    let kept = kept.ok_or_else(|| AppError::not_found(format!("digest of the week `{week}`")))?;
    serde_json::from_value(kept.body).map_err(|error| internal(&error))
}

/// Keeps the digest of the ISO week that ended last, for every team with services that has none yet. Gives how many are new; doing it
/// again changes nothing.
pub(crate) async fn keep_last_week(slipway: &Slipway) -> Result<u64> {
    let now = slipway.clock.now();
    let today = zone::day(now, &zone::named(&slipway.settings.zone));
    let monday = today.saturating_sub(Span::new().days(i64::from(today.weekday().to_monday_zero_offset())));
    let week = week_before(monday);
    let (missing, owners) = {
        let mut tx = slipway.read().await?;
        let kept: BTreeSet<String> = tx.digest_owners(&week).await.map_err(store)?.into_iter().collect();
        let members = super::log::members(&mut *tx, None).await?;
        let teams: BTreeSet<String> = members.into_iter().map(|member| member.owner).collect();
        (teams.difference(&kept).cloned().collect::<Vec<_>>(), team_titles(&mut *tx).await?)
    };
    let mut new = 0;
    for owner in missing {
        let mut digest = {
            let mut tx = slipway.read().await?;
            make(slipway, &mut *tx, Some(owner.clone()), monday, &owners).await?
        };
        digest.week.clone_from(&week);
        let body = serde_json::to_value(&digest).map_err(|error| internal(&error))?;
        let mut tx = slipway.write().await?;
        let kept = StoredDigest { owner, week: week.clone(), body, made_at: now };
        new += u64::from(tx.add_digest(&kept).await.map_err(store)?);
        tx.commit().await.map_err(store)?;
    }
    Ok(new)
}

/// The ISO week that ends before a Monday: `2026-W46`.
fn week_before(monday: Date) -> String {
    let week = monday.saturating_sub(Span::new().days(1)).iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// The digest of the days before `to`.
async fn make(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    owner: Option<String>,
    to: Date,
    owners: &[(String, String)],
) -> Result<Digest> {
    let from = to.saturating_sub(Span::new().days(DAYS));
    let days = InsightsQuery { from: from.to_string(), to: to.to_string(), ..InsightsQuery::default() };
    let window = Window::asked(slipway, &days)?;
    let marks = tx.rollup_marks().await.map_err(store)?;
    let asked = Asked::of_owner(tx, owner.clone()).await?;
    let ScopeView { title: scope, .. } = asked.view(owners);
    let (title, team, days) = (scope.clone(), owner.clone(), window.clone());
    let found = if asked.is_long(tx, &marks).await? {
        let rolled = rolled(slipway, tx, &marks, &window, &asked, Extent::Pooled).await?;
        blocking(move || Found::of_days(&days, &rolled.pooled, &title, team.as_deref())).await?
    } else {
        let events = Events::read(slipway, tx, marks.log, &asked).await?;
        blocking(move || events.with(|inputs, _, _| Found::of(&days, inputs, &title, team.as_deref()))).await?
    };
    let found = found.map_err(|error| internal(&error))?;
    let mut waiting = waiting::now(slipway, tx, owner.as_deref(), &asked.members).await?;
    waiting.extend(found.incidents);
    Ok(Digest {
        scope,
        owner: owner.unwrap_or_default(),
        week: String::new(),
        from: from.to_string(),
        to: to.to_string(),
        zone: window.config.zone_name().to_owned(),
        figures: found.figures,
        changes: found.changes,
        compared: found.compared,
        suggestion: found.suggestion.0,
        suggestion_href: found.suggestion.1,
        waiting,
        definition: DEFINITION.to_owned(),
    })
}

/// What the events say.
struct Found {
    figures: Vec<(String, String)>,
    changes: Vec<slipway_api_types::digest::DigestChange>,
    compared: usize,
    suggestion: (String, String),
    incidents: Vec<slipway_api_types::digest::DigestItem>,
}

impl Found {
    fn of(window: &Window, inputs: &[ServiceInput], scope: &str, owner: Option<&str>) -> Result<Self, ConfigError> {
        let analysis = ScopeAnalysis::new(&window.config, inputs);
        let now = analysis.metrics();
        let incidents = waiting::incidents(&analysis, window, owner);
        let hints = analysis.hints();
        let stages = super::drawings::slowest_stage(&analysis);
        let (from, to) = window.before();
        let before = analysis.through(from, to)?.metrics();
        let place = changes::Place { window, scope, owner };
        let (changes, compared) = changes::pick(&before, &now, &place);
        let suggestion = suggestion::one(&changes, &hints, &now.pooled, stages, &place);
        Ok(Self { figures: figures(&now.pooled), changes, compared, suggestion, incidents })
    }

    /// As [`Self::of`], of a scope whose events are too many to be read: it is looked at as a whole, as its days say.
    fn of_days(window: &Window, pooled: &Rollup, scope: &str, owner: Option<&str>) -> Result<Self, ConfigError> {
        let now = pooled.metrics(&window.config);
        let (from, to) = window.before();
        let before = pooled.metrics(&window.config.with_window(from, to)?);
        let place = changes::Place { window, scope, owner };
        let (changes, compared) = changes::pick_whole(&before, &now, &place);
        let suggestion = suggestion::one(&changes, &pooled.hints(&window.config), &now, None, &place);
        Ok(Self { figures: figures(&now), changes, compared, suggestion, incidents: Vec::new() })
    }
}

/// The five in words.
fn figures(metrics: &Metrics) -> Vec<(String, String)> {
    Metric::ALL.map(|metric| (tiles::title(metric).to_owned(), value::of(metric, metrics))).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_week_is_named_as_iso_8601_does() {
        assert_eq!(week_before(date(2026, 11, 16)), "2026-W46");
        assert_eq!(week_before(date(2027, 1, 4)), "2026-W53");
    }
}
