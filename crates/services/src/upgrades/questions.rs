//! What the new version of a campaign asks, and the lock files of its services do not answer.

use super::{
    plan::{Answers, answered, asks, origins},
    versions::kept,
};
use crate::{Result, Slipway, errors::store};
use serde_json::{Map, Value};
use slipway_api_types::{AppError, error::FieldError};
use slipway_domain::ids::ServiceId;
use slipway_forms::{Field, Form};
use slipway_scaffold::TemplateFolder;

/// How many services are asked about before a campaign begins. What only a later one lacks stops the campaign there, with a word.
const LOOKED_AT: usize = 50;
/// How often one answer brings up the next question.
const DEEPEST: usize = 8;

/// The form of a version that was kept.
pub(super) async fn form_of(slipway: &Slipway, template: &str, version: &str) -> Result<Form> {
    let folder: Option<TemplateFolder> = kept(&mut *slipway.read().await?, template, version).await?;
    let form = folder.and_then(|folder| folder.template().ok()).map(|template| template.form);
    form.ok_or_else(|| AppError::conflict("The new version of this golden path cannot be read."))
}

/// The answers that the inputs of a lock leave open: what a service said itself stays.
pub(super) fn for_inputs(form: &Form, inputs: &Map<String, Value>, answers: &Answers) -> Answers {
    let mut own = Answers::new();
    for _ in 0..DEEPEST {
        let open = asks(form, &answered(form, inputs, &own));
        let given =
            open.into_iter().filter_map(|(field, _)| Some((field.name.clone(), answers.get(&field.name)?.clone())));
        let before = own.len();
        own.extend(given);
        if own.len() == before {
            break;
        }
    }
    own
}

/// The fields that are open in any of these services with these answers, each once. Services that say no template are passed over.
pub(super) async fn open(
    slipway: &Slipway,
    form: &Form,
    services: &[ServiceId],
    answers: &Answers,
) -> Result<Vec<(Field, FieldError)>> {
    let mut open: Vec<(Field, FieldError)> = Vec::new();
    for id in services.iter().take(LOOKED_AT) {
        let service = slipway.read().await?.service(*id).await.map_err(store)?;
        let Some(service) = service else { continue };
        let Ok(from) = origins(slipway, &service.name).await else { continue };
        let own = for_inputs(form, &from.lock.inputs, answers);
        for (field, problem) in asks(form, &answered(form, &from.lock.inputs, &own)) {
            if !open.iter().any(|(known, _)| known.name == field.name) {
                open.push((field, problem));
            }
        }
    }
    Ok(open)
}
