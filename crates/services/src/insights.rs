//! Delivery metrics: from the event log to tiles that say what they rest on. How they are computed is `slipway_dora`'s business.

pub(crate) mod blame;
mod cache;
pub(crate) mod events;
mod explain;
mod log;
mod once;
mod panel;
mod tiles;
mod words;

pub use cache::Cache;
pub use explain::{Explained, Question, compare, explain};

use crate::{
    Caller, Result, Slipway,
    errors::{internal, store},
    fleet::{find, some},
    views::{owner_link, team_titles},
};
use cache::{Answer, Key, Scope};
use jiff::{Span, civil::Date, tz::TimeZone};
use log::{Log, Member, fingerprint};
use slipway_api_types::{
    AppError,
    insights::{DoraPanel, InsightsPage, InsightsQuery},
};
use slipway_domain::{
    access::Permission,
    time::{HOUR, Timestamp},
};
use slipway_dora::{Config, Instant};
use slipway_ports::store::services::Service;
use std::sync::Arc;

/// Days that a panel speaks of when nothing else is asked.
const USUAL_DAYS: i64 = 90;
/// The most ISO weeks a trend shows.
const MOST_WEEKS: usize = 26;

/// `/insights`: a roll-up, and beside it every service by name.
pub async fn page(slipway: &Slipway, caller: &Caller, query: &InsightsQuery) -> Result<InsightsPage> {
    caller.require(Permission::Read, None)?;
    let days = match query.days.trim() {
        "" | "90" => USUAL_DAYS,
        "30" => 30,
        "365" => 365,
        other => {
            let message = format!("`{other}` is not a window; use 30, 90 or 365 days.");
            return Err(AppError::invalid("days", message));
        }
    };
    let owner = some(&query.owner);
    let owners = {
        let mut tx = slipway.read().await?;
        team_titles(&mut *tx).await?
    };
    let (answer, members) = of_owner(slipway, owner.as_deref(), days).await?;
    let mut services = answer.services.clone();
    for service in &mut services {
        service.owner = owner_link(&service.owner, &owners).title;
    }
    let measured = |member: &&Member| !services.iter().any(|service| service.name == member.name);
    Ok(InsightsPage {
        now: slipway.clock.now().as_millis(),
        scope: owner.as_deref().map_or_else(|| "The organisation".to_owned(), |owner| owner_link(owner, &owners).title),
        panel: answer.panel.clone(),
        without_data: members.iter().filter(measured).map(|member| member.name.clone()).collect(),
        services,
        owners,
        demo: members.iter().any(|member| member.demo),
    })
}

/// One service's panel, by its name.
pub async fn panel_of(slipway: &Slipway, caller: &Caller, service: &str) -> Result<DoraPanel> {
    caller.require(Permission::Read, None)?;
    let service = {
        let mut tx = slipway.read().await?;
        find(&mut *tx, service).await?
    };
    panel_of_service(slipway, service).await
}

/// One service's panel.
pub(crate) async fn panel_of_service(slipway: &Slipway, service: Service) -> Result<DoraPanel> {
    let mut tx = slipway.read().await?;
    let version = tx.delivery_version().await.map_err(store)?;
    let member = Member::from(service);
    let window = Window::until_yesterday(slipway, USUAL_DAYS)?;
    let key = window.key(version, Scope::Service(member.id), std::slice::from_ref(&member));
    if let Some(answer) = slipway.insights.answer(&key) {
        return Ok(answer.panel.clone());
    }
    let events = tx.delivery_events(Some(&[member.id])).await.map_err(store)?;
    drop(tx);
    let zone = window.zone.clone();
    let answer = blocking(move || {
        let input = log::read(&member, events, &zone);
        panel::answer(&window.config, input.as_slice(), &[member.owner], false, window.weeks)
    })
    .await?
    .map_err(|error| internal(&error))?;
    Ok(slipway.insights.keep(key, answer).panel.clone())
}

/// The panel of a team (its entity reference), or of the organisation.
pub(crate) async fn panel_of_owner(slipway: &Slipway, owner: Option<&str>) -> Result<DoraPanel> {
    let (answer, _) = of_owner(slipway, owner, USUAL_DAYS).await?;
    Ok(answer.panel.clone())
}

