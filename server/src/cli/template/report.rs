use super::{
    Places, actions,
    archive::{fetch, is_archive, unpack},
    engine, find_templates,
};
use crate::cli::{counted, print};
use anyhow::Context as _;
use slipway_forge::{Clone, history::DEFAULT_TIMEOUT};
use slipway_scaffold::{ImportReport, Verdict, import_report};
use std::{path::Path, process::ExitCode};

/// `slipway template import-report`
#[derive(clap::Args)]
pub struct Options {
    /// A folder with templates, one template, an archive (.zip, .tar.gz), or the http:// or https:// URL of an archive or a Git repository.
    #[arg(value_name = "FOLDER|URL")]
    place: String,
    /// Addresses that begin so are read from this folder.
    #[arg(long = "map", value_name = "PREFIX=FOLDER")]
    maps: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Options {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let remote = ["http://", "https://"].iter().any(|scheme| self.place.starts_with(scheme));
        let packed = is_archive(&self.place) && !Path::new(&self.place).is_dir();
        let reports = if remote || packed {
            let folder = tempfile::tempdir()?;
            let read: anyhow::Result<()> = async {
                if packed {
                    let bytes = if remote { fetch(&self.place).await? } else { std::fs::read(&self.place)? };
                    return unpack(&bytes, folder.path());
                }
                let clone = Clone::open(&self.place, DEFAULT_TIMEOUT).await?;
                Ok(clone.check_out(folder.path()).await?)
            }
            .await;
            read.with_context(|| format!("{} cannot be read", self.place))?;
            self.look_at(folder.path(), Some(self.place.trim_end_matches('/')))?
        } else {
            self.look_at(Path::new(&self.place), None)?
        };
        anyhow::ensure!(!reports.is_empty(), "{} has no template in it", self.place);
        if self.json {
            print(&serde_json::to_string_pretty(&reports)?);
        } else {
            reports.iter().for_each(tell);
            let count = |verdict| reports.iter().filter(|report| report.verdict == verdict).count();
            print(&format!(
                "{}: {} supported, {} emulated, {} refused",
                counted(reports.len(), "template"),
                count(Verdict::Supported),
                count(Verdict::Emulated),
                count(Verdict::Refused)
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Every template of a folder. `url` is where it was read from: what files are called by, and what their addresses begin with.
    fn look_at(&self, folder: &Path, url: Option<&str>) -> anyhow::Result<Vec<ImportReport>> {
        let (engine, actions) = (engine(&[])?, actions());
        let maps: Vec<String> =
            self.maps.iter().cloned().chain(url.map(|url| format!("{url}={}", folder.display()))).collect();
        let mut reports = Vec::new();
        for file in find_templates(folder)? {
            let inside = file.strip_prefix(folder).unwrap_or(&file).display();
            let name = url.map_or_else(|| file.display().to_string(), |url| format!("{url}/{inside}"));
            let text = std::fs::read_to_string(&file).with_context(|| format!("{name} cannot be read"))?;
            let places = Places::of_template(&file, &text, &maps)?;
            reports.push(import_report(&text, &name, &places, &actions, &engine));
        }
        Ok(reports)
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
        let steps = counted(action.steps, "step");
        print(&format!("  {:9}  {} ({steps}): {}", word(action.verdict), action.action, action.why));
    }
}
