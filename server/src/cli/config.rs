use super::options::Where;
use std::process::ExitCode;

/// `slipway config`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Read the configuration and say whether it can be used.
    Check(Where),
    /// Print the configuration as it counts, without secrets.
    Print(Where),
}

impl Command {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check(place) => {
                let loaded = place.load()?;
                match loaded.file {
                    Some(file) => println!("{} and the environment are fine.", file.display()),
                    None => println!("There is no configuration file; the environment is fine."),
                }
            }
            Self::Print(place) => {
                let loaded = place.load()?;
                print!("{}", loaded.config.to_toml(&loaded.written)?);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
