//! One number of one service taken apart, from the instance's own log.

use super::{
    blocking,
    events::instant,
    log::{self, Member},
};
use crate::{Caller, Result, Slipway, errors::store, fleet::find};
use jiff::civil::Date;
use slipway_api_types::AppError;
use slipway_domain::access::Permission;
use slipway_dora::{Config, Explanation, Metric, ScopeAnalysis, definitions::Answer, hints::Hint};

/// A service's metrics over days of one's own choosing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question<'q> {
    /// The service's name.
    pub service: &'q str,
    /// First local day, in the reporting zone.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
}

/// Everything that can be said about one number.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Explained {
    /// Formula, events counted, events left out, coverage, grade.
    pub explanation: Explanation,
    /// What may make this metric look better than it is.
    pub hints: Vec<Hint>,
}

/// Why a number is what it is: its rule, the events in and out, coverage and grade.
///
/// # Errors
/// When the caller may not read, the service is not known, or the window is empty.
pub async fn explain(slipway: &Slipway, caller: &Caller, question: Question<'_>, metric: Metric) -> Result<Explained> {
    analyse(slipway, caller, question, move |analysis| Explained {
        explanation: analysis.explain(metric),
        hints: analysis.hints().into_iter().filter(|hint| hint.metric == metric).collect(),
    })
    .await
}

/// The same events as other tools measure them, ours first.
///
/// # Errors
/// As [`explain`].
pub async fn compare(slipway: &Slipway, caller: &Caller, question: Question<'_>) -> Result<Vec<Answer>> {
    analyse(slipway, caller, question, |analysis| analysis.definitions()).await
}

async fn analyse<T: Send + 'static>(
    slipway: &Slipway,
    caller: &Caller,
    question: Question<'_>,
    ask: impl FnOnce(&ScopeAnalysis<'_>) -> T + Send + 'static,
) -> Result<T> {
    caller.require(Permission::Read, None)?;
    let now = slipway.clock.now();
    let config = Config::new(&slipway.settings.zone, question.from, question.to)
        .map_err(|error| AppError::invalid(error.field(), error.to_string()))?
        .as_of(Some(instant(now)));
    let mut tx = slipway.read().await?;
    let member = Member::from(find(&mut *tx, question.service).await?);
    let events = tx.delivery_events(Some(&[member.id])).await.map_err(store)?;
    drop(tx);
    // Never deployed to production: no service at all, so not zero, but not measured.
    blocking(move || ask(&ScopeAnalysis::new(&config, log::read(&member, events).as_slice()))).await
}
