//! What an upgrade would do: the three-way merge of what the repository was made of, what the team made of it, and what the
//! template is now.

use super::{
    render::{Files, Origin, files, render},
    versions::{kept, latest, short},
};
use crate::{
    Result, Slipway,
    create::{Patterns, field_problems, parameters},
    errors,
    errors::store,
    fleet::find,
    upgrades::lock::lock_at,
};
use serde_json::{Map, Value};
use slipway_api_types::{AppError, error::FieldError};
use slipway_domain::catalog::EntityRef;
use slipway_forms::{Field, Form, parse_input, put, with_defaults};
use slipway_ports::{
    forge::{CommitFile, Merged, ThreeWay},
    store::{repositories::Repository, services::Service},
};
use slipway_scaffold::{LOCK_FILE, TemplateFolder, TemplateLock};
use std::collections::BTreeMap;

/// Answers to what a new version asks, as typed.
pub type Answers = BTreeMap<String, String>;

/// A service, its repository and what that says it was made of.
pub(super) struct Origins {
    pub service: Service,
    pub repository: Repository,
    /// Head of the default branch.
    pub head: String,
    pub lock: TemplateLock,
}

/// What an upgrade would do.
pub(super) struct Plan {
    /// The version it goes to.
    pub to: String,
    /// What the new version asks and the lock does not answer, and why; then nothing is merged.
    pub asks: Vec<(Field, FieldError)>,
    /// What would change.
    pub merged: Merged,
}

impl Plan {
    /// Whether there is anything to do.
    pub(super) fn is_nothing(&self) -> bool {
        self.asks.is_empty() && self.merged.differences.is_empty()
    }
}

/// The repository of a service.
pub(super) async fn repository_of(slipway: &Slipway, name: &str) -> Result<(Service, Repository, String)> {
    let mut tx = slipway.read().await?;
    let service = find(&mut *tx, name).await?;
    let repository = match service.repository {
        Some(id) => tx.repository(id).await.map_err(store)?,
        None => None,
    };
    drop(tx);
    let elsewhere = || {
        AppError::conflict(format!("The repository of {name} is not hosted by Slipway, so it cannot be upgraded here."))
    };
    let repository = repository.ok_or_else(elsewhere)?;
    let head = slipway.forge.head(&repository.name, &repository.default_branch).await.map_err(errors::forge)?;
    let empty = || AppError::conflict(format!("The repository of {name} is empty; push something first."));
    let head = head.ok_or_else(empty)?;
    Ok((service, repository, head))
}

/// A service and what its repository says of its template.
pub(super) async fn origins(slipway: &Slipway, name: &str) -> Result<Origins> {
    let (service, repository, head) = repository_of(slipway, name).await?;
    let lock = match lock_at(slipway, &repository, &head).await? {
        Some(lock) => lock.map_err(|error| AppError::conflict(format!("{error}.")))?,
        None => {
            return Err(AppError::conflict(format!(
                "The repository of {name} does not say which template it came from: there is no {LOCK_FILE} in it."
            )));
        }
    };
    Ok(Origins { service, repository, head, lock })
}

