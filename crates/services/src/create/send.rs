//! Sending the wizard's pages: what was typed is stored first and judged after, so that nothing is lost to a mistake.

use super::{
    fit,
    preview::rendered,
    start::first_open,
    templates::{self, Loaded},
    values::{Patterns, problems, refuse, require_create_somewhere, stored, write_out},
    wizard::{find_draft, step_href},
};
use crate::{Caller, Result, Slipway, errors::store};
use slipway_api_types::{
    AppError,
    create::{WizardSent, WizardStep},
};
use slipway_domain::{access::Permission, catalog::EntityRef, ids::DraftId, scaffold::Draft};
use slipway_forms::{ListChange, Page, Typed, read_typed};
use slipway_ports::Tx;
use std::sync::Arc;

/// How many drafts a person keeps; the oldest makes room.
const MOST_DRAFTS: usize = 20;

/// Stores a page of parameters and says where to go, or what is wrong with it. An empty `draft` begins one. A page that has fields now
/// which were not on it when it was sent is shown again with them. `change` (`add:hosts`, `up:hosts/1`) changes a list on the page
/// and stays there.
#[expect(clippy::too_many_arguments, reason = "a form's own fields, as they are sent")]
pub async fn send_page(
    slipway: &Slipway,
    caller: &Caller,
    namespace: &str,
    name: &str,
    draft: &str,
    page: usize,
    values: &Typed,
    change: &str,
) -> Result<WizardSent> {
    caller.require(Permission::Read, None)?;
    require_create_somewhere(caller)?;
    let reference = EntityRef::new("template", namespace, name);
    let loaded = {
        let mut tx = slipway.read().await?;
        templates::open(slipway, &mut *tx, &reference).await?
    };
    let pages = &loaded.template.form.pages;
    let Some(form_page) = pages.get(page) else {
        return Err(AppError::not_found(format!("page {page} of this template")));
    };
    let change = match change {
        "" => None,
        text => Some(ListChange::parse(text).ok_or_else(|| AppError::invalid("change", "There is no such change."))?),
    };
    let mut tx = slipway.write().await?;
    let mut draft = if draft.is_empty() {
        begin(slipway, &mut *tx, caller, &loaded, form_page).await?
    } else {
        find_draft(&mut *tx, caller, draft).await?
    };
    if draft.template != reference.to_string() {
        return Err(AppError::not_found(format!("such draft of {name}")));
    }
    let before = stored(&draft.values);
    let mut typed = values.clone();
    write_out(form_page, &before, &mut typed);
    let (mut all, open) = read_typed(form_page, &before, &typed, &Patterns);
    if let Some((change, path)) = change {
        change.make(form_page, &mut all, path, &Patterns);
    }
    draft.values = all.clone().into();
    draft.updated_at = slipway.clock.now();
    tx.put_draft(&draft).await.map_err(store)?;
    let mut found = match change {
        Some(_) => Vec::new(),
        None => problems(&mut *tx, caller, &loaded, form_page, &all).await?,
    };
    tx.commit().await.map_err(store)?;
    // Nobody is told off for a field that was not there.
    found.retain(|error| !open.contains(&error.field));
    if !found.is_empty() {
        return Err(refuse(found));
    }
    if change.is_some() || !open.is_empty() {
        return Ok(WizardSent { next: step_href(&reference, draft.id, &WizardStep::Parameters(page)) });
    }
    let next = if page + 1 < pages.len() { WizardStep::Parameters(page + 1) } else { WizardStep::Runtime };
    Ok(WizardSent { next: step_href(&reference, draft.id, &next) })
}

/// A draft for a first page. One whose first page was refused is tried again rather than begun a second time: whoever was
/// refused has not learned its id.
async fn begin(slipway: &Slipway, tx: &mut dyn Tx, caller: &Caller, loaded: &Loaded, page: &Page) -> Result<Draft> {
    let template = loaded.reference.to_string();
    let drafts = tx.drafts_of(caller.user).await.map_err(store)?;
    for draft in drafts.iter().filter(|draft| draft.template == template && draft.runtime.is_none()) {
        let values = stored(&draft.values);
        let fields = page.fields(&values, &Patterns);
        let only_this = values.keys().all(|key| fields.iter().any(|field| field.name == *key));
        if only_this && !problems(tx, caller, loaded, page, &values).await?.is_empty() {
            return Ok(draft.clone());
        }
    }
    if let Some(oldest) = drafts.last().filter(|_| drafts.len() >= MOST_DRAFTS) {
        tx.delete_draft(oldest.id).await.map_err(store)?;
    }
    Ok(Draft {
        id: DraftId::from_uuid(slipway.entropy.uuid()),
        user: caller.user,
        template,
        values: serde_json::Map::new().into(),
        runtime: None,
        updated_at: slipway.clock.now(),
    })
}

/// Stores where it shall run and says where to go, or why it cannot run there.
pub async fn choose_runtime(slipway: &Slipway, caller: &Caller, draft: &str, runtime: &str) -> Result<WizardSent> {
    caller.require(Permission::Read, None)?;
    require_create_somewhere(caller)?;
    let mut tx = slipway.read().await?;
    let mut draft = find_draft(&mut *tx, caller, draft).await?;
    let loaded = template_of(slipway, &mut *tx, &draft).await?;
    drop(tx);
    if let WizardStep::Parameters(_) = first_open(slipway, &loaded, Some(&draft)) {
        // Sizes are not known yet; `start` checks again when they are.
        require_runtime(slipway, runtime)?;
    } else {
        require_fit(slipway, caller, &loaded, &draft, runtime).await?;
    }
    let mut tx = slipway.write().await?;
    // Read again: a page may have been sent meanwhile, and must stand.
    draft = find_draft(&mut *tx, caller, &draft.id.to_string()).await?;
    draft.runtime = Some(runtime.to_owned());
    draft.updated_at = slipway.clock.now();
    tx.put_draft(&draft).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(WizardSent { next: step_href(&loaded.reference, draft.id, &first_open(slipway, &loaded, Some(&draft))) })
}

/// The template of a draft.
pub(super) async fn template_of(slipway: &Slipway, tx: &mut dyn Tx, draft: &Draft) -> Result<Arc<Loaded>> {
    let reference: EntityRef =
        draft.template.parse().map_err(|_| AppError::not_found(format!("template named `{}`", draft.template)))?;
    templates::open(slipway, tx, &reference).await
}

fn require_runtime(slipway: &Slipway, runtime: &str) -> Result<slipway_domain::runtime::RuntimeKind> {
    slipway.runtimes.get(runtime).map(|runtime| runtime.kind()).ok_or_else(|| {
        let names: Vec<&str> = slipway.runtimes.iter().map(|(name, _)| name).collect();
        let message = match names.as_slice() {
            [] => "No runtime is configured; an administrator can add one to Slipway's configuration.".to_owned(),
            names => format!("Choose one of: {}.", names.join(", ")),
        };
        AppError::invalid("runtime", message)
    })
}

/// Checks that the runtime offers what the service asks for.
pub(super) async fn require_fit(
    slipway: &Slipway,
    caller: &Caller,
    loaded: &Arc<Loaded>,
    draft: &Draft,
    runtime: &str,
) -> Result<()> {
    let kind = require_runtime(slipway, runtime)?;
    let (_, workload) = rendered(slipway, caller, loaded, &stored(&draft.values)).await?;
    let fits = workload.map_or(Ok(()), |workload| fit::check(kind, &workload));
    fits.map_err(|message| AppError::invalid("runtime", message))
}
