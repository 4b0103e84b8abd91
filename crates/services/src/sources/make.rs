//! Making a source.

use super::{
    href,
    secret::{cannot, derived},
    setup::{Setup, names, words},
    url,
    words::{fields, makes_its_own},
};
use crate::{Caller, Result, Slipway, errors::store, fleet::some};
use serde_json::json;
use slipway_api_types::{
    AppError,
    sources::{NewSource, SourceSecret},
};
use slipway_domain::{access::Permission, ids::SourceId, time::Timestamp};
use slipway_ports::{
    Tx,
    store::{services::Service, sources::Source},
};
use slipway_webhooks::Source as Kind;

/// Makes a source. Its secret is in the answer and nowhere else.
pub async fn make(slipway: &Slipway, caller: &Caller, new: &NewSource) -> Result<SourceSecret> {
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let service = service(&mut *tx, &new.service).await?;
    match &service {
        Some(service) => caller.require(Permission::Manage, Some(&service.owner))?,
        None => caller.require(Permission::Administer, None)?,
    }
    let source = read(slipway, caller, new, service, now)?;
    tx.add_source(&source).await.map_err(store)?;
    let detail = json!({"name": source.name, "kind": source.kind, "secret": source.secret});
    let line =
        caller.audit(&*slipway.entropy, now, "source.make", source.id.to_string(), source.owner.as_deref(), detail);
    tx.add_audit(&line).await.map_err(store)?;
    tx.publish("source", &source.id.to_string(), 0, now).await.map_err(store)?;
    tx.commit().await.map_err(store)?;
    Ok(told(slipway, &source))
}

/// Where to send and how to prove it: what the sender is told. The secret is among it when the instance made it.
pub(super) fn told(slipway: &Slipway, source: &Source) -> SourceSecret {
    let (url_field, secret_field) = Kind::parse(&source.kind).map_or(("URL", "Secret"), fields);
    let mut lines = vec![(url_field.to_owned(), url(&slipway.settings.public_url, source))];
    if source.secret.is_none() {
        let secret = derived(slipway, source, source.generation);
        lines.push((secret_field.to_owned(), secret.expose().to_owned()));
    }
    SourceSecret { name: source.name.clone(), href: href(source), lines }
}

async fn service(tx: &mut dyn Tx, name: &str) -> Result<Option<Service>> {
    let Some(name) = some(name) else { return Ok(None) };
    let found = tx.service_by_name(&name).await.map_err(store)?;
    let missing =
        || AppError::invalid("service", format!("There is no service named `{name}`; leave it empty for all."));
    Ok(Some(found.ok_or_else(missing)?))
}

fn read(
    slipway: &Slipway,
    caller: &Caller,
    new: &NewSource,
    service: Option<Service>,
    now: Timestamp,
) -> Result<Source> {
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > 80 {
        return Err(AppError::invalid("name", "Use 1 to 80 characters that say whose events these are."));
    }
    let kind = Kind::parse(new.kind.trim()).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
        AppError::invalid("kind", format!("Choose who sends: {}.", known.join(", ")))
    })?;
    let secret = some(&new.secret);
    match &secret {
        // Found now, or the first event would be refused.
        Some(reference) => drop(slipway.secrets.resolve(reference).map_err(|error| cannot(&error))?),
        None if makes_its_own(kind) => {
            let message = "PagerDuty makes the secret itself: put it where Slipway can read it, and say where as env:NAME or file:NAME.";
            return Err(AppError::invalid("secret", message));
        }
        None => {}
    }
    let setup = Setup {
        incident_labels: words(&new.incident_labels),
        deploy_workflows: words(&new.deploy_workflows),
        releases_deploy: !new.releases_deploy.is_empty(),
        accounts: words(&new.accounts),
        production: words(&new.production),
        names: names(&new.names)?,
        ..Setup::default()
    };
    Ok(Source {
        id: SourceId::from_uuid(slipway.entropy.uuid()),
        name: name.to_owned(),
        kind: kind.as_str().to_owned(),
        options: json!(setup),
        owner: service.as_ref().map(|service| service.owner.clone()),
        service: service.map(|service| service.id),
        secret,
        generation: 1,
        rotated_at: None,
        created_by: caller.login.clone(),
        created_at: now,
        revoked_at: None,
        heard: 0,
        heard_at: None,
        refused: 0,
        refused_at: None,
        refused_why: None,
    })
}
