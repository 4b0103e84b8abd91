use super::{Places, actions, engine, placed, read_object, tree};
use crate::{cli::print, system::SystemEntropy};
use anyhow::Context as _;
use serde_json::{Map, Value, json};
use slipway_domain::catalog::EntityRef;
use slipway_nunjucks::Dialect;
use slipway_ports::Entropy as _;
use slipway_scaffold::{ErrorHabit, Report, RunContext, Runner, Status, Template, TemplateError, Tree};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `slipway template run`
#[derive(clap::Args)]
pub struct Options {
    /// The template, or the folder it is in.
    #[arg(value_name = "TEMPLATE.YAML")]
    template: PathBuf,
    /// The values of the parameters, JSON or YAML; defaults are filled in.
    #[arg(long, value_name = "FILE")]
    values: Option<PathBuf>,
    /// The secrets, JSON or YAML. They are never printed.
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// Who runs it: user:default/jane
    #[arg(long, value_name = "REFERENCE")]
    user: Option<String>,
    /// Addresses that begin so are read from this folder. Can be said several times; the longest prefix counts.
    #[arg(long = "map", value_name = "PREFIX=FOLDER")]
    maps: Vec<String>,
    /// A host of repositories beside the public ones: git.acme.com=gitlab. Can be said several times.
    #[arg(long = "host", value_name = "HOST=KIND")]
    hosts: Vec<String>,
    /// The outputs of steps that reach outside, by step: {"publish": {"remoteUrl": "…"}}; else they are examples.
    #[arg(long, value_name = "FILE")]
    stub: Option<PathBuf>,
    /// What expressions mean, where the template does not say it itself: current, or legacy for what was written for older Backstages.
    #[arg(long, value_name = "ENGINE", default_value = "current", value_parser = super::dialect)]
    engine: Dialect,
    /// Where the files go; new, or empty.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// Go on with the text itself where an expression cannot be evaluated, as Backstage does.
    #[arg(long)]
    keep_errors: bool,
}

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let nothing = json!({ "status": "failed", "steps": [], "output": null });
        let (mut report, workspace) = match self.report() {
            Ok(done) => done,
            Err(error) => {
                print(&format!("{nothing:#}"));
                eprintln!("{error:#}");
                return Ok(ExitCode::FAILURE);
            }
        };
        let written = tree::write(&workspace, &self.out);
        if written.is_err() {
            (report.status, report.output) = (Status::Failed, Value::Null);
        }
        print(&serde_json::to_string_pretty(&report)?);
        for line in &report.log {
            eprintln!("{line}");
        }
        for error in &report.errors {
            eprintln!("{error}");
        }
        if let Err(error) = written {
            eprintln!("{error:#}");
        }
        Ok(if report.status == Status::Completed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn report(&self) -> anyhow::Result<(Report, Tree)> {
        let object = |file: &Option<PathBuf>| file.as_deref().map_or(Ok(Map::new()), read_object);
        let (values, secrets, stubs) = (object(&self.values)?, object(&self.secrets)?, self.stubs()?);
        let case = Case {
            values: &values,
            secrets,
            user: self.user.as_deref(),
            maps: &self.maps,
            hosts: &self.hosts,
            stubs: &stubs,
            dialect: self.engine,
            habit: if self.keep_errors { ErrorHabit::KeepText } else { ErrorHabit::Fail },
            task: SystemEntropy.uuid().to_string(),
        };
        tree::require_empty(&self.out)?;
        let file = if self.template.is_dir() { self.template.join("template.yaml") } else { self.template.clone() };
        let done = run(&file, case)?;
        let steps = &done.0.steps;
        for id in stubs.keys().filter(|id| !steps.iter().any(|step| step.id == **id)) {
            eprintln!("warning: --stub gives outputs for {id}, but no step has that id");
        }
        Ok(done)
    }

    /// What steps that reach outside give.
    fn stubs(&self) -> anyhow::Result<Map<String, Value>> {
        let Some(file) = &self.stub else { return Ok(Map::new()) };
        let stubs = read_object(file)?;
        match stubs.iter().find(|(_, outputs)| !outputs.is_object()) {
            None => Ok(stubs),
            Some((id, _)) => anyhow::bail!("{}: {id}: an object of outputs is needed", placed(file, id)),
        }
    }
}

/// One run of a template.
pub struct Case<'a> {
    pub values: &'a Map<String, Value>,
    pub secrets: Map<String, Value>,
    pub user: Option<&'a str>,
    pub maps: &'a [String],
    pub hosts: &'a [String],
    pub stubs: &'a Map<String, Value>,
    pub habit: ErrorHabit,
    /// What expressions mean, where the template does not say it.
    pub dialect: Dialect,
    /// `context.task.id`
    pub task: String,
}

/// Runs a template in memory.
///
/// # Errors
/// When it cannot begin: every reason, each with its place.
pub fn run(file: &Path, case: Case<'_>) -> anyhow::Result<(Report, Tree)> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    let places = Places::of_template(file, &text, case.maps)?;
    let (template, _) = Template::read(&text, &name, &places)?;
    let engine = engine(case.hosts)?.with_dialect(template.dialect.unwrap_or(case.dialect));
    let actions = actions();
    let runner = Runner { actions: &actions, source: &places, engine: &engine, stubs: case.stubs, file: &name };
    let mut errors = runner.unknown(&template);
    errors.extend(template.check_secrets(&case.secrets, &name).err().into_iter().flatten());
    let parameters = template.parameters(case.values, &name);
    let parameters = match (parameters, errors.is_empty()) {
        (Ok(parameters), true) => parameters,
        (parameters, _) => {
            errors.extend(parameters.err().into_iter().flatten());
            return Err(all(&errors));
        }
    };
    let user = case.user.map_or(Ok(Value::Null), user)?;
    let context = RunContext::new(engine.clone(), &parameters, &user, &case.task)
        .with_secrets(case.secrets)
        .with_habit(case.habit);
    let mut workspace = Tree::default();
    let report = runner.run(&template, context, &mut workspace);
    Ok((report, workspace))
}

fn all(errors: &[TemplateError]) -> anyhow::Error {
    anyhow::anyhow!(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// What expressions see as `user`.
fn user(reference: &str) -> anyhow::Result<Value> {
    let parsed = EntityRef::parse(reference, Some("user"), "default").with_context(|| format!("--user {reference}"))?;
    Ok(json!({
        "ref": parsed.to_string(),
        "entity": {
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "User",
            "metadata": { "name": parsed.name(), "namespace": parsed.namespace() },
            "spec": { "memberOf": [] },
        },
    }))
}