/// What is known of a scope, and the services in it by name.
async fn of_owner(slipway: &Slipway, owner: Option<&str>, days: i64) -> Result<(Arc<Answer>, Vec<Member>)> {
    let mut tx = slipway.read().await?;
    let version = tx.delivery_version().await.map_err(store)?;
    let members = log::members(&mut *tx, owner).await?;
    let window = Window::until_yesterday(slipway, days)?;
    let key = window.key(version, Scope::Owner(owner.map(str::to_owned)), &members);
    if let Some(answer) = slipway.insights.answer(&key) {
        return Ok((answer, members));
    }
    let everybody = if owner.is_some() { log::members(&mut *tx, None).await? } else { members.clone() };
    let log = slipway
        .insights
        .log(version, fingerprint(&everybody), Log::load(&mut *tx, version, everybody, &window.zone))
        .await?;
    drop(tx);
    let owner = owner.map(str::to_owned);
    let answer = blocking(move || {
        let (inputs, owners) = log.of(owner.as_deref());
        panel::answer(&window.config, inputs, owners, true, window.weeks)
    })
    .await?
    .map_err(|error| internal(&error))?;
    Ok((slipway.insights.keep(key, answer), members))
}

/// Off the async threads: a year of a whole organisation takes a while.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))
}

/// The question: which days, in whose calendar, as of when.
struct Window {
    config: Config,
    zone: TimeZone,
    /// ISO weeks of the trend.
    weeks: usize,
    hour: i64,
}

impl Window {
    /// So many days, the last of them yesterday in the reporting zone: today is not over and would only look worse.
    fn until_yesterday(slipway: &Slipway, days: i64) -> Result<Self> {
        let now = slipway.clock.now();
        let name = &slipway.settings.zone;
        let zone = Self::zone(slipway);
        let to = day(now, &zone);
        let from = to.checked_sub(Span::new().days(days)).map_err(|error| internal(&error))?;
        let config = Config::new(name, from, to).map_err(|error| internal(&error))?;
        let config = config.as_of(Some(Instant::from_ms(now.as_millis())));
        // The trend goes on to today.
        let tomorrow = to.saturating_add(Span::new().days(1));
        Ok(Self { config, zone, weeks: weeks_of(from, tomorrow), hour: now.as_millis().div_euclid(HOUR) })
    }

    /// The reporting zone of the organisation.
    fn zone(slipway: &Slipway) -> TimeZone {
        TimeZone::get(&slipway.settings.zone).unwrap_or(TimeZone::UTC)
    }

    /// What is open grows older while nothing happens; an hour is fine enough to show it.
    fn key(&self, version: i64, scope: Scope, members: &[Member]) -> Key {
        let (from, to) = (self.config.from(), self.config.to());
        Key { version, scope, members: fingerprint(members), from, to, hour: self.hour }
    }
}

/// ISO weeks that the days from `from` up to and without `to` touch, at most [`MOST_WEEKS`].
fn weeks_of(from: Date, to: Date) -> usize {
    let days_before = i64::from(from.weekday().to_monday_zero_offset());
    let days = from.until(to).map_or(0, |span| i64::from(span.get_days()));
    usize::try_from((days_before + days + 6) / 7).unwrap_or(0).clamp(1, MOST_WEEKS)
}

/// The local day an instant falls on.
fn day(at: Timestamp, zone: &TimeZone) -> Date {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.to_zoned(zone.clone()).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weeks_are_those_that_the_window_touches() {
        // 2026-11-16 is a Monday.
        assert_eq!(weeks_of(date(2026, 11, 16), date(2026, 11, 23)), 1);
        assert_eq!(weeks_of(date(2026, 11, 15), date(2026, 11, 23)), 2);
        assert_eq!(weeks_of(date(2026, 11, 16), date(2026, 11, 24)), 2);
        assert_eq!(weeks_of(date(2025, 11, 16), date(2026, 11, 16)), MOST_WEEKS);
    }
}
