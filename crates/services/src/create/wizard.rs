//! The shelf of golden paths, and the wizard's pages.

use super::{
    actions,
    advice::choices,
    approvals::waiting,
    render::{context, preview, workload},
    runs::run_row,
    start::first_open,
    templates::{self, Loaded, file_of},
    values::{answered, may_create_somewhere, name_in, owner_in, parameters, stored},
};
use crate::{
    Caller, Result, Slipway,
    errors::store,
    views::{owner_link, team_titles},
};
use serde_json::{Map, Value};
use slipway_api_types::{
    AppError,
    create::{CreatePage, DraftRow, PreviewFile, StepSummary, TemplateCard, WizardPage, WizardStep},
};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef},
    ids::DraftId,
    scaffold::Draft,
    workload::Workload,
};
use slipway_forms::{Field, Page, Widget, with_defaults};
use slipway_ports::{Tx, store::catalog::EntityFilter};
use slipway_scaffold::Tree;

/// How many entities a picker offers; more can be typed.
const SUGGESTED: u32 = 200;
/// How many kinds of entities a picker asks for.
const KINDS: usize = 4;
/// The largest file that the review shows, bytes.
const SHOWN: usize = 64 << 10;

/// `/create`: what there is to choose from, what was begun, and what ran lately.
pub async fn shelf(slipway: &Slipway, caller: &Caller) -> Result<CreatePage> {
    caller.require(Permission::Read, None)?;
    let mut tx = slipway.read().await?;
    let teams = team_titles(&mut *tx).await?;
    let locations = tx.locations().await.map_err(store)?;
    let entities = tx.entities_of_kind("template").await.map_err(store)?;
    let titles: Vec<(String, String)> =
        entities.iter().map(|e| (e.entity.reference().to_string(), e.entity.title().to_owned())).collect();
    let templates = entities
        .iter()
        .filter(|entity| {
            let location = locations.iter().find(|location| location.id == entity.location);
            location.is_some_and(|location| file_of(slipway, location, &entity.file).is_some())
        })
        .map(|entity| card(&entity.entity, &teams))
        .collect();
    let drafts =
        tx.drafts_of(caller.user).await.map_err(store)?.iter().filter_map(|draft| draft_row(draft, &titles)).collect();
    let runs = tx.list_runs(None, 10).await.map_err(store)?.items.iter().map(run_row).collect();
    let now = slipway.clock.now();
    let waiting = waiting(&mut *tx, caller, now).await?;
    Ok(CreatePage { now: now.as_millis(), templates, drafts, waiting, runs, may_create: may_create_somewhere(caller) })
}

fn card(entity: &Entity, teams: &[(String, String)]) -> TemplateCard {
    let reference = entity.reference();
    TemplateCard {
        href: wizard_path(&reference),
        reference: reference.to_string(),
        title: entity.title().to_owned(),
        description: entity.description().to_owned(),
        tags: entity.tags().map(str::to_owned).collect(),
        owner: entity.owner().map(|owner| owner_link(&owner.to_string(), teams)),
    }
}

fn draft_row(draft: &Draft, titles: &[(String, String)]) -> Option<DraftRow> {
    let reference: EntityRef = draft.template.parse().ok()?;
    let title = titles.iter().find(|(template, _)| *template == draft.template)?;
    Some(DraftRow {
        href: format!("{}?draft={}", wizard_path(&reference), draft.id),
        template: title.1.clone(),
        name: name_in(&stored(&draft.values)).unwrap_or_default().to_owned(),
        updated_at: draft.updated_at.as_millis(),
    })
}

pub(super) fn wizard_path(reference: &EntityRef) -> String {
    format!("/create/{}/{}", reference.namespace(), reference.name())
}

/// A place of the wizard as it stands in its URL.
pub(super) fn step_href(reference: &EntityRef, draft: DraftId, step: &WizardStep) -> String {
    let step = match step {
        WizardStep::Parameters(page) => page.to_string(),
        WizardStep::Runtime => "runtime".to_owned(),
        WizardStep::Review => "review".to_owned(),
    };
    format!("{}?draft={draft}&step={step}", wizard_path(reference))
}

/// A person's draft of this template.
pub(super) async fn find_draft(tx: &mut dyn Tx, caller: &Caller, id: &str) -> Result<Draft> {
    let missing = || AppError::not_found("such draft of yours any more; it was started or forgotten");
    let id: DraftId = id.parse().map_err(|_| missing())?;
    tx.draft(id, caller.user).await.map_err(store)?.ok_or_else(missing)
}