/// What bringing a repository to version `to` of its template (`None`: the latest that is known) would change.
pub(super) async fn plan(slipway: &Slipway, from: &Origins, to: Option<&str>, answers: &Answers) -> Result<Plan> {
    let lock = &from.lock;
    let reference: EntityRef = lock
        .template
        .parse()
        .map_err(|_| AppError::conflict(format!("{LOCK_FILE} names no template: `{}`.", lock.template)))?;
    let (base, to, next) = {
        let mut tx = slipway.read().await?;
        let marks = tx.version_marks().await.map_err(store)?;
        let to = to.or_else(|| latest(&marks, &lock.template)).map(str::to_owned);
        let to = to.ok_or_else(|| AppError::conflict(format!("No version of {} is known here.", reference.name())))?;
        let gone = |version: &str| {
            let version = short(version);
            AppError::conflict(format!("Version {version} of {} was never seen here.", reference.name()))
        };
        let base = kept(&mut *tx, &lock.template, &lock.version).await?.ok_or_else(|| gone(&lock.version))?;
        let next = kept(&mut *tx, &lock.template, &to).await?.ok_or_else(|| gone(&to))?;
        (base, to, next)
    };
    let unusable = |error: &dyn std::fmt::Display| {
        AppError::conflict(format!("Version {} of {} cannot be used: {error}", short(&to), reference.name()))
    };
    let template = next.template().map_err(|error| unusable(&error))?;
    let inputs = answered(&template.form, &lock.inputs, answers);
    let asks = asks(&template.form, &inputs);
    if !asks.is_empty() {
        let merged = Merged { differences: Vec::new(), conflicts: Vec::new() };
        return Ok(Plan { to, asks, merged });
    }
    let inputs = parameters(&template.form, &inputs);
    let origin = Origin::of(&lock.user, &lock.run);
    let rendered = render(slipway, &next, &inputs, &origin).await?;
    let mut theirs = files(&rendered);
    let lock_text =
        TemplateLock::new(&lock.template, &to, &template, &inputs, (&lock.user, &lock.run), &rendered).write();
    let ours = slipway.forge.files(&from.repository.name, &from.head).await.map_err(errors::forge)?;
    let mut base = base_files(slipway, &base, lock, &origin, &ours).await?;
    // Nobody writes the lock by hand: it is always the new one.
    if let Some(lock) = ours.get(LOCK_FILE) {
        base.insert(LOCK_FILE.to_owned(), lock.clone());
    }
    theirs.insert(LOCK_FILE.to_owned(), CommitFile { bytes: lock_text.into(), ..CommitFile::default() });
    let sides = ThreeWay {
        ours: from.head.clone(),
        base,
        theirs,
        our_name: from.repository.default_branch.clone(),
        their_name: format!("{}-{}", reference.name(), short(&to)),
    };
    let merged = slipway.forge.merge_trees(&from.repository.name, &sides).await.map_err(errors::forge)?;
    Ok(Plan { to, asks, merged })
}

/// What the repository was made of. Where the lock's hash says that a file is still as it was written, it is that very file: what a
/// template draws from elsewhere (a date, a random port) must not look like a change of the team's.
async fn base_files(
    slipway: &Slipway,
    folder: &TemplateFolder,
    lock: &TemplateLock,
    origin: &Origin,
    ours: &Files,
) -> Result<Files> {
    let mut base = files(&render(slipway, folder, &lock.inputs, origin).await?);
    for (path, file) in ours {
        if lock.is_untouched(path, &file.bytes) {
            // The mode is the template's: whether somebody changed it, the hash does not say.
            match base.get_mut(path) {
                Some(made) => made.bytes = file.bytes.clone(),
                None => {
                    base.insert(path.clone(), file.clone());
                }
            }
        }
    }
    Ok(base)
}

/// The inputs with what was typed for this upgrade.
pub(super) fn answered(form: &Form, inputs: &Map<String, Value>, answers: &Answers) -> Map<String, Value> {
    let mut inputs = inputs.clone();
    for field in form.fields(&with_defaults(form, &inputs, &Patterns), &Patterns) {
        let Some(text) = answers.get(&field.name).filter(|text| !text.trim().is_empty()) else { continue };
        // What cannot be read stays the text it is, and the check says so.
        let value = parse_input(&field, text).unwrap_or_else(|_| Some(Value::String(text.clone())));
        put(&mut inputs, &field.name, value.unwrap_or_default());
    }
    inputs
}

/// The fields that the inputs do not satisfy.
pub(super) fn asks(form: &Form, inputs: &Map<String, Value>) -> Vec<(Field, FieldError)> {
    let problems = field_problems(form, inputs);
    let fields = form.fields(&with_defaults(form, inputs, &Patterns), &Patterns);
    let field = |name: &str| fields.iter().find(|field| field.name == name).cloned();
    problems.into_iter().filter_map(|problem| Some((field(&problem.field)?, problem))).collect()
}
