//! What an event leaves out: answered from what Slipway knows, or said to be missing.

use crate::{Result, errors::store};
use slipway_domain::artifact::Digest;
use slipway_ports::{Tx, store::services::Service};
use slipway_webhooks::{Fact, Lookup, Told};

/// GitLab tells so many commits of a push, however many there are.
const TOLD_AT_MOST: usize = 20;

/// Fills in what is known here, and gives what is not, in words.
pub(super) async fn answer(tx: &mut dyn Tx, service: &Service, told: &mut Told) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    for lookup in told.lookups.clone() {
        if let (Lookup::Artifact { reference }, Fact::Deployment(record)) = (&lookup, &mut told.fact)
            && let Some(revision) = revision_of(tx, service, reference).await?
        {
            record.revision = revision.into();
            continue;
        }
        missing.extend(words(&lookup, &told.fact));
    }
    Ok(missing)
}

/// The commit of an artifact that was recorded here, by the digest in its name.
async fn revision_of(tx: &mut dyn Tx, service: &Service, reference: &str) -> Result<Option<String>> {
    // A package URL has it as `@sha256:…`, perhaps with the colon escaped.
    let plain = reference.replace("%3A", ":").replace("%3a", ":");
    let parts = plain.split(['@', '?', '&', '=', '#']).find_map(|part| part.parse::<Digest>().ok());
    let Some(digest) = parts else { return Ok(None) };
    let artifact = tx.artifact_by_digest(service.id, &digest).await.map_err(store)?;
    Ok(artifact.map(|artifact| artifact.revision))
}

/// What is missing. `None` when nothing is: the commits of a push are mostly all told.
fn words(lookup: &Lookup, fact: &Fact) -> Option<String> {
    Some(match lookup {
        Lookup::CommitRange { after, .. } => match fact {
            Fact::Push(push) if push.commits.len() >= TOLD_AT_MOST => {
                format!("commits of the push to {} beyond the {} told", short(after), push.commits.len())
            }
            _ => return None,
        },
        Lookup::PullRequestCommits { number } => {
            format!("when pull request {number} was begun, unless its commits were pushed; its opening counts")
        }
        Lookup::MergeRequest { iid, .. } => {
            format!("when merge request {iid} was begun, unless its commits were pushed; its opening counts")
        }
        Lookup::Tag { name } => format!("the commit of the tag {name}"),
        Lookup::PipelineRevision { pipeline, execution } => {
            format!("the commit of run {execution} of the pipeline {pipeline}")
        }
        Lookup::CodeDeployDeployment { deployment } => format!("the commit of CodeDeploy's {deployment}"),
        Lookup::EcsService { arn } => format!("the commit of the image that {arn} runs"),
        Lookup::AppRunnerOperations { service } => format!("the commit of the image that {service} runs"),
        Lookup::Artifact { reference } => format!("the commit of the artifact {reference}"),
        Lookup::ChangeCommit { change } => format!("the commit of the change {change}"),
    })
}

fn short(sha: &str) -> String {
    crate::views::short(sha)
}
