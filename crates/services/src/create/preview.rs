//! What a run would make: its files, and in words what each of its steps does. Looking changes nothing.

use super::{
    actions, colour,
    render::{Fetch, context, workload},
    secrets,
    templates::{self, Loaded},
    values::{Patterns, name_in, owner_in, parameters, stored, with_defaults, write_out},
    wizard::find_draft,
};
use crate::{Caller, Result, Slipway, errors::store};
use serde_json::{Map, Value, json};
use slipway_api_types::{
    AppError,
    create::{PlannedStep, Preview, PreviewFile},
};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef},
    workload::Workload,
};
use slipway_forms::{Typed, read_typed};
use slipway_scaffold::{RunContext, Step, Tree, safe_path};
use std::sync::Arc;

/// The largest file that is shown, bytes.
const SHOWN: usize = 64 << 10;

/// Where a service would run.
pub(super) struct Place {
    pub environments: Vec<String>,
    pub runtime: Option<String>,
}

/// What a run would make.
pub(super) struct Seen {
    pub files: Tree,
    pub steps: Vec<PlannedStep>,
    pub will_make: Vec<String>,
    /// Why it stopped, with file and line.
    pub trouble: Option<String>,
}

/// What a run would make with a draft's answers and what stands on one of its pages now. `file` is the one to show; secrets are no
/// part of it, not even when they are sent.
#[expect(clippy::too_many_arguments, reason = "a form's own fields, as they are sent")]
pub async fn preview(
    slipway: &Slipway,
    caller: &Caller,
    namespace: &str,
    name: &str,
    draft: &str,
    page: usize,
    values: &Typed,
    file: &str,
) -> Result<Preview> {
    caller.require(Permission::Read, None)?;
    let reference = EntityRef::new("template", namespace, name);
    let mut tx = slipway.read().await?;
    let loaded = templates::open(slipway, &mut *tx, &reference).await?;
    let draft = if draft.is_empty() { None } else { Some(find_draft(&mut *tx, caller, draft).await?) };
    let environments = tx.environments().await.map_err(store)?.into_iter().map(|e| e.name).collect();
    drop(tx);
    let draft = draft.filter(|draft| draft.template == reference.to_string());
    let mut all = draft.as_ref().map(|draft| stored(&draft.values)).unwrap_or_default();
    if let Some(page) = loaded.template.form.pages.get(page) {
        let mut typed = values.clone();
        write_out(page, &all, &mut typed);
        all = read_typed(page, &all, &typed, &Patterns).0;
    }
    let place = Place { environments, runtime: draft.and_then(|draft| draft.runtime) };
    let seen = look(slipway, caller, &loaded, &all, &place).await?;
    let chosen = seen.files.iter().find(|(path, _)| *path == file);
    let first = || {
        let usual = ["README.md", "catalog-info.yaml"];
        let usual = usual.iter().find_map(|usual| seen.files.iter().find(|(path, _)| path == usual));
        usual.or_else(|| seen.files.iter().next())
    };
    Ok(Preview {
        files: seen.files.iter().map(|(path, file)| (path.to_owned(), file.bytes.len() as u64)).collect(),
        open: chosen.or_else(first).map(|(path, file)| shown(path, &file.bytes)),
        steps: seen.steps,
        will_make: seen.will_make,
        trouble: seen.trouble,
    })
}

/// A file as it is shown: in colours, or not at all when it is large or no text.
pub(super) fn shown(path: &str, bytes: &[u8]) -> PreviewFile {
    let text = (bytes.len() <= SHOWN).then(|| std::str::from_utf8(bytes).ok()).flatten();
    let text = text.filter(|text| !text.contains('\0'));
    PreviewFile { path: path.to_owned(), size: bytes.len() as u64, spans: text.map(|text| colour::spans(path, text)) }
}

/// What expressions see before there is a run.
async fn seen_by(
    slipway: &Slipway,
    caller: &Caller,
    loaded: &Loaded,
    values: &Map<String, Value>,
) -> Result<RunContext> {
    let entity =
        slipway.read().await?.entity(&EntityRef::new("user", "default", caller.login())).await.map_err(store)?;
    let entity = entity.map(|entity| entity.entity.body().clone());
    let parameters = parameters(&loaded.template.form, values);
    let own = loaded.template.dialect;
    let context = context(slipway, own, &parameters, caller.login(), entity.as_ref(), "preview");
    Ok(context.with_secrets(secrets::masked(&parameters)))
}

