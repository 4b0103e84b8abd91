use super::{Places, actions, engine, find_templates};
use crate::cli::print;
use anyhow::Context as _;
use slipway_scaffold::{ImportReport, Verdict, import_report};
use std::{path::PathBuf, process::ExitCode};

/// `slipway template import-report`
#[derive(clap::Args)]
pub struct Options {
    /// A folder with templates, or one template.
    #[arg(value_name = "FOLDER")]
    place: PathBuf,
    /// Addresses that begin so are read from this folder.
    #[arg(long = "map", value_name = "PREFIX=FOLDER")]
    maps: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let templates = find_templates(&self.place)?;
        let (engine, actions) = (engine(&[])?, actions());
        let mut reports = Vec::new();
        for file in &templates {
            let name = file.display().to_string();
            let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
            reports.push(import_report(
                &text,
                &name,
                &Places::of_template(file, &text, &self.maps)?,
                &actions,
                &engine,
            ));
        }
        if self.json {
            print(&serde_json::to_string_pretty(&reports)?);
        } else {
            reports.iter().for_each(tell);
            let count = |verdict| reports.iter().filter(|report| report.verdict == verdict).count();
            print(&format!(
                "{} templates: {} supported, {} emulated, {} refused",
                reports.len(),
                count(Verdict::Supported),
                count(Verdict::Emulated),
                count(Verdict::Refused)
            ));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::Emulated => "emulated",
        Verdict::Refused => "refused",
    }
}

fn tell(report: &ImportReport) {
    let name = if report.name.is_empty() { "unreadable" } else { &report.name };
    print(&format!("{}: {name}: {}", report.file, word(report.verdict)));
    for problem in &report.problems {
        print(&format!("  {problem}"));
    }
    for action in &report.actions {
        let steps = if action.steps == 1 { "1 step".to_owned() } else { format!("{} steps", action.steps) };
        print(&format!("  {:9}  {} ({steps}): {}", word(action.verdict), action.action, action.why));
    }
}
