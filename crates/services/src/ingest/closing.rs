//! The end of incidents whose source says only that they are over: not when they began, nor whose they are. What is known of them
//! says both.

use super::{Outcome, facts, said_by};
use crate::{Result, errors::store, insights::events::instant, sources::setup::Setup};
use slipway_ports::{Tx, store::sources::Source};
use slipway_webhooks::{Fact, IncidentTold, Told};

/// Ends what the source told of under that key and is open, or was ended by this very statement. One that is not known waits like what
/// matches no service: it may be told of later.
pub(super) async fn close(tx: &mut dyn Tx, source: &Source, told: &Told, outcome: &mut Outcome) -> Result<()> {
    let said_by = said_by(&source.kind);
    let known = tx.incidents_known_as(&told.key).await.map_err(store)?;
    let theirs = |service| source.service.is_none_or(|fixed| fixed == service);
    let known: Vec<_> = known.into_iter().filter(|known| known.source == said_by && theirs(known.service)).collect();
    // An alarm that is well without having been heard of is the ordinary thing.
    if known.is_empty() && !told.key.ends_with(':') {
        let name = told.key.rsplit(':').next().unwrap_or_default();
        outcome.unmatched.insert(format!("It ends {name}, and no incident of that name was told of yet."));
    }
    for incident in known {
        let at = told.at;
        let own = incident.resolved_at.is_some_and(|end| instant(end) == at);
        if !own && (incident.resolved_at.is_some() || instant(incident.told_at) > at) {
            continue;
        }
        let Some(service) = tx.service(incident.service).await.map_err(store)? else { continue };
        let record = slipway_dora::Incident {
            resolved_at: Some(at),
            updated_at: Some(at),
            ..slipway_dora::Incident::new(incident.key.as_str(), instant(incident.detected_at))
        };
        let fact = Fact::Incident(IncidentTold { incident: record, title: None });
        let ended = Told { key: incident.key, fact, ..told.clone() };
        outcome.events.extend(facts::events(&said_by, service.id, &Setup::default(), &ended));
        outcome.services.insert(service.name.clone());
        outcome.incidents.push((service, Box::new(ended)));
    }
    Ok(())
}
