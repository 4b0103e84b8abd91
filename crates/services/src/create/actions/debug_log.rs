//! `debug:log`: says something in the run's log.

use super::{Action, ActionContext, ActionError, text};
use async_trait::async_trait;
use serde_json::{Value, json};
use slipway_scaffold::ActionSpec;

/// The most that is shown of one file, characters.
const SHOWN: usize = 2_000;

pub(super) struct DebugLog;

#[async_trait]
impl Action for DebugLog {
    fn spec(&self) -> ActionSpec {
        ActionSpec {
            name: "debug:log".to_owned(),
            description: "Writes a message into the log, and lists the files rendered so far.".to_owned(),
            input_schema: json!({
                "type": "object",
                "properties": {
                    "message": {"type": "string"},
                    "listWorkspace": {"enum": [true, false, "with-filenames", "with-contents"]},
                },
            }),
            output_schema: json!({"type": "object"}),
            has_undo: false,
        }
    }

    async fn run(&self, ctx: &ActionContext<'_>, input: &Value, _plan: &Value) -> Result<Value, ActionError> {
        if let Some(message) = input["message"].as_str() {
            ctx.say(message);
        }
        let (lists, contents) = (&input["listWorkspace"], text(input, "listWorkspace") == "with-contents");
        if lists.is_string() || lists == true {
            for (path, file) in ctx.files().await?.iter() {
                ctx.say(path);
                if contents {
                    ctx.say(String::from_utf8_lossy(&file.bytes).chars().take(SHOWN).collect::<String>());
                }
            }
        }
        Ok(json!({}))
    }
}
