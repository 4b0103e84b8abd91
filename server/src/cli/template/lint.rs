use super::{Places, actions, engine, find_templates};
use crate::cli::{counted, print};
use anyhow::Context as _;
use slipway_domain::catalog::Entity;
use slipway_scaffold::{Document, Finding, Level, TemplateError, lint};
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
            let mut findings = lint(&text, &name, &places, &actions, &engine);
            for problem in refused(&text, &name, &places) {
                // What stops the template from being read is told already.
                if findings.iter().all(|finding| finding.problem.field != problem.field) {
                    findings.push(Finding { level: Level::Error, problem });
                }
            }
            for finding in findings {
                match finding.level {
                    Level::Error => errors += 1,
                    Level::Warning => warnings += 1,
                }
                let word = if finding.level == Level::Error { "error" } else { "warning" };
                print(&format!("{word}: {}", finding.problem));
            }
        }
        let (templates, errors_found) = (counted(templates.len(), "template"), counted(errors, "error"));
        eprintln!("{templates}, {errors_found}, {}", counted(warnings, "warning"));
        Ok(if errors > 0 || (self.strict && warnings > 0) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Why the catalogue would not take a template, whatever its steps do.
fn refused(text: &str, file: &str, places: &Places) -> Vec<TemplateError> {
    let documents = Document::read_all(text, places).into_iter().filter_map(Result::ok);
    let templates = documents.filter(|document| document.value()["kind"] == "Template");
    let problems = templates.flat_map(|document| {
        let wrong = Entity::problems(&document.value()).into_iter();
        wrong.map(move |wrong| {
            let (line, column) = document.place_of(&wrong.field);
            TemplateError { file: file.to_owned(), line, column, field: wrong.field, message: wrong.message }
        })
    });
    problems.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_catalogue_would_refuse_is_said() {
        let text = "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata:\n  name: a\n  tags: [Two Words]\n\
                    spec:\n  type: service\n  owner: not a team\n  steps: []\n";
        let places = Places::new(std::path::Path::new("template.yaml"), &[]).unwrap();
        let said: Vec<String> = refused(text, "t.yaml", &places).iter().map(ToString::to_string).collect();
        assert!(said[0].starts_with("t.yaml:5:10: metadata.tags.0:"), "{said:?}");
        assert!(said[1].starts_with("t.yaml:8:10: spec.owner:") && said.len() == 2, "{said:?}");
    }
}