/// The wizard at one step: `""` is the first that is open, else `0`…, `runtime` or `review`.
pub async fn wizard(
    slipway: &Slipway,
    caller: &Caller,
    namespace: &str,
    name: &str,
    draft: &str,
    step: &str,
) -> Result<WizardPage> {
    caller.require(Permission::Read, None)?;
    let reference = EntityRef::new("template", namespace, name);
    let mut tx = slipway.read().await?;
    let path = templates::find(slipway, &mut *tx, &reference).await?;
    let draft = if draft.is_empty() { None } else { Some(find_draft(&mut *tx, caller, draft).await?) };
    let teams = team_titles(&mut *tx).await?;
    let loaded = templates::load(&reference, path).await?;
    if draft.as_ref().is_some_and(|draft| draft.template != reference.to_string()) {
        return Err(AppError::not_found(format!("such draft of {name}")));
    }
    let typed = draft.as_ref().map(|draft| stored(&draft.values)).unwrap_or_default();
    let open = first_open(slipway, &loaded, draft.as_ref());
    let step = place(&loaded, draft.as_ref(), step, &open)?;
    let form = loaded.template.form.clone();
    let page = match step {
        WizardStep::Parameters(index) => form.pages.get(index).cloned(),
        _ => None,
    };
    let mut values = with_defaults(&form, &typed);
    let mut suggestions = Vec::new();
    for field in page.iter().flat_map(|page| &page.fields) {
        let offered = match field.widget {
            Widget::OwnerPicker => own_teams(caller, &teams),
            Widget::EntityPicker => entities(&mut *tx, field).await?,
            _ => continue,
        };
        // Somebody with one team need not say which.
        if let ([(only, _)], true) = (offered.as_slice(), field.widget == Widget::OwnerPicker) {
            values.entry(field.name.clone()).or_insert_with(|| Value::String(only.clone()));
        }
        suggestions.push((field.name.clone(), offered));
    }
    let mut result = WizardPage {
        now: slipway.clock.now().as_millis(),
        draft: draft.as_ref().map(|draft| draft.id.to_string()).unwrap_or_default(),
        template: card_of(&loaded, &teams)?,
        steps: summaries(slipway, &loaded, draft.as_ref(), &teams),
        form,
        step,
        page,
        values,
        suggestions,
        runtimes: Vec::new(),
        runtime: draft.as_ref().and_then(|draft| draft.runtime.clone()),
        files: Vec::new(),
        will_make: Vec::new(),
        run_steps: Vec::new(),
    };
    if result.step == WizardStep::Review {
        let environments: Vec<String> = tx.environments().await.map_err(store)?.into_iter().map(|e| e.name).collect();
        drop(tx);
        let (files, _) = rendered(slipway, caller, &loaded, &typed).await?;
        result.will_make = will_make(&loaded, &typed, &files, &environments, result.runtime.as_deref());
        result.run_steps = loaded.template.steps.iter().map(|step| step.name.clone()).collect();
        result.files = files.iter().map(|(path, file)| shown(path, &file.bytes)).collect();
    } else if result.step == WizardStep::Runtime {
        drop(tx);
        let sized = match open {
            WizardStep::Parameters(_) => None,
            // A template that cannot be rendered says so on the review; runtimes can be chosen all the same.
            _ => rendered(slipway, caller, &loaded, &typed).await.ok().and_then(|(_, workload)| workload),
        };
        result.runtimes = choices(slipway, sized.as_ref());
    }
    Ok(result)
}

/// The files a run with these values would make, and what its service would run.
pub(super) async fn rendered(
    slipway: &Slipway,
    caller: &Caller,
    loaded: &Loaded,
    typed: &Map<String, Value>,
) -> Result<(Tree, Option<Workload>)> {
    let entity =
        slipway.read().await?.entity(&EntityRef::new("user", "default", caller.login())).await.map_err(store)?;
    let entity = entity.map(|entity| entity.entity.body().clone());
    let context = context(
        slipway,
        loaded.template.dialect,
        &parameters(&loaded.template.form, typed),
        caller.login(),
        entity.as_ref(),
        "preview",
    );
    let files = preview(loaded, context.clone()).await?;
    let workload = workload(&loaded.template, &context, &files)?;
    Ok((files, workload))
}

fn card_of(loaded: &Loaded, teams: &[(String, String)]) -> Result<TemplateCard> {
    let entity = Entity::new(loaded.template.entity.clone());
    Ok(card(&entity.map_err(|error| AppError::conflict(format!("The template cannot be used: {error}")))?, teams))
}

/// Where the URL leads: what is asked for, but no further than what is done.
fn place(loaded: &Loaded, draft: Option<&Draft>, step: &str, open: &WizardStep) -> Result<WizardStep> {
    let pages = loaded.template.form.pages.len();
    let unknown = || AppError::not_found(format!("step `{step}` of this template"));
    Ok(match (step, draft) {
        ("", _) => open.clone(),
        ("runtime" | "review", None) => WizardStep::Parameters(0),
        ("runtime", Some(_)) => WizardStep::Runtime,
        ("review", Some(_)) => open.clone(),
        (page, draft) => {
            let page = page.parse::<usize>().ok().filter(|page| *page < pages).ok_or_else(unknown)?;
            WizardStep::Parameters(if draft.is_some() { page } else { 0 })
        }
    })
}

fn own_teams(caller: &Caller, teams: &[(String, String)]) -> Vec<(String, String)> {
    teams.iter().filter(|(team, _)| caller.may(Permission::Create, Some(team))).cloned().collect()
}

