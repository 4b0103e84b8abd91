//! Writing a run's changes under its lease, and keeping that lease while a step works.

use super::{Case, Next};
use crate::{
    Result, Slipway,
    create::{actions::ActionError, secrets::redactor},
    errors::store,
    reconcile::{LEASE, overtaken},
};
use slipway_domain::scaffold::{LogLine, Run, RunState, RunStep};
use slipway_ports::{
    StoreError,
    store::{leases::Lease, runs::WorkspaceFile},
};
use slipway_scaffold::Redactor;
use std::{future::Future, time::Duration};

/// Does `work` while keeping the lease alive; stops it when the lease is lost.
pub(super) async fn renewing<T>(
    slipway: &Slipway,
    lease: &Lease,
    work: impl Future<Output = std::result::Result<T, ActionError>>,
) -> Result<std::result::Result<T, ActionError>> {
    let mut work = std::pin::pin!(work);
    let third = Duration::from_millis(LEASE.unsigned_abs() / 3);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(third) => {}
        }
        // The work goes on while this writes: it may hold the only writer itself, and has to give it back.
        let renewed = async {
            let mut tx = slipway.store.begin_write().await?;
            tx.hold_lease(lease, slipway.clock.now(), LEASE).await?;
            tx.commit().await
        };
        tokio::select! {
            done = &mut work => return Ok(done),
            renewed = renewed => match renewed {
                Ok(()) => {}
                Err(error) if overtaken(&error) => return Ok(Err(ActionError::Overtaken)),
                Err(error) => return Err(store(error)),
            },
        }
    }
}

/// One change of a run, written in one transaction under its lease.
pub(super) struct Write {
    pub run: Run,
    /// The run's files, where a step changed them.
    pub workspace: Option<Vec<WorkspaceFile>>,
    steps: Vec<RunStep>,
    lines: Vec<LogLine>,
    /// The state the change was decided on.
    from: RunState,
    /// Hides the run's secrets in all that is written.
    redactor: Redactor,
}

impl Write {
    pub(super) fn of(case: &Case) -> Self {
        Self {
            run: case.run.clone(),
            workspace: None,
            steps: Vec::new(),
            lines: Vec::new(),
            from: case.run.state,
            redactor: redactor(&case.secrets.all),
        }
    }

    pub(super) fn step(&mut self, step: RunStep) {
        let output = self.redactor.value(&step.output);
        let error = step.error.as_deref().map(|error| self.redactor.text(error));
        self.steps.push(RunStep { output, error, ..step });
    }

    pub(super) fn say(&mut self, slipway: &Slipway, step: Option<&RunStep>, message: &str, warning: bool) {
        let step = step.map(|step| step.id.clone());
        // The store counts `seq`.
        let message = self.redactor.text(message);
        self.lines.push(LogLine { seq: 0, at: slipway.clock.now(), step, message, warning });
    }

    pub(super) fn say_all(&mut self, slipway: &Slipway, step: &RunStep, said: Vec<String>) {
        said.iter().for_each(|line| self.say(slipway, Some(step), line, false));
    }

    pub(super) fn end(&mut self, slipway: &Slipway, state: RunState, error: Option<String>) {
        self.run.state = state;
        self.run.undo_only = None;
        self.run.error = error.map(|error| self.redactor.text(&error));
        self.run.result = self.redactor.value(&self.run.result);
        self.run.finished_at = Some(slipway.clock.now());
    }

    pub(super) async fn commit(self, slipway: &Slipway, lease: &Lease) -> Result<Next> {
        match self.try_commit(slipway, lease).await {
            Ok(true) => Ok(Next::Again),
            Ok(false) => Ok(Next::Over),
            Err(error) if overtaken(&error) => Ok(Next::Overtaken),
            Err(error) => Err(store(error)),
        }
    }

    /// Whether the run is still in the state that the change was decided on; else nothing is written.
    async fn try_commit(&self, slipway: &Slipway, lease: &Lease) -> std::result::Result<bool, StoreError> {
        let now = slipway.clock.now();
        let mut tx = slipway.store.begin_write().await?;
        tx.hold_lease(lease, now, LEASE).await?;
        let version = match tx.set_run(&self.run, self.from).await {
            Err(StoreError::Conflict(_)) => return Ok(false),
            set => set?,
        };
        for step in &self.steps {
            tx.set_run_step(step).await?;
        }
        if !self.lines.is_empty() {
            tx.add_log(self.run.id, &self.lines).await?;
        }
        if matches!(self.run.state, RunState::Succeeded | RunState::Undone) {
            // What was rendered is in the repository, or gone with it.
            tx.put_workspace(self.run.id, &[]).await?;
        } else if let Some(files) = &self.workspace {
            tx.put_workspace(self.run.id, files).await?;
        }
        tx.publish("run", &self.run.id.to_string(), version, now).await?;
        tx.commit().await?;
        if matches!(self.run.state, RunState::Succeeded | RunState::Undone) {
            slipway.run_secrets.forget(self.run.id);
        }
        Ok(true)
    }
}
