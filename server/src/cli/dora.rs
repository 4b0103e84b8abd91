use super::options::Where;
use crate::compose::{self, Role};
use jiff::civil::Date;
use slipway_api_types::{AppError, ErrorCode};
use slipway_dora::{InputError, Metric};
use slipway_services::{
    import,
    insights::{self, Question},
};
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

mod words;

/// What the shell sees when the file or the question, not the program, is at fault.
const BAD_INPUT: u8 = 2;

/// `slipway dora`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Compute the metrics of every example in a file and print them as JSON. Bad input ends with status 2 and the path of the field.
    Compute {
        /// The file; `-` reads standard input.
        #[arg(long, value_name = "FILE")]
        input: PathBuf,
    },
    /// Take one number of a service apart: its rule, the events that count, those that do not and why, coverage and grade.
    Explain {
        #[command(flatten)]
        question: Options,
        /// Which of the five.
        #[arg(long, value_enum)]
        metric: MetricName,
    },
    /// Compute a service's metrics as other tools define them, side by side, with the difference in words.
    Compare {
        #[command(flatten)]
        question: Options,
    },
}

/// Which service, which days, and where its events are.
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
    /// The service's name.
    #[arg(long)]
    service: String,
    /// First day, in the organisation's zone: 2026-01-01
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Date,
    /// The day after the last.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Date,
    /// Print JSON instead of text.
    #[arg(long)]
    json: bool,
}

/// The five metrics, as they are named on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum MetricName {
    #[value(alias = "df", alias = "deployment_frequency")]
    DeploymentFrequency,
    #[value(alias = "lt", alias = "lead_time", alias = "lead_time_s")]
    LeadTime,
    #[value(alias = "cfr", alias = "change_fail_rate")]
    ChangeFailRate,
    #[value(alias = "fdrt", alias = "recovery_time", alias = "fdrt_s")]
    RecoveryTime,
    #[value(alias = "rework", alias = "rework_rate")]
    ReworkRate,
}

impl From<MetricName> for Metric {
    fn from(name: MetricName) -> Self {
        match name {
            MetricName::DeploymentFrequency => Self::DeploymentFrequency,
            MetricName::LeadTime => Self::LeadTime,
            MetricName::ChangeFailRate => Self::ChangeFailRate,
            MetricName::RecoveryTime => Self::RecoveryTime,
            MetricName::ReworkRate => Self::ReworkRate,
        }
    }
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Compute { input } => Ok(match read(&input).and_then(|text| compute(&text)) {
                Ok(results) => {
                    println!("{results}");
                    ExitCode::SUCCESS
                }
                Err(error) => {
                    eprintln!("{error}");
                    ExitCode::from(BAD_INPUT)
                }
            }),
            Self::Explain { question, metric } => {
                let instance = question.instance().await?;
                let caller = import::operator();
                let answer = insights::explain(&instance.slipway, &caller, question.question(), metric.into()).await;
                question.print(answer, words::explained)
            }
            Self::Compare { question } => {
                let instance = question.instance().await?;
                let answer = insights::compare(&instance.slipway, &import::operator(), question.question()).await;
                question.print(answer, |answers| words::compared(answers))
            }
        }
    }
}

impl Options {
    /// The database alone: nothing is deployed here.
    async fn instance(&self) -> anyhow::Result<compose::Instance> {
        let mut config = self.place.load()?.config;
        config.sandbox.enabled = false;
        config.runtimes.clear();
        let role = Role { public_url: config.server.url(config.server.listen), demo: false };
        compose::compose(&config, role).await
    }

    fn question(&self) -> Question<'_> {
        Question { service: &self.service, from: self.from, to: self.to }
    }

    /// Prints the answer, or what is wrong with the question and which part of it.
    fn print<T: serde::Serialize>(
        &self,
        answer: Result<T, AppError>,
        words: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<ExitCode> {
        let answer = match answer {
            Ok(answer) => answer,
            // A service that is not there is the only thing that can be asked for and not be found.
            Err(error) if matches!(error.code, ErrorCode::Invalid | ErrorCode::NotFound) => {
                let field = error.fields.first().map_or("service", |field| field.field.as_str());
                eprintln!("{field}: {error}");
                return Ok(ExitCode::from(BAD_INPUT));
            }
            Err(error) => return Err(error.into()),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&answer)?);
        } else {
            print!("{}", words(&answer));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A day and nothing else: jiff would also take a time and drop it.
fn day(text: &str) -> Result<Date, String> {
    let plain = text.len() == 10 && text.is_ascii();
    plain.then(|| text.parse().ok()).flatten().ok_or_else(|| "write it as 2026-01-31".to_owned())
}

/// The text of the file; what cannot be read is as bad an input as what cannot be understood.
fn read(input: &Path) -> Result<String, InputError> {
    let mut text = String::new();
    let read = if input.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(input)
    };
    read.map_err(|error| InputError { path: input.display().to_string(), message: error.to_string() })
}

fn compute(text: &str) -> Result<String, InputError> {
    let results = slipway_dora::compute_examples(text)?;
    serde_json::to_string_pretty(&results)
        .map_err(|error| InputError { path: ".".to_owned(), message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;
    use serde_json::Value;

    /// Every key of `expected` is there with the same value. Numbers are compared as numbers: 2 is 2.0.
    fn same(expected: &Value, actual: &Value) -> bool {
        match (expected, actual) {
            (Value::Object(fields), actual) => fields.iter().all(|(key, value)| same(value, &actual[key])),
            (Value::Array(e), Value::Array(a)) => e.len() == a.len() && e.iter().zip(a).all(|(e, a)| same(e, a)),
            (Value::Number(e), Value::Number(a)) => e.as_f64() == a.as_f64(),
            (expected, actual) => expected == actual,
        }
    }

    #[test]
    fn the_worked_examples_come_out_of_the_command_exactly() {
        let fixtures = include_str!("../../../crates/dora/tests/fixtures/dora-examples.json");
        let printed: Value = serde_json::from_str(&compute(fixtures).unwrap()).unwrap();
        let fixtures: Value = serde_json::from_str(fixtures).unwrap();
        let (fixtures, printed) = (fixtures["examples"].as_array().unwrap(), printed["examples"].as_array().unwrap());
        assert_eq!(fixtures.len(), printed.len());
        for (fixture, printed) in fixtures.iter().zip(printed) {
            assert_eq!(fixture["id"], printed["id"]);
            assert!(same(&fixture["expected"], &printed["result"]), "{}: {printed:#}", fixture["id"]);
        }
    }

    #[test]
    fn bad_input_says_where() {
        let bad = r#"{"examples":[{"id":"x","config":{"tz":"UTC","from":"2025-01-06","to":"2025-01-20"},
            "deployments":[{"id":"d","revision":"a","finished_at":"2025-01-07T10:00Z","status":"great"}]}]}"#;
        let error = compute(bad).unwrap_err().to_string();
        assert!(error.starts_with("examples[0].deployments[0].status: "), "{error}");
        assert_eq!(read(Path::new("no-such-file.json")).unwrap_err().path, "no-such-file.json");
    }

    #[test]
    fn a_day_is_a_day_and_nothing_else() {
        assert_eq!(day("2026-01-31"), Ok(jiff::civil::date(2026, 1, 31)));
        for wrong in ["20260131", "2026-02-30", "2026-01-31T10:00", "", "today", "２０２６", "-00001-1-1"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn metrics_have_one_name_here_and_in_the_engine() {
        for name in MetricName::value_variants() {
            let value = name.to_possible_value().unwrap();
            assert!(value.matches(Metric::from(*name).name(), false), "{name:?}");
        }
    }
}
