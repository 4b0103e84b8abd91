//! One number of a scope taken apart for its page: the rule, every event in and out, coverage, grade, and what other tools make of it.

mod words;

use super::window::Window;
use crate::{Result, errors::store, views::rows_by_id};
use slipway_api_types::{
    AppError,
    catalog::Link,
    deployments::DeploymentRow,
    insights::{Apart, ApartEvent, Counting},
};
use slipway_domain::ids::DeploymentId;
use slipway_dora::{
    Explanation, Id, Instant, Metric, Reason, ScopeAnalysis, ServiceInput, definitions::Answer, explain::Counted,
    explain::LeftOut, rollup::Rollup,
};
use slipway_ports::Tx;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Events of one part of the list.
const PART: usize = 50;

/// The metric that an address names.
///
/// # Errors
/// When it is none of the five.
pub(super) fn metric(text: &str) -> Result<Option<Metric>> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let found = Metric::ALL.into_iter().find(|metric| metric.name().replace('_', "-") == text);
    found.map(Some).ok_or_else(|| {
        let names = Metric::ALL.map(|metric| metric.name().replace('_', "-")).join(", ");
        AppError::invalid("explain", format!("`{text}` is not a metric; use one of {names}."))
    })
}

/// What was computed, before a part of it is shown.
#[derive(Debug)]
pub(super) struct Taken {
    explanation: Explanation,
    hints: Vec<String>,
    definitions: Vec<Answer>,
    events: Vec<Event>,
    left_out: Vec<(&'static str, usize)>,
    /// Whether the events were looked at.
    listed: bool,
}

#[derive(Debug)]
struct Event {
    id: Id,
    service: Option<Id>,
    at: Option<Instant>,
    deployment: Option<Id>,
    counting: Counting,
    seconds: Option<i64>,
    because: &'static str,
}

/// Takes a number apart. In a roll-up each event says whose it is.
pub(super) fn take(window: &Window, inputs: &[ServiceInput], roll_up: bool, metric: Metric) -> Taken {
    let analysis = ScopeAnalysis::new(&window.config, inputs);
    let mut explanation = analysis.explain(metric);
    let hints = analysis.hints().into_iter().filter(|hint| hint.metric == metric).map(|hint| hint.text).collect();
    let services = if roll_up { services_of(inputs) } else { HashMap::new() };
    let above: HashSet<&str> = explanation.numerator.iter().map(|id| &**id).collect();
    let event = |id: &Id, at, deployment, counting, seconds, because| Event {
        service: services.get(&**id).map(|service| (*service).clone()),
        id: id.clone(),
        at,
        deployment,
        counting,
        seconds,
        because,
    };
    let mut events: Vec<Event> = explanation
        .ins
        .iter()
        .map(|Counted { id, at, seconds, deployment, because }| {
            let counting = if above.contains(&**id) { Counting::Above } else { Counting::In };
            event(id, Some(*at), deployment.clone(), counting, *seconds, *because)
        })
        .collect();
    // Those above the line are what one looks for.
    let below = |event: &Event| event.counting != Counting::Above;
    events.sort_by(|a, b| (below(a), b.at, &b.id).cmp(&(below(b), a.at, &a.id)));
    // What is outside of the window is most of a long history, and nobody wonders why it does not count.
    let outside = |out: &LeftOut| out.reason == Reason::OutsideWindow;
    let mut outs: Vec<&LeftOut> = explanation.outs.iter().collect();
    outs.sort_by(|a, b| (outside(a), b.at, &b.id).cmp(&(outside(b), a.at, &a.id)));
    events.extend(outs.iter().map(|out| event(&out.id, out.at, None, Counting::Out, None, out.sentence)));
    let mut reasons: BTreeMap<&'static str, usize> = BTreeMap::new();
    for out in &outs {
        *reasons.entry(out.sentence).or_default() += 1;
    }
    let mut left_out: Vec<_> = reasons.into_iter().collect();
    left_out.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    // The lists are in `events` now, and they are what is long.
    (explanation.ins, explanation.outs, explanation.numerator) = Default::default();
    Taken { definitions: analysis.definitions(), explanation, hints, events, left_out, listed: true }
}

/// What the days of a roll-up say of a number whose events are too many to be listed.
pub(super) fn of_days(window: &Window, pooled: &Rollup, metric: Metric) -> Taken {
    let hints = pooled.hints(&window.config).into_iter().filter(|hint| hint.metric == metric);
    Taken {
        explanation: Explanation::without_events(metric, &pooled.metrics(&window.config)),
        hints: hints.map(|hint| hint.text).collect(),
        definitions: Vec::new(),
        events: Vec::new(),
        left_out: Vec::new(),
        listed: false,
    }
}

/// Whose each event is, by its id.
fn services_of(inputs: &[ServiceInput]) -> HashMap<&str, &Id> {
    let mut services = HashMap::new();
    for input in inputs {
        let events = &input.events;
        let deployments = events.deployments.iter().flat_map(|d| std::iter::once(&d.id).chain(&d.group));
        let changes = events.changes.iter().map(|change| &change.id);
        let incidents = events.incidents.iter().map(|incident| &incident.id);
        services.extend(deployments.chain(changes).chain(incidents).map(|id| (&**id, &input.service)));
    }
    services
}

impl Taken {
    /// All of it.
    ///
    /// # Errors
    /// When there are too many events to list them.
    pub(super) async fn whole(&self, tx: &mut dyn Tx, window: &Window) -> Result<Apart> {
        if !self.listed {
            return Err(AppError::invalid("owner", not_listed()));
        }
        self.between(tx, window, 0, self.events.len()).await
    }

