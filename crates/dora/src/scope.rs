//! From one service to many. The service is the unit of measurement; a roll-up pools its events and is shown beside
//! the spread of the services, because a median of medians is another number (specification 1.10).

use jiff::civil::Date;
use serde::Serialize;

use crate::calendar::Day;
use crate::definitions::{self, Answer};
use crate::explain::{self, Explanation, Metric};
use crate::facts::Facts;
use crate::hints::{self, Hint};
use crate::measure::measure;
use crate::view::{Part, View};
use crate::{Config, ConfigError, Deployment, Events, Id, Input, Instant, Metrics, WeekPoint, stats, trend};

/// One service of a roll-up.
#[derive(Clone, Debug)]
pub struct ServiceInput {
    pub service: Id,
    /// Instead of the question's own.
    pub observed_from: Option<Date>,
    /// As [`Self::observed_from`], where only the instant is known: its day in the question's zone.
    pub observed_since: Option<Instant>,
    /// Days on which the service belonged to the team asked for; `None` for always. Deployments count by their day.
    pub owned: Option<Vec<DayRange>>,
    pub events: Events,
}

impl ServiceInput {
    /// A service that always belonged to the scope.
    pub fn new(service: impl Into<Id>, events: Events) -> Self {
        Self { service: service.into(), observed_from: None, observed_since: None, owned: None, events }
    }
}

/// Local days from `from` up to and without `to`; open at the end when that is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRange {
    pub from: Date,
    pub to: Option<Date>,
}

impl DayRange {
    pub(crate) fn contains(&self, day: Day) -> bool {
        Day::of(self.from) <= day && self.to.is_none_or(|to| day < Day::of(to))
    }
}

/// The five metrics of one service.
#[must_use]
pub fn compute(input: &Input) -> Metrics {
    Analysis::new(&input.config, &input.events).metrics()
}

/// The five metrics of each service and of all together. Each service is one sample: give no service twice.
#[must_use]
pub fn compute_scope(config: &Config, services: &[ServiceInput]) -> ScopeMetrics {
    ScopeAnalysis::new(config, services).metrics()
}

/// The facts of one service, derived once; every question about them is then cheap.
#[derive(Debug)]
pub struct Analysis<'e> {
    config: Config,
    events: &'e Events,
    facts: Facts<'e>,
}

impl<'e> Analysis<'e> {
    /// Decides what every event means.
    #[must_use]
    pub fn new(config: &Config, events: &'e Events) -> Self {
        Self { config: config.clone(), events, facts: Facts::derive(config, events) }
    }

    fn view(&self) -> View<'_> {
        View::new(&self.config, vec![Part { facts: &self.facts, owned: None }])
    }

    /// The five metrics of the window.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        measure(&self.view())
    }

    /// Which events one metric counts, which not, and why.
    #[must_use]
    pub fn explain(&self, metric: Metric) -> Explanation {
        explain::explain(&self.view(), metric)
    }

    /// The last `weeks` ISO weeks up to the end of the window, oldest first.
    #[must_use]
    pub fn weekly(&self, weeks: usize) -> Vec<WeekPoint> {
        trend::of_view(&self.view(), weeks)
    }

    /// The window as other tools would measure it, ours first.
    #[must_use]
    pub fn definitions(&self) -> Vec<Answer> {
        definitions::compare(&self.view(), &self.events.deployments)
    }

    /// Warnings on the window, against the window of equal length before it.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        hints::of_views(&self.view(), &View::new(&self.config.window_before(), self.view().parts))
    }

    /// The 95 % interval of the 90th percentile of lead time, in seconds, by [`stats::bootstrap`]; `service` seeds it.
    #[must_use]
    pub fn p90_interval(&self, service: &str) -> Option<[f64; 2]> {
        crate::measure::p90_interval(&self.view(), &self.config.seed(service))
    }
}

/// The facts of several services, derived once.
#[derive(Debug)]
pub struct ScopeAnalysis<'e> {
    config: Config,
    services: Vec<(&'e ServiceInput, Facts<'e>)>,
}

impl<'e> ScopeAnalysis<'e> {
    /// Decides what every event means, service by service.
    #[must_use]
    pub fn new(config: &Config, services: &'e [ServiceInput]) -> Self {
        let derive = |service: &'e ServiceInput| (service, facts(config, service));
        Self { config: config.clone(), services: services.iter().map(derive).collect() }
    }

