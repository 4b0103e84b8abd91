//! The wizard's pages.

use super::{
    advice::choices,
    pickers,
    preview::{Place, look, rendered, shown},
    secrets,
    shelf::card,
    start::first_open,
    templates::{self, Loaded},
    values::{Patterns, answered, name_in, stored, with_defaults},
};
use crate::{Caller, Result, Slipway, errors::store, views::team_titles};
use serde_json::{Map, Value};
use slipway_api_types::{
    AppError,
    create::{StepSummary, TemplateCard, WizardPage, WizardStep},
};
use slipway_domain::{
    access::Permission,
    catalog::{Entity, EntityRef},
    ids::DraftId,
    scaffold::Draft,
};
use slipway_forms::{Field, FieldType, Offers, Page, Widget};
use slipway_ports::{
    Tx,
    store::catalog::{EntityFilter, EntityRow},
};
use slipway_scaffold::ButtonLabels;
use std::collections::BTreeSet;

/// How many entities a picker offers; more can be typed.
const SUGGESTED: u32 = 200;
/// How many kinds of entities the pickers of one page ask for.
const KINDS: usize = 4;

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
    let missing =
        || AppError::not_found("such draft of yours any more: it was started, and is a run now, or was forgotten");
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
    let loaded = templates::open(slipway, &mut *tx, &reference).await?;
    let draft = if draft.is_empty() { None } else { Some(find_draft(&mut *tx, caller, draft).await?) };
    let teams = team_titles(&mut *tx).await?;
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
    let owners = own_teams(caller, &teams);
    // Somebody with one team need not say which.
    if let ([(only, _)], Some(page)) = (owners.as_slice(), &page) {
        for field in page.fields(&values, &Patterns).iter().filter(|field| field.widget == Widget::OwnerPicker) {
            values.entry(field.name.clone()).or_insert_with(|| Value::String(only.clone()));
        }
    }
    let suggestions = match &page {
        Some(page) => suggestions(&mut *tx, caller, page).await?,
        None => Vec::new(),
    };
    let labels = &loaded.template.labels;
    let mut result = WizardPage {
        onward: onward(labels, &step, &values),
        back: labels.back.clone().unwrap_or_else(|| "Back".to_owned()),
        now: slipway.clock.now().as_millis(),
        draft: draft.as_ref().map(|draft| draft.id.to_string()).unwrap_or_default(),
        template: card_of(&loaded, &teams)?,
        steps: summaries(slipway, &loaded, draft.as_ref(), &teams),
        pages: form.pages.len(),
        step,
        page,
        values,
        owners,
        suggestions,
        secrets: Vec::new(),
        runtimes: Vec::new(),
        runtime: draft.as_ref().and_then(|draft| draft.runtime.clone()),
        files: Vec::new(),
        will_make: Vec::new(),
        run_steps: Vec::new(),
    };
    if result.step == WizardStep::Review {
        let environments: Vec<String> = tx.environments().await.map_err(store)?.into_iter().map(|e| e.name).collect();
        drop(tx);
        result.secrets = secrets::asked(&loaded.template.form, &result.values);
        let place = Place { environments, runtime: result.runtime.clone() };
        let seen = look(slipway, caller, &loaded, &typed, &place).await?;
        if let Some(trouble) = seen.trouble {
            return Err(AppError::conflict(format!("The template cannot be rendered: {trouble}")));
        }
        result.will_make = seen.will_make;
        result.run_steps = seen.steps;
        result.files = seen.files.iter().map(|(path, file)| shown(path, &file.bytes)).collect();
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

/// What the button says that leads on: the review comes after the choice of a runtime.
fn onward(labels: &ButtonLabels, step: &WizardStep, values: &Map<String, Value>) -> String {
    let (label, usual) = match step {
        WizardStep::Parameters(_) => (None, "Continue".to_owned()),
        WizardStep::Runtime => (labels.review.as_ref(), "Continue".to_owned()),
        WizardStep::Review => (labels.create.as_ref(), format!("Create {}", name_in(values).unwrap_or("it"))),
    };
    label.cloned().unwrap_or(usual)
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

/// What the pickers of a page offer, by what they ask for.
async fn suggestions(tx: &mut dyn Tx, caller: &Caller, page: &Page) -> Result<Vec<(String, Vec<(String, String)>)>> {
    let asked = page
        .offers()
        .into_iter()
        .filter(|(picker, _)| picker.ends_with("EntityPicker") || *picker == "OwnedEntityPicker");
    let asked: BTreeSet<Offers> = asked.map(|(_, offers)| offers).collect();
    let kinds: BTreeSet<Option<String>> = asked
        .iter()
        .flat_map(|offers| match offers.kinds.as_slice() {
            [] => vec![None],
            kinds => kinds.iter().cloned().map(Some).collect(),
        })
        .collect();
    let mut rows = Vec::new();
    for kind in kinds.into_iter().take(KINDS) {
        let filter = EntityFilter { kind: kind.clone(), ..EntityFilter::default() };
        let page = tx.list_entities(&filter, None, SUGGESTED).await.map_err(store)?;
        rows.extend(page.items.into_iter().map(|row| (kind.clone(), row)));
    }
    let bodies = if asked.iter().all(|offers| offers.filter.is_empty()) {
        Vec::new()
    } else {
        let references: Vec<EntityRef> = rows.iter().map(|(_, row)| row.reference.clone()).collect();
        tx.entities(&references).await.map_err(store)?
    };
    let teams: Vec<&str> = caller.teams().collect();
    let offered = |offers: &Offers| {
        let fits = |kind: &Option<String>| match kind {
            None => offers.kinds.is_empty(),
            Some(kind) => offers.kinds.contains(kind),
        };
        let own = |owner: Option<String>| !offers.own || owner.is_some_and(|owner| teams.contains(&owner.as_str()));
        let passes = |reference: &EntityRef| {
            let body = bodies.iter().find(|held| held.entity.reference() == *reference);
            offers.filter.is_empty() || body.is_some_and(|held| pickers::passes(&offers.filter, &held.entity))
        };
        let found = rows.iter().filter(|(kind, row)| {
            fits(kind) && own(row.owner.as_ref().map(EntityRef::to_string)) && passes(&row.reference)
        });
        // Things of different kinds are often called the same.
        let called = |row: &EntityRow| match offers.kinds.len() {
            1 => row.title.clone(),
            _ => format!("{} ({})", row.title, row.reference.kind()),
        };
        found.map(|(_, row)| (row.reference.to_string(), called(row))).collect()
    };
    Ok(asked.iter().map(|offers| (offers.key(), offered(offers))).collect())
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
        let value = field.value(values)?;
        // A box that is not ticked says nothing, one that is says its title.
        if let Value::Bool(on) = value {
            return on.then(|| field.title.clone());
        }
        let choice = field.choices.iter().find(|choice| choice.value == *value).map(|choice| choice.title.clone());
        let team = teams.iter().find(|(team, _)| value == team).map(|(_, title)| title.clone());
        let text = choice.or(team).unwrap_or_else(|| field.show(Some(value)));
        let line = text.lines().next().unwrap_or_default();
        let cut: String = line.chars().take(40).collect();
        Some(if cut.len() < line.len() { format!("{cut}…") } else { cut })
    };
    let fields = page.fields(values, &Patterns);
    let told = |field: &&Field| !matches!(field.kind, FieldType::Fields) && field.widget != Widget::Hidden;
    let answers = fields.iter().filter(told).filter_map(words);
    answers.filter(|answer| !answer.is_empty()).take(3).collect::<Vec<_>>().join(" · ")
}
