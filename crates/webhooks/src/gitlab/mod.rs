//! GitLab. Fields from `gitlabhq: doc/user/project/integrations/webhook_events.md`.

mod deployment;
pub(crate) mod export;
mod issue;
mod merge_request;
mod push;
mod signing;

pub(crate) use signing::verify;

use crate::fields::At;
use crate::{Delivery, Invalid, Options, Request, Subject, body, signature};

pub(crate) fn read(options: &Options, request: &Request<'_>) -> Result<Delivery, Invalid> {
    let value = body::json(request)?;
    let root = At::root(&value);
    // `X-Gitlab-Event-UUID` repeats for recursive hooks: no key.
    let key = request.header("idempotency-key").or_else(|| request.header("webhook-id"));
    let key = key.map_or_else(|| signature::digest(request.body), str::to_owned);
    let kind = root.get("object_kind").text()?;
    let told = match kind {
        "deployment" => deployment::read(&root)?,
        "push" => push::read(&root)?,
        "merge_request" => merge_request::read(&root)?,
        "issue" | "work_item" => issue::read(options, &root)?,
        _ => None,
    };
    let detail = root.at("object_attributes.action").maybe_text().or_else(|| root.get("status").maybe_text());
    let event = detail.map_or_else(|| kind.to_owned(), |detail| format!("{kind}.{detail}"));
    Ok(Delivery { key, event, told: told.into_iter().collect() })
}

/// The project's id: a number that does not change with its name.
fn project(root: &At<'_>) -> Result<String, Invalid> {
    root.at("project.id").maybe_id().map_or_else(|| root.get("project_id").id(), Ok)
}

fn subject(root: &At<'_>, environment: Option<&str>) -> Subject {
    Subject {
        repository: root.at("project.path_with_namespace").maybe_text().map(str::to_owned),
        environment: environment.map(str::to_owned),
        ..Subject::default()
    }
}

/// Whether any of the labels fits.
fn labelled(root: &At<'_>, fits: impl Fn(&str) -> bool) -> bool {
    root.get("labels").items().any(|label| label.get("title").maybe_text().is_some_and(&fits))
}