    /// Each service with its facts, in the order given.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&Id, &Facts<'e>)> {
        self.services.iter().map(|(service, facts)| (&service.service, facts))
    }

    pub(crate) fn pooled_view(&self) -> View<'_> {
        let parts =
            self.services.iter().map(|(service, facts)| Part { facts, owned: service.owned.as_deref() }).collect();
        View::new(&self.config, parts)
    }

    /// By service, pooled, and how the services spread.
    #[must_use]
    pub fn metrics(&self) -> ScopeMetrics {
        let of_service = |facts| measure(&View::new(&self.config, vec![Part { facts, owned: None }]));
        let by_service: Vec<(Id, Metrics)> =
            self.services.iter().map(|(service, facts)| (service.service.clone(), of_service(facts))).collect();
        let spread = Spread::of(&by_service);
        ScopeMetrics { by_service, pooled: measure(&self.pooled_view()), spread }
    }

    /// The same facts through another window, as far as they are judged at an instant of their own ([`Config::as_of`]).
    ///
    /// # Errors
    ///
    /// [`ConfigError`] when the window is empty.
    pub fn through(self, from: Date, to: Date) -> Result<Self, ConfigError> {
        Ok(Self { config: self.config.with_window(from, to)?, ..self })
    }

    /// All services together, without the single ones.
    #[must_use]
    pub fn pooled(&self) -> Metrics {
        measure(&self.pooled_view())
    }

    /// As [`Analysis::explain`], over all services.
    #[must_use]
    pub fn explain(&self, metric: Metric) -> Explanation {
        explain::explain(&self.pooled_view(), metric)
    }

    /// As [`Analysis::definitions`], over all services.
    #[must_use]
    pub fn definitions(&self) -> Vec<Answer> {
        let records: Vec<Deployment> =
            self.services.iter().flat_map(|(service, _)| service.events.deployments.iter().cloned()).collect();
        definitions::compare(&self.pooled_view(), &records)
    }

    /// As [`Analysis::hints`], over all services.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        let now = self.pooled_view();
        hints::of_views(&now, &View::new(&self.config.window_before(), now.parts.clone()))
    }

    /// As [`Analysis::weekly`], pooled.
    #[must_use]
    pub fn weekly(&self, weeks: usize) -> Vec<WeekPoint> {
        trend::of_view(&self.pooled_view(), weeks)
    }
}

/// The facts of one service, observed since its own first day where that is known.
pub(crate) fn facts<'e>(config: &Config, service: &'e ServiceInput) -> Facts<'e> {
    let since = service.observed_since.map(|at| config.day_of(at).date());
    match service.observed_from.or(since) {
        Some(day) => Facts::derive(&config.clone().observed_from(Some(day)), &service.events),
        None => Facts::derive(config, &service.events),
    }
}

/// The metrics of a roll-up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScopeMetrics {
    #[serde(serialize_with = "crate::metrics::as_map")]
    pub by_service: Vec<(Id, Metrics)>,
    pub pooled: Metrics,
    pub spread: Spread,
}

/// How the services of a roll-up differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub services: u64,
    pub deployments_per_day: Quartiles,
    pub lead_time_p50_s: Quartiles,
    pub fail_rate: Quartiles,
    pub recovery_median_s: Quartiles,
    pub rework_rate: Quartiles,
}

/// Quartiles of one value over services, each service one sample.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quartiles {
    /// Services that have the value.
    pub with_data: u64,
    pub without_data: u64,
    pub p25: Option<f64>,
    pub p50: Option<f64>,
    pub p75: Option<f64>,
}

impl Spread {
    /// Of the metrics of each service.
    #[must_use]
    pub fn of<M: std::borrow::Borrow<Metrics>>(services: &[(Id, M)]) -> Self {
        let quartiles = |value: fn(&Metrics) -> Option<f64>| {
            let mut values: Vec<f64> = services.iter().filter_map(|(_, metrics)| value(metrics.borrow())).collect();
            values.sort_unstable_by(f64::total_cmp);
            let p = |p| stats::quantile(&values, p);
            Quartiles {
                with_data: crate::measure::count(values.iter()),
                without_data: crate::measure::count(services[values.len()..].iter()),
                p25: p(0.25),
                p50: p(0.5),
                p75: p(0.75),
            }
        };
        Self {
            services: crate::measure::count(services.iter()),
            deployments_per_day: quartiles(|m| m.df.per_day),
            lead_time_p50_s: quartiles(|m| m.lead_time_s.p50),
            fail_rate: quartiles(|m| m.cfr.rate),
            recovery_median_s: quartiles(|m| m.fdrt_s.median),
            rework_rate: quartiles(|m| m.rework.rate),
        }
    }
}