    /// The part of it that begins after so many events.
    pub(super) async fn part(&self, tx: &mut dyn Tx, window: &Window, after: &str) -> Result<Apart> {
        let after: usize = match after.trim() {
            "" => 0,
            text => text.parse().map_err(|_| {
                AppError::invalid("after", format!("`{text}` is not a number of events; follow the links of the list."))
            })?,
        };
        let after = after.min(self.events.len());
        self.between(tx, window, after, self.events.len().min(after + PART)).await
    }

    async fn between(&self, tx: &mut dyn Tx, window: &Window, after: usize, to: usize) -> Result<Apart> {
        let shown = &self.events[after..to];
        let rows = rows(tx, shown).await?;
        let out = &self.explanation;
        Ok(Apart {
            metric: super::tiles::metric(out.metric),
            title: super::tiles::title(out.metric).to_owned(),
            formula: out.formula.to_owned(),
            facts: words::facts(out, window),
            too_few: out.too_few.as_ref().map(slipway_dora::sample::TooFew::sentence).unwrap_or_default(),
            grade: words::grade(out.quality.grade).to_owned(),
            checks: out.quality.checks.iter().map(words::check).collect(),
            coverage: words::coverage(&out.coverage, window),
            hints: self.hints.clone(),
            counted: self.events.iter().filter(|event| event.counting != Counting::Out).count(),
            left_out: self.left_out.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
            events: shown.iter().map(|event| view(event, &rows, window)).collect(),
            after,
            total: self.events.len(),
            definitions: self.definitions.iter().map(|answer| words::definition(answer, out.metric)).collect(),
            not_listed: if self.listed { String::new() } else { not_listed() },
        })
    }
}

fn not_listed() -> String {
    super::words::not_read("Events are not listed one by one", true)
}

/// Rows of the deployments that events name and that Slipway knows.
async fn rows(tx: &mut dyn Tx, events: &[Event]) -> Result<HashMap<DeploymentId, DeploymentRow>> {
    let named = events.iter().flat_map(|event| std::iter::once(&event.id).chain(&event.deployment));
    let ids: Vec<DeploymentId> = named.filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let deployments = tx.deployments_by_ids(&ids).await.map_err(store)?;
    rows_by_id(tx, &deployments).await
}

fn view(event: &Event, rows: &HashMap<DeploymentId, DeploymentRow>, window: &Window) -> ApartEvent {
    let link = |id: &Id| {
        let row = rows.get(&id.parse::<DeploymentId>().ok()?)?;
        Some(Link { title: format!("{} v{}", row.service.title, row.number), href: row.href.clone() })
    };
    let own = link(&event.id);
    // The title of Slipway's own deployments has the service in it.
    let service = event.service.as_deref().filter(|_| own.is_none()).unwrap_or_default().to_owned();
    ApartEvent {
        href: own.as_ref().map(|link| link.href.clone()).unwrap_or_default(),
        title: own.map_or_else(|| words::id(&event.id), |link| link.title),
        deployment: event
            .deployment
            .as_ref()
            .map(|id| link(id).unwrap_or_else(|| Link { title: words::id(id), href: String::new() })),
        service,
        at: event.at.map(|at| words::minute(at, window)).unwrap_or_default(),
        counting: event.counting,
        value: event.seconds.map(|seconds| super::words::duration(slipway_dora::real(seconds))).unwrap_or_default(),
        because: event.because.to_owned(),
    }
}