/// The files a run with these values would make, and what its service would run.
pub(super) async fn rendered(
    slipway: &Slipway,
    caller: &Caller,
    loaded: &Arc<Loaded>,
    values: &Map<String, Value>,
) -> Result<(Tree, Option<Workload>)> {
    let context = seen_by(slipway, caller, loaded, values).await?;
    let place = Place { environments: Vec::new(), runtime: None };
    let seen = walk_off(loaded, context.clone(), values.clone(), place).await?;
    if let Some(trouble) = seen.trouble {
        return Err(AppError::conflict(format!("The template cannot be rendered: {trouble}")));
    }
    let workload = workload(&loaded.template, &context, &seen.files)?;
    Ok((seen.files, workload))
}

/// Everything that a run with these values would make.
pub(super) async fn look(
    slipway: &Slipway,
    caller: &Caller,
    loaded: &Arc<Loaded>,
    values: &Map<String, Value>,
    place: &Place,
) -> Result<Seen> {
    let context = seen_by(slipway, caller, loaded, values).await?;
    let values = with_defaults(&loaded.template.form, values);
    let place = Place { environments: place.environments.clone(), runtime: place.runtime.clone() };
    walk_off(loaded, context, values, place).await
}

/// Goes through the steps, off the threads that answer requests.
async fn walk_off(loaded: &Arc<Loaded>, context: RunContext, values: Map<String, Value>, place: Place) -> Result<Seen> {
    let loaded = loaded.clone();
    let walked = tokio::task::spawn_blocking(move || walk(&loaded, context, &values, &place));
    walked.await.map_err(|error| crate::errors::internal(&error))
}

fn walk(loaded: &Loaded, mut context: RunContext, values: &Map<String, Value>, place: &Place) -> Seen {
    let mut seen = Seen { files: Tree::default(), steps: Vec::new(), will_make: Vec::new(), trouble: None };
    for step in &loaded.template.steps {
        let planned = |makes: String, left_out| PlannedStep { name: step.name.clone(), makes, left_out };
        // Whether it runs, without what it is given: that may need what earlier steps give only when they are done.
        let bare = Step { action: String::new(), input: json!({}), ..step.clone() };
        if matches!(context.plan(&bare, actions::specs()), Ok(None)) {
            seen.steps.push(planned("Nothing: its condition leaves it out.".to_owned(), true));
            continue;
        }
        let makes = if step.action == actions::FETCH_TEMPLATE {
            let before = seen.files.len();
            if let Err(why) = render(loaded, &context, step, &mut seen.files) {
                seen.trouble.get_or_insert(why);
            }
            count(seen.files.len() - before, "file", "files")
        } else {
            if actions::is_local(&step.action)
                && let Err(why) = do_here(loaded, &mut context, step, &mut seen.files)
            {
                seen.trouble.get_or_insert(why);
            }
            words(step, &context, &seen.files, place)
        };
        seen.steps.push(planned(makes, false));
    }
    seen.will_make = will_make(loaded, values, &seen.files, place);
    seen
}

fn render(loaded: &Loaded, context: &RunContext, step: &Step, files: &mut Tree) -> Result<(), String> {
    let at = |why: String| format!("template.yaml:{}: {why}", step.line);
    let rounds = context.plan(step, actions::specs()).map_err(|error| at(error.to_string()))?;
    for round in rounds.into_iter().flatten() {
        // What is wrong inside a file says its own file and line.
        Fetch::read(&round.input, &loaded.folder).map_err(at)?.render(files, context.engine())?;
    }
    Ok(())
}

/// Does a step that needs nothing but the files. What it gives is there for the steps after it.
fn do_here(loaded: &Loaded, context: &mut RunContext, step: &Step, files: &mut Tree) -> Result<(), String> {
    let at = |why: String| format!("template.yaml:{}: {why}", step.line);
    let rounds = context.plan(step, actions::specs()).map_err(|error| at(error.to_string()))?;
    let mut outputs = Vec::new();
    for round in rounds.into_iter().flatten() {
        let (engine, name) = (context.engine().clone(), loaded.template.name.as_str());
        outputs.push(actions::do_here(&loaded.folder, &step.action, files, &engine, name, &round.input).map_err(at)?.0);
    }
    context.record_output(&step.id, step.collect(outputs));
    Ok(())
}

