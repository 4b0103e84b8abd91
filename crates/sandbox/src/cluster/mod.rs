//! The engine beneath all three platforms: containers whose state moves with the clock and that answer on real ports.

pub(crate) mod answer;
pub(crate) mod behaviour;
pub(crate) mod container;
pub(crate) mod ids;
mod listener;
pub(crate) mod log;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use self::{
    answer::{Front, Process},
    behaviour::Behaviour,
    container::{Container, Phase, Spec},
    ids::Ids,
    listener::Listening,
    log::Log,
};
use crate::config::{Clock, Millis, Timings, millis};

/// All containers, the addresses in front of them, and the sandbox's own idea of now.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Cluster {
    /// The instant up to which everything has been worked out.
    pub(crate) now: Millis,
    pub(crate) ids: Ids,
    containers: BTreeMap<String, Container>,
    #[serde(skip)]
    pub(crate) timings: Timings,
    #[serde(skip)]
    pub(crate) clock: Clock,
    #[serde(skip)]
    ports: HashMap<String, (Listening, Arc<Process>)>,
    #[serde(skip)]
    fronts: HashMap<String, Listening>,
}

impl Cluster {
    pub(crate) fn new(now: Millis) -> Self {
        Self { now, ids: Ids::new(now), ..Self::default() }
    }

    /// Starts a container: its image is pulled first.
    pub(crate) fn launch(&mut self, id: &str, spec: Spec) {
        let log = Arc::new(Log::default());
        log.write(self.now, format!("pulling image {}", spec.image));
        let due = self.now + millis(self.timings.pull);
        self.containers.insert(
            id.to_owned(),
            Container {
                spec,
                phase: Phase::Pulling,
                healthy: None,
                created_at: self.now,
                pulled_at: None,
                started_at: None,
                ended_at: None,
                exit_code: None,
                phase_due: Some(due),
                health_due: None,
                crash_due: None,
                retired: false,
                log,
            },
        );
    }

    /// Puts a container in its steady state at once, as if it had been started a while ago.
    pub(crate) fn launch_settled(&mut self, id: &str, spec: Spec) {
        self.launch(id, spec);
        if let Some(container) = self.containers.get_mut(id) {
            container.pulled_at = Some(self.now);
            container.phase_due = None;
        }
        self.begin(id, self.now);
        if let Some(container) = self.containers.get_mut(id)
            && container.health_due.take().is_some()
        {
            container.healthy = Some(container.spec.behaviour != Behaviour::Unhealthy);
        }
    }

    /// Tells a container to stop. It answers until it is drained.
    pub(crate) fn stop(&mut self, id: &str) {
        let due = self.now + millis(self.timings.drain);
        let Some(container) = self.containers.get_mut(id) else { return };
        match container.phase {
            Phase::Running => {
                container.log.write(self.now, "received SIGTERM, draining");
                container.phase = Phase::Draining;
                container.phase_due = Some(due);
                container.health_due = None;
                container.crash_due = None;
            }
            Phase::Pulling | Phase::Starting | Phase::PullFailed | Phase::Exited => {
                container.phase = Phase::Stopped;
                container.ended_at.get_or_insert(self.now);
                container.phase_due = None;
            }
            Phase::Draining | Phase::Stopped => {}
        }
    }

    /// Tells a container to stop, and forgets it when it has.
    pub(crate) fn retire(&mut self, id: &str) {
        self.stop(id);
        match self.containers.get_mut(id) {
            Some(container) if container.phase == Phase::Draining => container.retired = true,
            _ => self.remove(id),
        }
    }

    /// Runs an ended container again, or tries again to pull its image.
    pub(crate) fn restart(&mut self, id: &str) {
        let (now, timings) = (self.now, self.timings);
        let Some(container) = self.containers.get_mut(id) else { return };
        self.ports.remove(id);
        container.healthy = None;
        if container.phase == Phase::PullFailed {
            container.phase = Phase::Pulling;
            container.phase_due = Some(now + millis(timings.pull));
        } else {
            container.phase = Phase::Starting;
            container.phase_due = Some(now + millis(timings.start));
        }
    }

