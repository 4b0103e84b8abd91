//! `debug:log` and `debug:wait`.

use serde_json::{Value, json};

use super::{Bench, Local, spec};

/// The longest that a template may wait.
const LONGEST_MINUTES: f64 = 10.0;
/// The most that is shown of one file, characters.
const SHOWN: usize = 2_000;

pub(super) const ACTIONS: &[Local] = &[
    Local {
        spec: || {
            let inputs = json!({
                "message": {"type": "string"},
                "listWorkspace": {"enum": [true, false, "with-filenames", "with-contents"]},
            });
            spec("debug:log", "Writes a message into the log, and lists the files so far.", &[], inputs, json!({}))
        },
        run: log,
    },
    Local {
        spec: || {
            let number = json!({"type": "number"});
            let inputs = json!({ "minutes": number, "seconds": number, "milliseconds": number });
            spec("debug:wait", "Waits, ten minutes at most.", &[], inputs, json!({}))
        },
        run: wait,
    },
];

fn log(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    if let Some(message) = input["message"].as_str() {
        bench.say(message);
    }
    let lists = &input["listWorkspace"];
    if lists.is_string() || *lists == true {
        let mut lines = Vec::new();
        for (path, file) in bench.workspace.iter() {
            lines.push(format!("  - {path}"));
            if lists == "with-contents" {
                lines.push(String::from_utf8_lossy(&file.bytes).chars().take(SHOWN).collect());
            }
        }
        bench.log.extend(lines);
    }
    Ok(json!({}))
}

fn wait(bench: &mut Bench<'_>, input: &Value) -> Result<Value, String> {
    let part = |name: &str| input[name].as_f64().unwrap_or_default();
    let minutes = part("minutes") + part("seconds") / 60.0 + part("milliseconds") / 60_000.0;
    if minutes > LONGEST_MINUTES {
        return Err(format!("Waiting is limited to {LONGEST_MINUTES} minutes"));
    }
    bench.say(format!("Would wait for {} seconds", minutes * 60.0));
    Ok(json!({}))
}