/// What a step will create, as far as it can be known before.
fn words(step: &Step, context: &RunContext, files: &Tree, place: &Place) -> String {
    let known = |keys: &[&str]| {
        let given = keys.iter().map(|key| ((*key).to_owned(), step.input[*key].clone())).collect();
        context.input(&Step { input: Value::Object(given), ..step.clone() }, None).unwrap_or_default()
    };
    match step.action.as_str() {
        actions::REPOSITORY_CREATE => {
            let input = known(&["name", "owner"]);
            let owner = EntityRef::parse(input["owner"].as_str().unwrap_or_default(), Some("group"), "default");
            match (owner, input["name"].as_str().filter(|name| !name.is_empty())) {
                (Ok(owner), Some(name)) => format!("Repository {}/{name} on the built-in forge", owner.name()),
                _ => "A repository on the built-in forge; its name and owner are not said yet".to_owned(),
            }
        }
        actions::CATALOG_REGISTER => {
            let input = known(&["catalogInfoPath"]);
            let path = input["catalogInfoPath"].as_str().unwrap_or(actions::CATALOG_FILE);
            match entities(files, path).as_slice() {
                [] => format!("What {} describes, in the catalogue", path.trim_start_matches('/')),
                [one] => format!("Catalogue entity {}", one.reference()),
                many => {
                    let names: Vec<String> = many.iter().map(|entity| entity.reference().to_string()).collect();
                    format!("Catalogue entities {}", names.join(", "))
                }
            }
        }
        actions::SERVICE_CREATE => {
            let entities = entities(files, actions::CATALOG_FILE);
            let component = entities.iter().find(|entity| entity.kind().eq_ignore_ascii_case("component"));
            let service = component
                .map_or_else(|| "A service".to_owned(), |entity| format!("Service {}", entity.reference().name()));
            let runtime = place.runtime.as_ref().map(|runtime| format!(" on {runtime}")).unwrap_or_default();
            format!("{service} in {}{runtime}", place.environments.join(", "))
        }
        name => actions::specs().get(name).map(|spec| spec.description.clone()).unwrap_or_default(),
    }
}

/// The entities that a rendered file describes; none when it cannot be read.
fn entities(files: &Tree, path: &str) -> Vec<Entity> {
    let file = safe_path(path.trim_start_matches('/')).ok().and_then(|path| files.get(&path));
    let text = file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default();
    let documents = crate::catalog::read_documents(path, &text).unwrap_or_default();
    documents.into_iter().filter_map(|document| Entity::new(document).ok()).collect()
}

fn count(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// What the run will leave behind, counted.
fn will_make(loaded: &Loaded, values: &Map<String, Value>, files: &Tree, place: &Place) -> Vec<String> {
    let does = |action: &str| loaded.template.steps.iter().any(|step| step.action == action);
    let mut made = Vec::new();
    if !files.is_empty() {
        made.push(count(files.len(), "file", "files"));
    }
    if does(actions::REPOSITORY_CREATE) {
        let owner = owner_in(loaded, values).map(|owner| owner.name().to_owned());
        let name = owner.zip(name_in(values)).map(|(owner, name)| format!(": {owner}/{name}"));
        made.push(format!("1 repository{}", name.unwrap_or_default()));
    }
    if does(actions::CATALOG_REGISTER) {
        made.push("1 component in the catalogue".to_owned());
    }
    if does(actions::SERVICE_CREATE) {
        let environments = &place.environments;
        let environments =
            format!("{}: {}", count(environments.len(), "environment", "environments"), environments.join(", "));
        made.push(
            place
                .runtime
                .as_ref()
                .map_or_else(|| environments.clone(), |runtime| format!("{environments} on {runtime}")),
        );
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_text_is_not_shown() {
        let text = |bytes: &[u8]| {
            let spans = shown("a", bytes).spans?;
            Some(spans.into_iter().map(|(_, text)| text).collect::<String>())
        };
        assert_eq!(text(b"hello").as_deref(), Some("hello"));
        assert_eq!(text(b"\0\x01"), None);
        assert_eq!(text(&[0xFF, 0xFE]), None);
        assert_eq!(text(&vec![b'x'; SHOWN + 1]), None);
    }
}