async fn entities(tx: &mut dyn Tx, field: &Field) -> Result<Vec<(String, String)>> {
    let kinds: Vec<Option<String>> = match field.entity_kinds.as_slice() {
        [] => vec![None],
        kinds => kinds.iter().take(KINDS).cloned().map(Some).collect(),
    };
    let mut found = Vec::new();
    for kind in kinds {
        let filter = EntityFilter { kind, ..EntityFilter::default() };
        let page = tx.list_entities(&filter, None, SUGGESTED).await.map_err(store)?;
        found.extend(page.items.into_iter().map(|row| (row.reference.to_string(), row.title)));
    }
    Ok(found)
}

fn summaries(
    slipway: &Slipway,
    loaded: &Loaded,
    draft: Option<&Draft>,
    teams: &[(String, String)],
) -> Vec<StepSummary> {
    let form = &loaded.template.form;
    let values = draft.map(|draft| stored(&draft.values)).unwrap_or_default();
    let href = |step: &WizardStep| match draft {
        Some(draft) => step_href(&loaded.reference, draft.id, step),
        None => wizard_path(&loaded.reference),
    };
    let mut steps: Vec<StepSummary> = form
        .pages
        .iter()
        .enumerate()
        .map(|(index, page)| StepSummary {
            title: if page.title.is_empty() { format!("Page {}", index + 1) } else { page.title.clone() },
            chosen: if answered(page, &values) { chosen(page, &values, teams) } else { String::new() },
            done: super::start::page_is_done(page, &values),
            href: href(&WizardStep::Parameters(index)),
        })
        .collect();
    let runtime = draft.and_then(|draft| draft.runtime.clone()).filter(|name| slipway.runtimes.get(name).is_some());
    steps.push(StepSummary {
        title: "Runtime".to_owned(),
        done: runtime.is_some(),
        chosen: runtime.unwrap_or_default(),
        href: href(&WizardStep::Runtime),
    });
    steps.push(StepSummary {
        title: "Review".to_owned(),
        chosen: String::new(),
        done: false,
        href: href(&WizardStep::Review),
    });
    steps
}

/// A page in a few words: its first three answers.
fn chosen(page: &Page, values: &Map<String, Value>, teams: &[(String, String)]) -> String {
    let words = |field: &Field| {
        let value = values.get(&field.name).filter(|value| !value.is_null())?;
        let choice = field.choices.iter().find(|choice| choice.value == *value).map(|choice| choice.title.clone());
        let team = teams.iter().find(|(team, _)| value == team).map(|(_, title)| title.clone());
        let text = choice.or(team).unwrap_or_else(|| field.show(Some(value)));
        let line = text.lines().next().unwrap_or_default();
        let cut: String = line.chars().take(40).collect();
        Some(if cut.len() < line.len() { format!("{cut}…") } else { cut })
    };
    let answers = page.fields.iter().filter(|field| field.widget != Widget::Hidden).filter_map(words);
    answers.filter(|answer| !answer.is_empty()).take(3).collect::<Vec<_>>().join(" · ")
}

fn shown(path: &str, bytes: &[u8]) -> PreviewFile {
    let text = (bytes.len() <= SHOWN).then(|| String::from_utf8(bytes.to_vec()).ok()).flatten();
    PreviewFile { path: path.to_owned(), size: bytes.len() as u64, text: text.filter(|text| !text.contains('\0')) }
}

/// What the run will leave behind, in words.
fn will_make(
    loaded: &Loaded,
    values: &Map<String, Value>,
    files: &Tree,
    environments: &[String],
    runtime: Option<&str>,
) -> Vec<String> {
    let does = |action: &str| loaded.template.steps.iter().any(|step| step.action == action);
    let count = |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
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
        let environments =
            format!("{}: {}", count(environments.len(), "environment", "environments"), environments.join(", "));
        made.push(runtime.map_or_else(|| environments.clone(), |runtime| format!("{environments} on {runtime}")));
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::create::values::{Patterns, owner_field};
    use slipway_forms::PatternMatcher as _;

    #[test]
    fn patterns_match_as_in_a_browser() {
        assert!(Patterns.is_match("^[a-z][a-z0-9-]*[a-z0-9]$", "order-intake"));
        assert!(!Patterns.is_match("^[a-z][a-z0-9-]*[a-z0-9]$", "Order intake"));
        assert!(!Patterns.is_match("[", "["));
    }

    #[test]
    fn a_file_that_is_no_text_is_not_shown() {
        assert_eq!(shown("a", b"hello").text.as_deref(), Some("hello"));
        assert_eq!(shown("a", b"\0\x01").text, None);
        assert_eq!(shown("a", &[0xFF, 0xFE]).text, None);
        assert_eq!(shown("a", &vec![b'x'; SHOWN + 1]).text, None);
    }

    #[test]
    fn the_owner_is_the_field_with_the_picker() {
        let parameters = serde_json::json!({"properties": {"team": {"type": "string", "ui:field": "OwnerPicker"}}});
        let form = slipway_forms::read_form(&parameters).unwrap();
        assert_eq!(owner_field(&form).unwrap().name, "team");
    }
}
