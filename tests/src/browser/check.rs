//! What must hold on every page, whatever it shows.

use super::Browser;
use crate::needs;
use serde_json::Value;
use std::fs;

/// Runs axe-core (<https://github.com/dequelabs/axe-core>) on the page and gives what it found.
const RUN_AXE: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, { resultTypes: ['violations'] }).then(
        (results) => done(results.violations.map((rule) => ({
            rule: rule.id, help: rule.help, impact: rule.impact,
            where: rule.nodes.slice(0, 5).map((node) => node.target.join(' ') + '  ' + node.html.slice(0, 200) + '  ' + node.failureSummary),
        }))),
        (error) => done([{ rule: 'axe failed', help: String(error), where: [] }]),
    );";

/// The elements that make the page wider than its window.
const TOO_WIDE: &str = "
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1);
    return wide.slice(0, 8).map((e) => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right));";

impl Browser {
    /// What is wrong with the open page, one line each: what axe-core finds, a page wider than its window, errors in the
    /// console.
    ///
    /// # Panics
    /// When axe-core cannot be read.
    pub async fn complaints(&self) -> Vec<String> {
        let mut complaints = self.console_errors().await;
        for wide in self.script(TOO_WIDE).await.as_array().into_iter().flatten() {
            complaints.push(format!("wider than its window: {}", wide.as_str().unwrap_or_default()));
        }
        if let Some(file) = needs::path(needs::AXE) {
            let axe = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            self.script(&axe).await;
            let found = self.driver.client.execute_async(RUN_AXE, Vec::new()).await.expect("axe runs");
            complaints.extend(found.as_array().into_iter().flatten().map(in_words));
        }
        complaints
    }

    /// Errors that the browser wrote to its console since it was last asked.
    pub async fn console_errors(&self) -> Vec<String> {
        let lines = self.driver.console().await;
        let errors = lines.iter().filter(|line| line["level"] == "SEVERE");
        errors.map(|line| format!("console: {}", line["message"].as_str().unwrap_or_default())).collect()
    }
}

fn in_words(found: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let places: Vec<String> = found["where"].as_array().into_iter().flatten().map(text).collect();
    format!(
        "axe {} ({}): {}\n      {}",
        text(&found["rule"]),
        text(&found["impact"]),
        text(&found["help"]),
        places.join("\n      ")
    )
}
