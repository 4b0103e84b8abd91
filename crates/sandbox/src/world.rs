//! The whole emulated cloud as one value: what is under the lock, what is kept, and what the clock drives.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    app_runner::AppRunner,
    aws::{Api, Call, Reply},
    cluster::Cluster,
    config::{Clock, Millis, Timings},
    ecs::Ecs,
    kubernetes::Kubernetes,
    preload::{Placement, PreloadError, RuntimeKind},
};

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) cluster: Cluster,
    app_runner: AppRunner,
    ecs: Ecs,
    pub(crate) kubernetes: Kubernetes,
    /// Whether everything has had its effects at the present instant, so that only time or a request can move it.
    #[serde(skip)]
    settled: bool,
}

impl World {
    pub(crate) fn new(now: Millis) -> Self {
        Self { cluster: Cluster::new(now), ..Self::default() }
    }

    /// Sets what is not kept, and listens again wherever something listened.
    pub(crate) fn wake(&mut self, timings: Timings, clock: Clock) {
        self.cluster.timings = timings;
        self.cluster.clock = clock;
        self.cluster.reopen_ports();
        self.app_runner.reopen(&mut self.cluster);
        self.kubernetes.reopen(&mut self.cluster);
        self.advance();
    }

    /// Works out everything that has happened up to the clock's now, in the order in which it happened.
    /// Says whether anything did.
    pub(crate) fn advance(&mut self) -> bool {
        /// After this many steps the rest of a long absence is taken in one: nobody saw what happened in between.
        const MOST_STEPS: usize = 5_000;
        let now = self.cluster.clock.now();
        // Most looks find nothing new; working out hundreds of services each time would be all the program does.
        let mut changed = !self.settled && self.settle();
        for _ in 0..MOST_STEPS {
            let Some(due) = self.next_due().filter(|due| *due <= now) else { break };
            self.cluster.now = due;
            changed |= self.settle();
        }
        if now > self.cluster.now {
            // Nothing is due up to now, unless a very long absence was cut short.
            let behind = self.next_due().is_some_and(|due| due <= now);
            self.cluster.now = now;
            if behind || !self.settled {
                changed |= self.settle();
            }
        }
        changed
    }

    /// Says that a request has changed something, whose effects are still to be worked out.
    pub(crate) fn touch(&mut self) {
        self.settled = false;
    }

    /// Whether something will change without anybody asking for it.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        let now = self.cluster.now;
        let dues = [
            self.cluster.next_due(),
            self.app_runner.next_due(now),
            self.ecs.next_due(now),
            self.kubernetes.next_due(now),
        ];
        dues.into_iter().flatten().min()
    }

    /// Lets what has changed have its effects, at the present instant.
    fn settle(&mut self) -> bool {
        /// Effects of effects end after a few rounds; this only bounds a mistake.
        const MOST_ROUNDS: usize = 20;
        let mut any = false;
        self.settled = false;
        for _ in 0..MOST_ROUNDS {
            let mut changed = self.cluster.step();
            changed |= self.app_runner.step(&mut self.cluster);
            changed |= self.ecs.step(&mut self.cluster);
            changed |= self.kubernetes.step(&mut self.cluster);
            if !changed {
                self.settled = true;
                break;
            }
            any = true;
        }
        any
    }

    pub(crate) fn aws(&mut self, call: &Call) -> Reply {
        match call.api {
            Api::AppRunner => self.app_runner.handle(call, &mut self.cluster),
            Api::Ecs => self.ecs.handle(call, &mut self.cluster),
            Api::Logs => crate::logs::handle(call, &self.app_runner, &self.ecs, &self.cluster),
        }
    }

    /// Adds running services; those that exist already stay as they are. A platform that refuses one ends the
    /// list there; what came before stays.
    pub(crate) fn preload(&mut self, placements: &[Placement]) -> Result<(), PreloadError> {
        placements.iter().try_for_each(Placement::check)?;
        for placement in placements {
            let refused = |error: String| PreloadError::new(&placement.name, error);
            match placement.runtime {
                RuntimeKind::AppRunner => {
                    self.app_runner
                        .preload(placement, &mut self.cluster)
                        .map_err(|error| refused(error.to_string()))?;
                }
                RuntimeKind::Ecs => {
                    self.ecs.preload(placement, &mut self.cluster).map_err(|error| refused(error.to_string()))?
                }
                RuntimeKind::Kubernetes => {
                    self.kubernetes
                        .preload(placement, &mut self.cluster)
                        .map_err(|error| refused(error.to_string()))?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn summary(&self) -> Value {
        let containers: Vec<Value> = self
            .cluster
            .containers()
            .map(|(id, container)| {
                json!({ "id": id, "service": container.spec.service, "image": container.spec.image, "phase": container.phase,
                        "healthy": container.healthy, "port": self.cluster.port(id) })
            })
            .collect();
        json!({
            "now": self.cluster.now,
            "appRunner": self.app_runner.summary(),
            "ecs": self.ecs.summary(&self.cluster),
            "kubernetes": self.kubernetes.summary(),
            "containers": containers,
        })
    }
}
