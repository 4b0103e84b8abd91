use slipway_dora::InputError;
use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What the shell sees when the file, not the program, is at fault.
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
        }
    }
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
    serde_json::to_string_pretty(&results).map_err(|error| InputError { path: ".".to_owned(), message: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_worked_examples_go_through_the_command() {
        let fixtures = include_str!("../../../crates/dora/tests/fixtures/dora-examples.json");
        let printed: Value = serde_json::from_str(&compute(fixtures).unwrap()).unwrap();
        let ids: Vec<&str> = printed["examples"].as_array().unwrap().iter().filter_map(|e| e["id"].as_str()).collect();
        assert_eq!(ids, ["P1", "P2", "P3", "P4", "P5", "P6"]);
        assert_eq!(printed["examples"][4]["result"]["fdrt_s"]["median"], 55_800);
    }

    #[test]
    fn bad_input_says_where() {
        let bad = r#"{"examples":[{"id":"x","config":{"tz":"UTC","from":"2025-01-06","to":"2025-01-20"},
            "deployments":[{"id":"d","revision":"a","finished_at":"2025-01-07T10:00Z","status":"great"}]}]}"#;
        let error = compute(bad).unwrap_err().to_string();
        assert!(error.starts_with("examples[0].deployments[0].status: "), "{error}");
        assert_eq!(read(Path::new("no-such-file.json")).unwrap_err().path, "no-such-file.json");
    }
}
