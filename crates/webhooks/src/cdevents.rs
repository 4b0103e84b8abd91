//! CDEvents in CloudEvents 1.0: structured, binary and batched. Fields from `cdevents/spec@8917b18` (0.6.0-draft and
//! tags v0.3.0 to v0.5.1): types are matched by their prefix, whatever the version; nothing is validated strictly,
//! because `subject.type` was required until 0.4.1 and is forbidden from 0.5 on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use slipway_dora::{Change, Deployment, Incident, Status};

use crate::fields::At;
use crate::text::{is_sha, title};
use crate::{ChangeTold, Delivery, Fact, IncidentTold, Invalid, Lookup, Request, Subject, Told, body};

const PREFIX: &str = "dev.cdevents.";
/// What stands before types that are not the specification's own (`custom/README.md`): kept, and nothing told.
const CUSTOM: &str = "dev.cdeventsx.";

pub(crate) fn read(request: &Request<'_>) -> Result<Vec<Delivery>, Invalid> {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let value = body::json(request)?;
    if kind.starts_with("application/cloudevents-batch") {
        let Some(events) = value.as_array() else { return Err(Invalid::new(".", "a batch is a list")) };
        let in_batch = |(n, error): (usize, Invalid)| Invalid::new(format!("[{n}].{}", error.field), error.message);
        return events.iter().enumerate().map(|(n, event)| structured(event).map_err(|e| in_batch((n, e)))).collect();
    }
    if kind.starts_with("application/cloudevents") {
        return structured(&value).map(|delivery| vec![delivery]);
    }
    // Binary: the envelope is in the headers, the body is the event.
    if let Some(version) = request.header("ce-specversion") {
        if version != "1.0" {
            return Err(Invalid::new("ce-specversion", format!("\"{version}\" is not 1.0")));
        }
        for name in ["ce-id", "ce-source", "ce-type"] {
            if request.header(name).is_none_or(str::is_empty) {
                return Err(Invalid::new(name, "the header is missing"));
            }
        }
    }
    event(&value, "").map(|delivery| vec![delivery])
}

fn structured(envelope: &Value) -> Result<Delivery, Invalid> {
    let root = At::root(envelope);
    let version = root.get("specversion");
    if version.text()? != "1.0" {
        return Err(version.wrong("is not 1.0"));
    }
    for name in ["id", "source", "type"] {
        root.get(name).text()?;
    }
    let data = root.get("data");
    if !data.is_null() {
        return event(data.value(), "data");
    }
    let encoded = root.get("data_base64");
    let bytes = STANDARD.decode(encoded.text()?).map_err(|_| encoded.wrong("is not base64"))?;
    event(&body::of_bytes(&bytes)?, "data_base64")
}

/// The CDEvent itself.
fn event(value: &Value, place: &str) -> Result<Delivery, Invalid> {
    let root = At::root(value);
    let result = of_root(&root);
    result.map_err(|error| match place {
        "" => error,
        place => Invalid::new(format!("{place}.{}", error.field), error.message),
    })
}

fn of_root(root: &At<'_>) -> Result<Delivery, Invalid> {
    let context = root.get("context");
    // `specversion` from 0.5 on, `version` before.
    if context.get("specversion").is_null() && context.get("version").is_null() {
        return Err(context.get("specversion").wrong("missing; a text is needed"));
    }
    let (id, source, kind) = (context.get("id").text()?, context.get("source").text()?, context.get("type").text()?);
    let name = match kind.strip_prefix(PREFIX) {
        Some(name) => name,
        None if kind.starts_with(CUSTOM) => "",
        None => return Err(context.get("type").wrong("does not begin with dev.cdevents.")),
    };
    let mut words = name.split('.');
    let told = match (words.next().unwrap_or_default(), words.next().unwrap_or_default()) {
        ("service", "deployed" | "upgraded") => Some(deployment(root, false)?),
        ("service", "rolledback") => Some(deployment(root, true)?),
        ("incident", "detected" | "reported") => Some(incident(root, false)?),
        ("incident", "resolved") => Some(incident(root, true)?),
        ("change", "merged") => Some(change(root)?),
        _ => None,
    };
    Ok(Delivery { key: format!("{source} {id}"), event: kind.to_owned(), told: told.into_iter().collect() })
}

