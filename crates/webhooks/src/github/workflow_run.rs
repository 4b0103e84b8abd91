//! Runs of workflows that deploy, for repositories that do not use Deployments. Only those named in the options: others
//! would count what their Deployments tell already.

use slipway_dora::{Deployment, Status, Tier};

use super::subject;
use crate::fields::At;
use crate::text::is_hotfix_branch;
use crate::{Fact, Invalid, Options, Told};

pub(super) fn read(options: &Options, root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let run = root.get("workflow_run");
    let named = ["name", "path"].iter().filter_map(|field| run.get(field).maybe_text());
    let deploys = named.into_iter().any(|name| options.deploy_workflows.iter().any(|known| known == name));
    if root.get("action").text()? != "completed" || !deploys {
        return Ok(None);
    }
    let status = match run.get("conclusion").text()? {
        "success" => Status::Success,
        "failure" | "timed_out" | "startup_failure" => Status::Failure,
        "cancelled" => Status::Cancelled,
        // Nothing was tried.
        _ => return Ok(None),
    };
    // A second attempt of a run is the same deployment.
    let key = format!("github:run:{}", run.get("id").id()?);
    let at = run.get("updated_at").instant()?;
    let record = Deployment {
        tier: Some(Tier::Production),
        started_at: run.get("run_started_at").maybe_instant()?.or(run.get("created_at").maybe_instant()?),
        hotfix: run.get("head_branch").maybe_text().is_some_and(is_hotfix_branch),
        ..Deployment::new(key.as_str(), run.get("head_sha").text()?, at, status)
    };
    Ok(Some(Told { key, at, subject: subject(root, None), fact: Fact::Deployment(record), lookups: Vec::new() }))
}
