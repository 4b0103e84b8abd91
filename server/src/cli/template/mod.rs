//! `slipway template`: everything about templates that needs no server. Reading and writing is here, the rest in `slipway_scaffold`.

mod archive;
mod eval;
mod golden;
mod lint;
mod new;
mod places;
mod report;
mod run;
mod tree;

pub use places::Places;

use anyhow::Context as _;
use serde_json::{Map, Value};
use slipway_nunjucks::{
    Dialect, Engine,
    backstage::{self, RepoHost},
};
use slipway_scaffold::Actions;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `slipway template`
#[derive(clap::Subcommand)]
pub enum Command {
    /// Run a template into a folder, as the portal would. Actions that reach outside are not done; their outputs are given or examples.
    Run(run::Options),
    /// Evaluate expressions: one JSON object a line in, one a line out.
    Eval(eval::Options),
    /// Look for mistakes in every template of a folder.
    Lint(lint::Options),
    /// Run the cases of every template of a folder and compare what comes out with the golden files.
    Test(golden::Options),
    /// Write a good starting template.
    New(new::Options),
    /// Say what of the templates of a folder or a Git repository runs here, what is emulated, and what is refused and why.
    ImportReport(report::Options),
}

impl Command {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Run(options) => options.run(),
            Self::Eval(options) => options.run(),
            Self::Lint(options) => options.run(),
            Self::Test(options) => options.run(),
            Self::New(options) => options.run(),
            Self::ImportReport(options) => options.run().await,
        }
    }
}

/// What templates may call. Of repositories it knows the public hosts, and `hosts`, each `name=kind`.
fn engine(hosts: &[String]) -> anyhow::Result<Engine> {
    let mut known = backstage::public_hosts();
    for host in hosts {
        let (name, kind) = host.split_once('=').unwrap_or((host, "github"));
        let kind = match kind {
            "github" => RepoHost::OwnerAndRepo,
            "gitlab" => RepoHost::GitLab,
            "bitbucketCloud" => RepoHost::BitbucketCloud,
            "bitbucketServer" | "azure" => RepoHost::ProjectAndRepo,
            "gerrit" | "gitea" => RepoHost::RepoOnly,
            _ => anyhow::bail!(
                "--host {host}: {kind} is no kind of host; use github, gitlab, bitbucketCloud, bitbucketServer, azure, gerrit or gitea"
            ),
        };
        known.insert(name.to_lowercase(), kind);
    }
    Ok(backstage::engine(known))
}

/// `current` or `legacy`.
fn dialect(text: &str) -> Result<Dialect, String> {
    Dialect::parse(text).ok_or_else(|| "use current or legacy".to_owned())
}

/// Every action there is: those of the public templates, and the portal's own.
fn actions() -> Actions {
    let mut actions = Actions::default();
    slipway_services::create::action_specs().for_each(|spec| actions.add_portal(spec));
    actions
}

/// The object in a JSON or YAML file.
fn read_object(file: &Path) -> anyhow::Result<Map<String, Value>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    match read_value(&text).map_err(|why| anyhow::anyhow!("{}:{why}", file.display()))? {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => anyhow::bail!("{}:1:1: an object is needed here", file.display()),
    }
}

/// A file and where in it a field stands.
fn placed(file: &Path, field: &str) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let document =
        slipway_scaffold::Document::read_all(&text, &slipway_scaffold::NoFiles).into_iter().find_map(Result::ok);
    let (line, column) = document.map_or((1, 1), |document| document.place_of(field));
    format!("{}:{line}:{column}", file.display())
}

/// JSON, else YAML; an error begins with line and column.
fn read_value(text: &str) -> Result<Value, String> {
    let json = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if text.trim_start().starts_with(['{', '[']) {
        return Err(format!("{}:{}: {json}", json.line(), json.column()));
    }
    match slipway_scaffold::Document::read_all(text, &slipway_scaffold::NoFiles).into_iter().next() {
        None => Ok(Value::Null),
        Some(document) => document.map(|document| document.value()).map_err(|error| error.to_string()),
    }
}

/// Every `template.yaml` of a folder, or the file itself; sorted.
fn find_templates(place: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut found = Vec::new();
    let mut open = vec![place.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).with_context(|| format!("{} cannot be read", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name();
            // Skeletons may have templates of their own, with expressions where names should be; those are found by what is in them.
            if kind.is_dir() && name != ".git" && name != "node_modules" && name != "target" {
                open.push(entry.path());
            } else if kind.is_file() && is_template(&entry.path()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_template(path: &Path) -> bool {
    let yaml = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let says = |text: String| {
        let says = |line: &str| text.lines().any(|here| here.trim_end() == line);
        text.contains(slipway_scaffold::API_VERSION)
            && (says("kind: Template") || says("kind: \"Template\"") || says("kind: 'Template'"))
    };
    yaml && std::fs::read_to_string(path).is_ok_and(says)
}
