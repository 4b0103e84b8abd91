//! What was computed lately. Nothing here is a source of truth: every entry names the version of the log it was made from.

use super::{apart::Taken, log::Log};
use crate::Result;
use jiff::civil::Date;
use slipway_api_types::insights::{Comparison, Distribution, DoraPanel, Drawing, ServiceDora, Sheet};
use slipway_domain::ids::ServiceId;
use slipway_dora::{Metric, Metrics};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// How many answers are kept; the oldest goes first. One has some 20 kB for forty services.
const MOST_ANSWERS: usize = 64;
/// How many numbers are kept taken apart. One has some 100 bytes for each event of the log.
const MOST_TAKEN: usize = 8;
/// Of how many windows the metrics of single services are kept. One has some 500 bytes for each service.
const MOST_PERIODS: usize = 6;

/// Whose metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Service(ServiceId),
    /// `None`: the organisation.
    Owner(Option<String>),
}

/// How much of an answer is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extent {
    /// Tiles and weeks, for pages that are about something else.
    Panel,
    /// As much of the past as a page looks at, of all services together.
    Pooled,
    /// Everything.
    Page,
}

/// What an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub version: i64,
    pub scope: Scope,
    pub members: u64,
    pub from: Date,
    pub to: Date,
    pub zone: String,
    pub hour: i64,
    pub extent: Extent,
}

/// Metrics ready to be shown.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub panel: DoraPanel,
    /// By name; the owner is a reference here.
    pub services: Vec<ServiceDora>,
    /// The five against the window before.
    pub comparison: Vec<Comparison>,
    /// What may make a number look better than it is, in sentences.
    pub hints: Vec<String>,
    /// The services behind it as plain numbers, by name.
    pub numbers: Sheet,
    pub spread: Sheet,
    pub drawings: Vec<Drawing>,
    pub distribution: Distribution,
}

/// Which days of a service were measured, in which zone and hour.
pub(super) type Period = (Date, Date, String, i64);
/// The metrics of services without their samples, by the version of their days.
pub(super) type Measured = HashMap<ServiceId, (i64, Arc<Metrics>)>;

/// Metrics computed lately, and the parsed log they came from.
#[derive(Default)]
pub struct Cache {
    answers: Mutex<VecDeque<(Key, Arc<Answer>)>>,
    taken: Mutex<VecDeque<(Key, Metric, Arc<Taken>)>>,
    measured: Mutex<VecDeque<(Period, Measured)>>,
    /// Whether this process said by which recipe days are made.
    renewed: AtomicBool,
    /// Held while loading, so that ten visitors load it once.
    log: tokio::sync::Mutex<Option<Arc<Log>>>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

impl Cache {
    pub(super) fn answer(&self, key: &Key) -> Option<Arc<Answer>> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        // Everything is also enough for a panel.
        let enough = |known: &Key| known.extent >= key.extent && Key { extent: key.extent, ..known.clone() } == *key;
        answers.iter().find(|(known, _)| enough(known)).map(|(_, answer)| answer.clone())
    }

    pub(super) fn keep(&self, key: Key, answer: Answer) -> Arc<Answer> {
        let answer = Arc::new(answer);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.retain(|(known, _)| known.scope != key.scope || (known.version == key.version && *known != key));
        if answers.len() >= MOST_ANSWERS {
            answers.pop_front();
        }
        answers.push_back((key, answer.clone()));
        answer
    }

    pub(super) fn taken(&self, key: &Key, metric: Metric) -> Option<Arc<Taken>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.iter().find(|(known, of, _)| known == key && *of == metric).map(|(.., taken)| taken.clone())
    }

    pub(super) fn keep_taken(&self, key: Key, metric: Metric, new: Taken) -> Arc<Taken> {
        let new = Arc::new(new);
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|(known, ..)| known.version == key.version);
        if taken.len() >= MOST_TAKEN {
            taken.pop_front();
        }
        taken.push_back((key, metric, new.clone()));
        new
    }

    /// Those of the services asked for whose days did not change since they were measured.
    pub(super) fn measured(&self, period: &Period, versions: &HashMap<ServiceId, i64>) -> Measured {
        let measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, known)) = measured.iter().find(|(known, _)| known == period) else { return Measured::new() };
        let current = |(id, version): (&ServiceId, &i64)| {
            let (_, metrics) = known.get(id).filter(|(known, _)| known == version)?;
            Some((*id, (*version, metrics.clone())))
        };
        versions.iter().filter_map(current).collect()
    }

    pub(super) fn keep_measured(&self, period: Period, new: Measured) {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let known = measured.iter().position(|(known, _)| *known == period).and_then(|at| measured.remove(at));
        let mut entry = known.unwrap_or_else(|| (period, Measured::new()));
        entry.1.extend(new);
        if measured.len() >= MOST_PERIODS {
            measured.pop_front();
        }
        measured.push_back(entry);
    }

    pub(super) fn renewed(&self) -> bool {
        self.renewed.load(Ordering::Acquire)
    }

    pub(super) fn set_renewed(&self) {
        self.renewed.store(true, Ordering::Release);
    }

    /// The parsed log of a version and set of services; `load` reads it when another one is held.
    pub(super) async fn log(
        &self,
        version: i64,
        members: u64,
        load: impl Future<Output = Result<Log>>,
    ) -> Result<Arc<Log>> {
        let mut held = self.log.lock().await;
        if let Some(log) = held.as_ref().filter(|log| log.version == version && log.members == members) {
            return Ok(log.clone());
        }
        // The old one first, so that two are never in memory at a time.
        *held = None;
        let log = Arc::new(load.await?);
        *held = Some(log.clone());
        Ok(log)
    }
}
