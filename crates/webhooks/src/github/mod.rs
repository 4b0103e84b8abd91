//! GitHub. Fields from `octokit/webhooks@3a58428`, `payload-schemas/api.github.com/**`.

mod deployment;
mod issues;
mod pull_request;
mod push;

mod release;
mod workflow_run;

pub(crate) use push::commit;

use crate::fields::At;
use crate::{Auth, Delivery, Invalid, Options, Refused, Request, Subject, body, signature};

const SIGNATURE: &str = "x-hub-signature-256";

/// HMAC-SHA256 of the raw body. The older header `X-Hub-Signature` (SHA-1) is not accepted.
pub(crate) fn verify(auth: &Auth, request: &Request<'_>) -> Result<(), Refused> {
    signature::hex_of_body(auth, request, SIGNATURE, "sha256=")
}

pub(crate) fn read(options: &Options, request: &Request<'_>) -> Result<Delivery, Invalid> {
    let missing = |name: &str| Invalid::new(name, "the header is missing");
    let event = request.header("x-github-event").ok_or_else(|| missing("x-github-event"))?;
    // The same when a delivery is repeated.
    let key = request.header("x-github-delivery").ok_or_else(|| missing("x-github-delivery"))?;
    let value = body::json(request)?;
    let root = At::root(&value);
    let told = match event {
        "push" => push::read(&root)?,
        "pull_request" => pull_request::read(&root)?,
        "deployment" => deployment::created(&root)?,
        "deployment_status" => deployment::status(&root)?,
        "workflow_run" => workflow_run::read(options, &root)?,
        "release" => release::read(options, &root)?,
        "issues" => issues::read(options, &root)?,
        _ => None,
    };
    let state = root.at("deployment_status.state").maybe_text().or_else(|| root.get("action").maybe_text());
    let event = state.map_or_else(|| event.to_owned(), |state| format!("{event}.{state}"));
    Ok(Delivery { key: key.to_owned(), event, told: told.into_iter().collect() })
}

/// The repository's full name, and the environment if there is one.
fn subject(root: &At<'_>, environment: Option<&str>) -> Subject {
    Subject {
        repository: root.at("repository.full_name").maybe_text().map(str::to_owned),
        environment: environment.map(str::to_owned),
        ..Subject::default()
    }
}
