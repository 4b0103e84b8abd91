//! `debug:wait` and `roadiehq:utils:sleep`: wait. One that is interrupted waits anew.

use super::{Action, ActionContext, ActionError, KNOWN};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_domain::time::MINUTE;
use slipway_scaffold::ActionSpec;
use std::time::Duration;

/// The longest that a template may wait, milliseconds.
const LONGEST: i64 = 10 * MINUTE;

/// Both: a name, and how long an input says to wait, seconds.
struct Wait(&'static str, fn(&Value) -> f64);

pub(super) fn all() -> impl Iterator<Item = Box<dyn Action>> {
    let waits = [
        Wait("debug:wait", |input| {
            number(input, "minutes") * 60.0 + number(input, "seconds") + number(input, "milliseconds") / 1_000.0
        }),
        Wait("roadiehq:utils:sleep", |input| number(input, "amount")),
    ];
    waits.into_iter().map(|wait| Box::new(wait) as Box<dyn Action>)
}

fn number(input: &Value, key: &str) -> f64 {
    input[key].as_f64().unwrap_or_default()
}

#[async_trait]
impl Action for Wait {
    fn spec(&self) -> ActionSpec {
        let known = KNOWN.registry().get(self.0).cloned();
        let nothing = || json!({"type": "object"});
        known.unwrap_or_else(|| ActionSpec {
            name: self.0.to_owned(),
            description: String::new(),
            input_schema: nothing(),
            output_schema: nothing(),
            has_undo: false,
        })
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        let time = Duration::try_from_secs_f64(self.1(input)).unwrap_or(Duration::MAX);
        let longest = Duration::from_millis(LONGEST.unsigned_abs());
        if time > longest {
            let message = format!("A step waits at most {} minutes.", LONGEST / MINUTE);
            return Err(ActionError::refused(message, "Mend the template, then try again."));
        }
        ctx.say(format!("Waiting for {} seconds", time.as_secs_f64()));
        tokio::select! {
            () = tokio::time::sleep(time) => Ok(json!({})),
            // Another process goes on with it, or this one when it is back.
            () = ctx.slipway.wake.stopping.cancelled() => Err(ActionError::Overtaken),
        }
    }
}
