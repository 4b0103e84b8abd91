//! What one step is going to do: the same for a run in the portal and on the command line.

use serde_json::{Map, Value};

use crate::action::{ActionRegistry, InputProblem};
use crate::steps::{Each, RunContext, StepError, calls_status_function};
use crate::template::Step;

/// Why a step cannot begin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A text of it cannot be evaluated.
    #[error(transparent)]
    Step(#[from] StepError),
    /// Its action does not take the input.
    #[error(transparent)]
    Input(#[from] InputProblem),
}

/// One round of a step: without `each` there is one.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// What it is for, if the step has `each`.
    pub each: Option<Each>,
    /// The evaluated input. May hold secrets.
    pub input: Value,
}

impl RunContext {
    /// The rounds of a step that are to run now, every input evaluated and checked before the first of them begins. `None`: the
    /// step is left out, as its `if` or an earlier failure says.
    ///
    /// # Errors
    /// The first thing that is wrong; then nothing of the step may run.
    pub fn plan(&self, step: &Step, actions: &ActionRegistry) -> Result<Option<Vec<Round>>, PlanError> {
        let left_out = self.has_failed() && !(step.asks_after_failure() && self.goes_on_after_failure());
        if left_out || step.condition == Some(Value::Bool(false)) {
            return Ok(None);
        }
        if step.each.is_none() && !self.runs(step, None)? {
            return Ok(None);
        }
        let rounds = match self.each(step)? {
            Some(rounds) => rounds.into_iter().map(Some).collect(),
            None => vec![None],
        };
        let mut planned = Vec::new();
        for each in rounds {
            // Of a step with `each` the condition is asked for every round.
            if each.is_some() && !self.runs(step, each.as_ref())? {
                continue;
            }
            let input = self.input(step, each.as_ref())?;
            // Whether an action is known was asked before anything began.
            if actions.get(&step.action).is_some()
                && let Some(problem) = actions.check_input(&step.action, &input).into_iter().next()
            {
                return Err(problem.into());
            }
            planned.push(Round { each, input });
        }
        Ok(Some(planned))
    }
}

impl Step {
    /// Whether its `if` calls `always()` or `failure()`: only such steps run after a failure, if it is true then.
    #[must_use]
    pub fn asks_after_failure(&self) -> bool {
        self.condition.as_ref().and_then(Value::as_str).is_some_and(calls_status_function)
    }

    /// What later steps see as the output of this one: with `each`, of every name the list of values.
    #[must_use]
    pub fn collect(&self, outputs: Vec<Value>) -> Value {
        if self.each.is_none() {
            return outputs.into_iter().next().unwrap_or_else(|| Map::new().into());
        }
        let mut result = Map::new();
        for (name, value) in outputs.into_iter().filter_map(|output| output.as_object().cloned()).flatten() {
            if let Some(list) = result.entry(name).or_insert_with(|| Value::Array(Vec::new())).as_array_mut() {
                list.push(value);
            }
        }
        Value::Object(result)
    }
}