fn deployment(root: &At<'_>, rollback: bool) -> Result<Told, Invalid> {
    let context = root.get("context");
    let at = context.get("timestamp").instant()?;
    let content = root.at("subject.content");
    let artifact = content.get("artifactId").text()?;
    let environment = content.at("environment.id").text()?;
    let key = format!("cdevents:service:{}:{}", context.get("source").text()?, context.get("id").text()?);
    let revision = revision(root, artifact);
    let record = Deployment {
        version: Some(artifact.into()),
        environment: Some(environment.into()),
        rollback,
        ..Deployment::new(key.as_str(), revision.clone().unwrap_or_default(), at, Status::Success)
    };
    let lookups = match revision {
        Some(_) => Vec::new(),
        None => vec![Lookup::Artifact { reference: artifact.to_owned() }],
    };
    let subject = Subject {
        service: Some(root.at("subject.id").text()?.to_owned()),
        environment: Some(environment.to_owned()),
        ..Subject::default()
    };
    Ok(Told { key, at, subject, fact: Fact::Deployment(record), lookups })
}

/// The commit, where the sender adds it (`customData`) or the package URL has it (`vcs_url=git+https://…@<sha>`).
fn revision(root: &At<'_>, purl: &str) -> Option<String> {
    let custom = root.get("customData");
    let added = ["revision", "sha", "commit"].iter().find_map(|name| custom.get(name).maybe_text());
    let in_purl =
        || purl.split(['?', '&', '@', '#']).map(|part| part.trim_start_matches("%40")).find(|part| is_sha(part));
    added.or_else(in_purl).map(str::to_owned)
}

fn incident(root: &At<'_>, resolved: bool) -> Result<Told, Invalid> {
    let context = root.get("context");
    let at = context.get("timestamp").instant()?;
    let subject = root.get("subject");
    let content = subject.get("content");
    let source = subject.get("source").maybe_text().map_or_else(|| context.get("source").text(), Ok)?;
    let key = format!("cdevents:incident:{source}:{}", subject.get("id").text()?);
    let record = Incident {
        resolved_at: resolved.then_some(at),
        root_cause_artifact: content.get("artifactId").maybe_text().map(Into::into),
        updated_at: Some(at),
        ..Incident::new(key.as_str(), at)
    };
    let subject = Subject {
        service: content.at("service.id").maybe_text().map(str::to_owned),
        environment: Some(content.at("environment.id").text()?.to_owned()),
        ..Subject::default()
    };
    let fact = Fact::Incident(IncidentTold { incident: record, title: title([content.get("description")]) });
    Ok(Told { key, at, subject, fact, lookups: Vec::new() })
}

fn change(root: &At<'_>) -> Result<Told, Invalid> {
    let context = root.get("context");
    let at = context.get("timestamp").instant()?;
    let subject = root.get("subject");
    let id = subject.get("id").text()?;
    let repository = subject.at("content.repository.id").maybe_text();
    let key = format!("cdevents:change:{}:{id}", repository.unwrap_or(context.get("source").text()?));
    // The event has no field for the commit.
    let sha = revision(root, "").or_else(|| is_sha(id).then(|| id.to_owned()));
    let change = Change { merged_at: Some(at), ..Change::new(key.as_str(), sha.clone().unwrap_or_default(), at) };
    let lookups = match sha {
        Some(_) => Vec::new(),
        None => vec![Lookup::ChangeCommit { change: id.to_owned() }],
    };
    let subject = Subject { repository: repository.map(str::to_owned), ..Subject::default() };
    let fact = Fact::Change(ChangeTold { change, hotfix: false, branch: None, commits: Vec::new() });
    Ok(Told { key, at, subject, fact, lookups })
}
