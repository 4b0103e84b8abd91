//! What a container answers over HTTP.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::json;

use super::{
    behaviour::{Behaviour, DEFAULT_SLOWNESS},
    container::Spec,
    log::Log,
};
use crate::config::{Clock, Millis};

/// One running process, as its visitors see it.
#[derive(Debug)]
pub(crate) struct Process {
    service: String,
    image: String,
    revision: String,
    instance: String,
    health_path: String,
    behaviour: Behaviour,
    started_at: Millis,
    clock: Clock,
    log: Arc<Log>,
    requests: AtomicU64,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) delay: Duration,
}

impl Process {
    pub(crate) fn new(instance: &str, spec: &Spec, started_at: Millis, clock: Clock, log: Arc<Log>) -> Self {
        Self {
            service: spec.service.clone(),
            image: spec.image.clone(),
            revision: spec.revision.clone(),
            instance: instance.to_owned(),
            health_path: spec.health_path.clone(),
            behaviour: spec.behaviour,
            started_at,
            clock,
            log,
            requests: AtomicU64::new(0),
        }
    }

    fn answer(&self, method: &str, path: &str) -> Answer {
        let now = self.clock.now();
        let count = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let answer = self.respond(path, now);
        // A probe every second for months must not push everything else out of the log.
        if count <= 5 || count.is_multiple_of(50) {
            self.log.write(now, format!("{method} {path} {} (request {count})", answer.status));
        }
        answer
    }

    fn respond(&self, path: &str, now: Millis) -> Answer {
        let path = path.split('?').next().unwrap_or(path);
        let about = |status: &str| {
            json!({
                "service": self.service,
                "image": self.image,
                "revision": self.revision,
                "instance": self.instance,
                "status": status,
                "uptimeSeconds": (now - self.started_at) / 1000,
            })
            .to_string()
        };
        let at_once = |status, body| Answer { status, body, delay: Duration::ZERO };
        if path == self.health_path || matches!(path, "/healthz" | "/readyz" | "/livez") {
            return match self.behaviour {
                Behaviour::Unhealthy => at_once(503, about("unhealthy")),
                _ => at_once(200, about("ok")),
            };
        }
        match path {
            "/" => at_once(200, about("ok")),
            "/slow" => {
                let delay = match self.behaviour {
                    Behaviour::Slow(time) => time,
                    _ => DEFAULT_SLOWNESS,
                };
                Answer { status: 200, body: about("ok"), delay }
            }
            _ => at_once(404, json!({ "status": "not found", "path": path }).to_string()),
        }
    }
}

/// What one port serves: a container, or the containers behind a service's stable address, in turn.
#[derive(Debug, Default)]
pub(crate) struct Front {
    behind: RwLock<Vec<Arc<Process>>>,
    turn: AtomicUsize,
}

impl Front {
    pub(crate) fn of(process: Arc<Process>) -> Self {
        Self { behind: RwLock::new(vec![process]), turn: AtomicUsize::new(0) }
    }

    pub(crate) fn put_behind(&self, processes: Vec<Arc<Process>>) {
        *self.behind.write().unwrap_or_else(PoisonError::into_inner) = processes;
    }

    pub(crate) fn answer(&self, method: &str, path: &str) -> Answer {
        let chosen = {
            let behind = self.behind.read().unwrap_or_else(PoisonError::into_inner);
            let turn = self.turn.fetch_add(1, Ordering::Relaxed);
            behind.get(turn % behind.len().max(1)).cloned()
        };
        match chosen {
            Some(process) => process.answer(method, path),
            None => Answer {
                status: 503,
                body: json!({ "status": "no instance is ready" }).to_string(),
                delay: Duration::ZERO,
            },
        }
    }
}
