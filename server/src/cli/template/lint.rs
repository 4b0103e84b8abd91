use super::{Places, actions, engine, find_templates};
use crate::cli::print;
use anyhow::Context as _;
use slipway_scaffold::{Level, lint};
use std::{path::PathBuf, process::ExitCode};

/// `slipway template lint`
#[derive(clap::Args)]
pub struct Options {
    /// A folder with templates, or one template.
    #[arg(value_name = "FOLDER")]
    pub place: PathBuf,
    /// Addresses that begin so are read from this folder.
    #[arg(long = "map", value_name = "PREFIX=FOLDER")]
    pub maps: Vec<String>,
    /// Warnings fail too.
    #[arg(long)]
    pub strict: bool,
}

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let templates = find_templates(&self.place)?;
        anyhow::ensure!(!templates.is_empty(), "{} has no template in it", self.place.display());
        let (engine, actions) = (engine(&[])?, actions());
        let (mut errors, mut warnings) = (0, 0);
        for file in &templates {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
            let places = Places::of_template(file, &text, &self.maps)?;
            for finding in lint(&text, &name, &places, &actions, &engine) {
                match finding.level {
                    Level::Error => errors += 1,
                    Level::Warning => warnings += 1,
                }
                let word = if finding.level == Level::Error { "error" } else { "warning" };
                print(&format!("{word}: {}", finding.problem));
            }
        }
        eprintln!("{} templates, {errors} errors, {warnings} warnings", templates.len());
        Ok(if errors > 0 || (self.strict && warnings > 0) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
