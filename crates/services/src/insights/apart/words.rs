//! What was computed of a number, in words.

use crate::{
    insights::{window::Window, words},
    views::short,
    zone,
};
use slipway_api_types::insights::{Line, OtherDefinition};
use slipway_domain::time::Timestamp;
use slipway_dora::{
    Coverage, Explanation, Id, Instant, Metric,
    definitions::Answer,
    grade::{Check, Grade},
    real,
};

/// A value in the unit that people use.
fn value(metric: Metric, value: f64) -> String {
    match metric {
        Metric::DeploymentFrequency => format!("{} per week", words::figure(value * 7.0)),
        Metric::LeadTime | Metric::RecoveryTime => words::duration(value),
        Metric::ChangeFailRate | Metric::ReworkRate => words::percent(value),
    }
}

/// Value, interval, fraction, window and rule.
pub(super) fn facts(explanation: &Explanation, window: &Window) -> Vec<Line> {
    let metric = explanation.metric;
    let line = |name: &str, value: String| (name.to_owned(), value);
    let mut facts = vec![line("Value", explanation.value.map_or_else(|| "none".to_owned(), |v| value(metric, v)))];
    if let Some([low, high]) = explanation.interval95 {
        facts.push(line("95 % interval", format!("{} to {}", value(metric, low), value(metric, high))));
    }
    if explanation.sketched {
        let why = "some days have so many changes that a sketch of them is kept";
        facts.push(line("Accuracy", format!("{}: {why}", words::ACCURACY)));
    }
    if let Some(fraction) = explanation.fraction {
        let words = match metric {
            Metric::DeploymentFrequency => {
                let days = words::count(fraction.denominator, "day", "days");
                format!("{} in {days}", words::count(fraction.numerator, "deployment", "deployments"))
            }
            _ => format!("{} of {}", fraction.numerator, fraction.denominator),
        };
        facts.push(line("Numerator and denominator", words));
    }
    let days = format!("{} up to {}, {}", explanation.from, explanation.to, explanation.tz);
    facts.push(line("Days", days));
    facts.push(line("As of", minute(explanation.as_of, window)));
    facts.push(line("Environments", "production".to_owned()));
    facts.push(line("Definition", explanation.definition.to_owned()));
    facts
}

/// The grade alone.
pub(super) const fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "A",
        Grade::B => "B",
        Grade::C => "C",
        Grade::D => "D",
        Grade::NotMeasured => "not measured",
    }
}

/// What a grade rests on.
pub(super) fn check(check: &Check) -> Line {
    (
        capital(check.what),
        if check.of == 0 { "none to look at".to_owned() } else { format!("{} of {}", check.have, check.of) },
    )
}

/// What is known of the events under every number.
pub(super) fn coverage(coverage: &Coverage, window: &Window) -> Vec<Line> {
    let c = coverage;
    let line = |name: &str, value: String| (name.to_owned(), value);
    let last = |at: Option<Instant>| at.map_or_else(|| "never".to_owned(), |at| minute(at, window));
    let mut lines = vec![
        line("Deployments with a known revision", format!("{} of {}", c.with_known_revision, c.deployments)),
        line("Changes that are pull requests", format!("{} of {}", c.from_pull_requests, c.changes)),
        line("Changes made by programs", c.from_bots.to_string()),
        line("Changes that wait for a deployment", c.undelivered_changes.to_string()),
    ];
    if let Some(oldest) = c.oldest_undelivered_at {
        lines.push(line("The oldest of them", minute(oldest, window)));
    }
    let links = format!(
        "{} by people, {} named by their source, {} inferred, {} external, {} undecided",
        c.linked_manual, c.linked_explicit, c.linked_inferred, c.external, c.undecided
    );
    lines.push(line(
        "Incidents",
        if c.incidents == 0 { "none".to_owned() } else { format!("{}: {links}", c.incidents) },
    ));
    lines.push(line("Last deployment heard of", last(c.last_deployment_at)));
    lines.push(line(
        "Last incident heard of",
        if c.incidents_connected { last(c.last_incident_at) } else { "no source".to_owned() },
    ));
    lines
}

/// One definition's answers, and why its number for `metric` differs.
pub(super) fn definition(answer: &Answer, metric: Metric) -> OtherDefinition {
    let duration = |seconds: Option<f64>| seconds.map_or_else(|| "none".to_owned(), words::duration);
    let share = |part: u64, whole: u64| format!("{part} of {whole}");
    let fails = answer.fail_rate.map_or_else(
        || "none".to_owned(),
        |rate| format!("{} ({})", words::percent(rate), share(answer.failures.numerator, answer.failures.denominator)),
    );
    let rework = answer.rework.map_or_else(
        || "does not have it".to_owned(),
        |rework| match rework.denominator {
            0 => "none".to_owned(),
            whole => {
                let rate = words::percent(real(rework.numerator) / real(whole));
                format!("{rate} ({})", share(rework.numerator, whole))
            }
        },
    );
    let mut differences: Vec<_> = answer.differences.iter().filter(|difference| difference.metric == metric).collect();
    differences.sort_by_key(|difference| !difference.differs);
    let sentence = |difference: &&slipway_dora::definitions::Difference| {
        if difference.differs {
            difference.words.to_owned()
        } else {
            format!("{} Here that makes no difference.", difference.words)
        }
    };
    OtherDefinition {
        name: answer.definition.name().to_owned(),
        answers: [
            format!("{}; {}", words::count(answer.deployments, "deployment", "deployments"), answer.frequency),
            duration(answer.lead_time_s),
            fails,
            duration(answer.recovery_s),
            rework,
        ],
        differences: differences.iter().map(sentence).collect(),
    }
}

/// A source's id: a commit as people write it, anything else as it is.
pub(super) fn id(id: &Id) -> String {
    let is_commit = id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit { short(id) } else { id.to_string() }
}

/// An instant in the reporting zone.
pub(super) fn minute(at: Instant, window: &Window) -> String {
    zone::minute(Timestamp::from_millis(at.ms()), &window.zone)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
