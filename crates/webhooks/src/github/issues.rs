//! Issues with the label of incidents. One labelled later becomes an incident then; one that loses the label was none.

use slipway_dora::Incident;

use super::subject;
use crate::fields::At;
use crate::text::{root_cause, title};
use crate::{Fact, IncidentTold, Invalid, Options, Told};

pub(super) fn read(options: &Options, root: &At<'_>) -> Result<Option<Told>, Invalid> {
    let action = root.get("action").text()?;
    let issue = root.get("issue");
    let is_label = |label: &At<'_>| label.get("name").maybe_text().is_some_and(|name| options.is_incident_label(name));
    let labelled = issue.get("labels").items().any(|label| is_label(&label));
    let lost = action == "unlabeled" && is_label(&root.get("label")) && !labelled;
    let gone = lost || (labelled && matches!(action, "deleted" | "transferred"));
    if !labelled && !lost {
        return Ok(None);
    }
    let key = format!("github:issue:{}:{}", root.at("repository.id").id()?, issue.get("number").whole()?);
    let at = issue.get("updated_at").instant()?;
    let closed = issue.get("state").maybe_text() == Some("closed");
    let record = Incident {
        resolved_at: if closed { issue.get("closed_at").maybe_instant()?.or(Some(at)) } else { None },
        root_cause_sha: issue.get("body").maybe_text().and_then(root_cause).map(Into::into),
        updated_at: Some(at),
        reopened: action == "reopened",
        retracted: gone,
        ..Incident::new(key.as_str(), issue.get("created_at").instant()?)
    };
    let fact = Fact::Incident(IncidentTold { incident: record, title: title([issue.get("title")]) });
    Ok(Some(Told { key, at, subject: subject(root, None), fact, lookups: Vec::new() }))
}
