//! Explanations as text for a terminal.

use slipway_dora::{
    Explanation, Metric,
    definitions::{Answer, Definition},
    grade::Grade,
};
use slipway_services::insights::Explained;
use std::fmt::{self, Write as _};

/// Events listed before the rest is only counted; `--json` has them all.
const MOST_LISTED: usize = 40;

pub fn explained(explained: &Explained) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write_explained(&mut out, explained);
    out
}

fn write_explained(out: &mut String, explained: &Explained) -> fmt::Result {
    let e = &explained.explanation;
    writeln!(out, "{}, {} to {} ({}), {}", e.metric.name(), e.from, e.to, e.tz, e.definition)?;
    writeln!(out, "{}", e.formula)?;
    writeln!(out, "\nValue     {}", headline(e))?;
    if let Some(fraction) = e.fraction {
        writeln!(out, "Fraction  {} / {}", fraction.numerator, fraction.denominator)?;
    }
    if let Some(too_few) = e.too_few {
        writeln!(out, "          {}", too_few.sentence())?;
    }
    writeln!(out, "Grade     {}", grade(e.quality.grade))?;
    for check in &e.quality.checks {
        writeln!(out, "          {}: {} of {}", check.what, check.have, check.of)?;
    }
    for hint in &explained.hints {
        let names: Vec<&str> = hint.names.iter().map(|name| name.as_str()).collect();
        let line = format!("Note      {} {}", hint.text, names.join(", "));
        writeln!(out, "{}", line.trim_end())?;
    }
    coverage(out, e)?;
    writeln!(out, "\nEvents in: {}", e.ins.len())?;
    for event in e.ins.iter().take(MOST_LISTED) {
        let above = if e.numerator.contains(&event.id) { "*" } else { " " };
        let length = event.seconds.map(|s| format!(" {}", duration(s))).unwrap_or_default();
        let by = event.deployment.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        writeln!(out, "{above} {}  {}{length}  {}{by}", event.at, event.id, event.because)?;
    }
    rest(out, e.ins.len())?;
    writeln!(out, "\nEvents out: {}", e.outs.len())?;
    for event in e.outs.iter().take(MOST_LISTED) {
        let at = event.at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        writeln!(out, "  {at}  {}  {}", event.id, event.sentence)?;
    }
    rest(out, e.outs.len())
}

/// What the number rests on.
fn coverage(out: &mut String, e: &Explanation) -> fmt::Result {
    let c = &e.coverage;
    let last = |at: Option<slipway_dora::Instant>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    writeln!(out, "Coverage  {} deployments, the last known {}", c.deployments, last(c.last_deployment_at))?;
    writeln!(
        out,
        "          {} changes ({} from pull requests, {} by programs); {} wait for a deployment",
        c.changes, c.from_pull_requests, c.from_bots, c.undelivered_changes
    )?;
    writeln!(
        out,
        "          {} incidents, the last known {}; linked by a person {}, by their source {}, inferred {}; external {}, undecided {}",
        c.incidents,
        last(c.last_incident_at),
        c.linked_manual,
        c.linked_explicit,
        c.linked_inferred,
        c.external,
        c.undecided
    )
}

fn rest(out: &mut String, count: usize) -> fmt::Result {
    if count > MOST_LISTED {
        writeln!(out, "  … and {} more (--json lists them)", count - MOST_LISTED)
    } else {
        Ok(())
    }
}

fn headline(e: &Explanation) -> String {
    let one = |value: f64| match e.metric {
        Metric::LeadTime | Metric::RecoveryTime => seconds(value),
        Metric::ChangeFailRate | Metric::ReworkRate => format!("{:.1} %", value * 100.0),
        Metric::DeploymentFrequency => format!("{value:.3} per day"),
    };
    let value = e.value.map_or_else(|| "none".to_owned(), one);
    match e.interval95 {
        Some([low, high]) => format!("{value} (95 %: {} to {})", one(low), one(high)),
        None => value,
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::D => "D",
        Grade::NotMeasured => "not measured: a source is missing",
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of a duration stay far below 2^53")]
fn seconds(value: f64) -> String {
    duration(value.round() as i64)
}

/// `40 s`, `25 min`, `2 h 05 min`, `3 d 04 h`.
fn duration(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..172_800 => format!("{hours} h {:02} min", minutes % 60),
        _ => format!("{days} d {:02} h", hours % 24),
    }
}

pub fn compared(answers: &[Answer]) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write_compared(&mut out, answers);
    out
}

fn write_compared(out: &mut String, answers: &[Answer]) -> fmt::Result {
    let or_none = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), seconds);
    writeln!(out, "{:<22} {:>11} {:>14} {:>18} {:>14}", "", "deployments", "lead time", "fail rate", "recovery")?;
    for answer in answers {
        let f = answer.failures;
        let rate = answer.fail_rate.map_or_else(|| "-".to_owned(), |rate| format!("{:.1} %", rate * 100.0));
        let rate = format!("{}/{} {rate}", f.numerator, f.denominator);
        let (lead, recovery) = (or_none(answer.lead_time_s), or_none(answer.recovery_s));
        let name = answer.definition.name();
        writeln!(out, "{name:<22} {:>11} {lead:>14} {rate:>18} {recovery:>14}", answer.deployments)?;
    }
    for answer in answers.iter().filter(|answer| answer.definition != Definition::Ours) {
        writeln!(out, "\n{} ({})", answer.definition.name(), answer.frequency)?;
        for difference in &answer.differences {
            let mark = if difference.differs { "≠" } else { "=" };
            writeln!(out, "  {mark} {}: {}", difference.metric.name(), difference.words)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn durations_are_short() {
        let words = [40, 1_500, 7_500, 172_799, 273_600].map(duration);
        assert_eq!(words, ["40 s", "25 min", "2 h 05 min", "47 h 59 min", "3 d 04 h"]);
    }
}