    /// Forgets a container and closes its port.
    pub(crate) fn remove(&mut self, id: &str) {
        self.containers.remove(id);
        self.ports.remove(id);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Container> {
        self.containers.get(id)
    }

    pub(crate) fn containers(&self) -> impl Iterator<Item = (&String, &Container)> {
        self.containers.iter()
    }

    /// The port on 127.0.0.1 where a container answers.
    pub(crate) fn port(&self, id: &str) -> Option<u16> {
        self.ports.get(id).map(|(listening, _)| listening.port)
    }

    /// When something here changes by itself next, after now.
    pub(crate) fn next_due(&self) -> Option<Millis> {
        self.containers.values().filter_map(Container::next_due).filter(|at| *at > self.now).min()
    }

    /// Works out everything that is due by now. Says whether anything was.
    pub(crate) fn step(&mut self) -> bool {
        let now = self.now;
        let due: Vec<String> = self
            .containers
            .iter()
            .filter(|(_, container)| container.next_due().is_some_and(|at| at <= now))
            .map(|(id, _)| id.clone())
            .collect();
        for id in &due {
            self.step_container(id);
        }
        !due.is_empty()
    }

    fn step_container(&mut self, id: &str) {
        let (now, timings) = (self.now, self.timings);
        let Some(container) = self.containers.get_mut(id) else { return };
        if container.phase_due.is_some_and(|at| at <= now) {
            container.phase_due = None;
            match container.phase {
                Phase::Pulling if container.spec.behaviour == Behaviour::FailPull => {
                    container.phase = Phase::PullFailed;
                    container.ended_at = Some(now);
                    container.log.write(now, format!("failed to pull {}: not found", container.spec.image));
                }
                Phase::Pulling => {
                    let slowness = match container.spec.behaviour {
                        Behaviour::Slow(time) => millis(time),
                        _ => 0,
                    };
                    container.pulled_at = Some(now);
                    container.phase = Phase::Starting;
                    container.phase_due = Some(now + millis(timings.start) + slowness);
                }
                Phase::Starting => self.begin(id, now),
                Phase::Draining => {
                    container.log.write(now, "stopped");
                    container.phase = Phase::Stopped;
                    container.exit_code = Some(0);
                    container.ended_at = Some(now);
                    self.ports.remove(id);
                    if container.retired {
                        self.containers.remove(id);
                    }
                }
                Phase::PullFailed | Phase::Running | Phase::Exited | Phase::Stopped => {}
            }
            return;
        }
        if container.crash_due.is_some_and(|at| at <= now) {
            container.log.write(now, "fatal: asked to crash by SANDBOX_BEHAVIOUR or the image's name; exit code 1");
            container.phase = Phase::Exited;
            container.healthy = None;
            container.exit_code = Some(1);
            container.ended_at = Some(now);
            container.crash_due = None;
            container.health_due = None;
            self.ports.remove(id);
        } else if container.health_due.is_some_and(|at| at <= now) {
            let healthy = container.spec.behaviour != Behaviour::Unhealthy;
            container.health_due = None;
            container.healthy = Some(healthy);
            let verdict = if healthy { "passed" } else { "failed with 503" };
            container.log.write(now, format!("health check on {} {verdict}", container.spec.health_path));
        }
    }

    /// The process begins: it listens from here on.
    fn begin(&mut self, id: &str, now: Millis) {
        let timings = self.timings;
        let Some(container) = self.containers.get_mut(id) else { return };
        container.phase = Phase::Running;
        container.started_at = Some(now);
        container.ended_at = None;
        container.exit_code = None;
        match container.spec.behaviour {
            Behaviour::Crash => container.crash_due = Some(now + millis(timings.crash)),
            Behaviour::CrashAfter(life) => {
                container.crash_due = Some(now + millis(life));
                container.health_due = Some(now + millis(timings.health));
            }
            _ => container.health_due = Some(now + millis(timings.health)),
        }
        self.open_port(id);
    }

    fn open_port(&mut self, id: &str) {
        let Some(container) = self.containers.get(id) else { return };
        let log = Arc::clone(&container.log);
        let started_at = container.started_at.unwrap_or(self.now);
        let process = Arc::new(Process::new(id, &container.spec, started_at, self.clock.clone(), log));
        match Listening::bind(0, Arc::new(Front::of(Arc::clone(&process)))) {
            Ok(listening) => {
                container.log.write(
                    self.now,
                    format!(
                        "listening on 127.0.0.1:{} for container port {}",
                        listening.port, container.spec.container_port
                    ),
                );
                self.ports.insert(id.to_owned(), (listening, process));
            }
            Err(error) => tracing::error!(container = id, %error, "no port to be had for a container"),
        }
    }

    /// Opens a stable address, on `wanted` where possible, and says on which port it is. Nothing is behind it yet.
    pub(crate) fn open_front(&mut self, id: &str, wanted: u16) -> u16 {
        if let Some(listening) = self.fronts.get(id) {
            return listening.port;
        }
        match Listening::bind(wanted, Arc::default()) {
            Ok(listening) => {
                let port = listening.port;
                self.fronts.insert(id.to_owned(), listening);
                port
            }
            Err(error) => {
                tracing::error!(front = id, %error, "no port to be had for a stable address");
                0
            }
        }
    }

    pub(crate) fn close_front(&mut self, id: &str) {
        self.fronts.remove(id);
    }

    /// Says which containers answer behind a stable address.
    pub(crate) fn put_behind<'a>(&self, front: &str, containers: impl Iterator<Item = &'a str>) {
        if let Some(listening) = self.fronts.get(front) {
            let processes = containers.filter_map(|id| self.ports.get(id)).map(|(_, process)| Arc::clone(process));
            listening.front.put_behind(processes.collect());
        }
    }

    /// After a start from kept state: everything that was listening listens again.
    pub(crate) fn reopen_ports(&mut self) {
        let listening: Vec<String> = self
            .containers
            .iter()
            .filter(|(_, container)| container.is_listening())
            .map(|(id, _)| id.clone())
            .collect();
        for id in &listening {
            self.open_port(id);
        }
    }

    /// Closes every port.
    pub(crate) fn close_ports(&mut self) {
        self.ports.clear();
        self.fronts.clear();
    }
}
