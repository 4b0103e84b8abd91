use anyhow::Context as _;
use std::{io::Read as _, path::PathBuf, process::ExitCode};

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
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let Self::Compute { input } = self;
        let mut text = String::new();
        if input.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        } else {
            text = std::fs::read_to_string(&input).with_context(|| format!("{} cannot be read", input.display()))?;
        }
        match slipway_dora::compute_examples(&text) {
            Ok(results) => {
                println!("{}", serde_json::to_string_pretty(&results)?);
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                eprintln!("{}: {}", error.path, error.message);
                Ok(ExitCode::from(2))
            }
        }
    }
}
