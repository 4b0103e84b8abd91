//! One container and the states it goes through.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{behaviour::Behaviour, log::Log};
use crate::config::Millis;

/// What a container runs and for whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) service: String,
    pub(crate) image: String,
    /// What its platform calls this version: a task definition, a ReplicaSet, an operation.
    pub(crate) revision: String,
    /// The port the image listens on; visitors reach it on another one.
    pub(crate) container_port: u16,
    pub(crate) health_path: String,
    pub(crate) behaviour: Behaviour,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Phase {
    Pulling,
    /// The image cannot be had. Final until it is tried again.
    PullFailed,
    Starting,
    /// It listens. Whether it is healthy is another question.
    Running,
    /// The process ended by itself. Final until it is restarted.
    Exited,
    /// Told to stop, still answering.
    Draining,
    Stopped,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Container {
    pub(crate) spec: Spec,
    pub(crate) phase: Phase,
    /// The verdict of the health check, once there is one.
    pub(crate) healthy: Option<bool>,
    pub(crate) created_at: Millis,
    pub(crate) pulled_at: Option<Millis>,
    pub(crate) started_at: Option<Millis>,
    pub(crate) ended_at: Option<Millis>,
    pub(crate) exit_code: Option<i32>,
    /// When the phase changes by itself.
    pub(super) phase_due: Option<Millis>,
    pub(super) health_due: Option<Millis>,
    pub(super) crash_due: Option<Millis>,
    /// Forget it as soon as it has stopped.
    pub(super) retired: bool,
    #[serde(skip)]
    pub(super) log: Arc<Log>,
}

impl Container {
    pub(crate) fn is_listening(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Draining)
    }

    /// Came to an end without being told to, or will never be of use.
    pub(crate) fn has_failed(&self) -> bool {
        matches!(self.phase, Phase::PullFailed | Phase::Exited)
            || (self.phase == Phase::Running && self.healthy == Some(false))
    }

    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    pub(super) fn next_due(&self) -> Option<Millis> {
        [self.phase_due, self.health_due, self.crash_due].into_iter().flatten().min()
    }
}
