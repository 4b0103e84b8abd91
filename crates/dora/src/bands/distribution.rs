//! How the answers of 2025 were distributed. Rework rate is missing: its transcriptions disagree.

use serde::Serialize;

use super::{DAY, HOUR, MONTH, Measure, WEEK};

/// Where the numbers come from. They were transcribed, not read in the report itself.
pub const DISTRIBUTION_SOURCE: &str = "DORA 2025, State of AI-assisted Software Development (v.2025.2), as transcribed";

/// One answer of the survey.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    pub label: &'static str,
    /// Share of respondents, per cent.
    pub share: f64,
}

const fn step(label: &'static str, share: f64) -> Step {
    Step { label, share }
}

const DEPLOYMENT_FREQUENCY: [Step; 6] = [
    step("on demand", 16.2),
    step("between hourly and daily", 6.5),
    step("between daily and weekly", 21.9),
    step("between weekly and monthly", 31.5),
    step("between monthly and every six months", 20.3),
    step("less than every six months", 3.6),
];
const LEAD_TIME: [Step; 6] = [
    step("less than an hour", 9.4),
    step("less than a day", 15.0),
    step("a day to a week", 31.9),
    step("a week to a month", 28.3),
    step("one to six months", 13.2),
    step("more than six months", 2.0),
];
const RECOVERY: [Step; 6] = [
    step("less than an hour", 21.3),
    step("less than a day", 35.3),
    step("a day to a week", 28.0),
    step("a week to a month", 9.4),
    step("one to six months", 4.9),
    step("more than six months", 1.0),
];
const CHANGE_FAIL_RATE: [Step; 7] = [
    step("0-2 %", 8.5),
    step("2-4 %", 8.1),
    step("4-8 %", 19.6),
    step("8-16 %", 26.0),
    step("16-32 %", 19.5),
    step("32-64 %", 12.5),
    step("more than 64 %", 5.9),
];

/// Where a value stands among the answers of 2025.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Standing {
    pub year: u16,
    /// The answer that the value would have been.
    pub label: &'static str,
    /// Share of respondents with a worse answer, per cent: "better than x % of respondents".
    pub better_than: f64,
    /// Share of respondents with the same answer, per cent.
    pub same: f64,
    pub source: &'static str,
}

/// The answers for the metric of this measure (its value does not matter), best first.
#[must_use]
pub fn distribution(measure: Measure) -> &'static [Step] {
    match measure {
        Measure::DeploymentFrequency(_) => &DEPLOYMENT_FREQUENCY,
        Measure::LeadTime(_) => &LEAD_TIME,
        Measure::Recovery(_) => &RECOVERY,
        Measure::ChangeFailRate(_) => &CHANGE_FAIL_RATE,
    }
}

/// Compares a value with the answers of 2025.
#[must_use]
pub fn standing(measure: Measure) -> Standing {
    let steps = distribution(measure);
    let index = match measure {
        Measure::DeploymentFrequency(bucket) => bucket as usize,
        Measure::LeadTime(seconds) | Measure::Recovery(seconds) => duration_step(seconds),
        Measure::ChangeFailRate(rate) => {
            [0.02, 0.04, 0.08, 0.16, 0.32, 0.64].iter().filter(|bound| rate > **bound).count()
        }
    };
    // Tenths of a per cent, so that the sum shows no binary noise.
    let worse: f64 = steps[index + 1..].iter().map(|step| step.share).sum();
    Standing {
        year: 2025,
        label: steps[index].label,
        better_than: (worse * 10.0).round() / 10.0,
        same: steps[index].share,
        source: DISTRIBUTION_SOURCE,
    }
}

fn duration_step(seconds: f64) -> usize {
    if seconds < HOUR {
        0
    } else if seconds < DAY {
        1
    } else {
        2 + [WEEK, MONTH, 6.0 * MONTH].iter().filter(|bound| seconds > **bound).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Bucket;

    #[test]
    fn better_than_the_answers_below() {
        let df = standing(Measure::DeploymentFrequency(Bucket::DayToWeek));
        assert_eq!((df.label, df.better_than), ("between daily and weekly", 55.4));
        assert_eq!(standing(Measure::LeadTime(40.0 * HOUR)).better_than, 43.5);
        assert_eq!(standing(Measure::ChangeFailRate(0.2)).better_than, 18.4);
        assert_eq!(standing(Measure::ChangeFailRate(1.0)).better_than, 0.0);
        assert_eq!(standing(Measure::Recovery(0.0)).better_than, 78.6);
        assert_eq!(standing(Measure::Recovery(7.0 * MONTH)).label, "more than six months");
    }
}
