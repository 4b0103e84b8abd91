//! The incidents of a made-up year, as rows.

use super::random::Random;
use slipway_domain::{ids::IncidentId, time::Timestamp};
use slipway_ports::store::{
    delivery::{DeliveryEvent, DeliveryKind},
    incidents::{Incident, IncidentCause},
    services::Service,
};

/// The incidents of the event log as people see them.
pub(super) fn of(service: &Service, delivery: &[DeliveryEvent], random: &mut Random) -> Vec<Incident> {
    const WORDS: [&str; 4] = ["answers slowly", "answers with errors", "does not answer", "loses messages"];
    let told = delivery.iter().filter(|event| event.kind == DeliveryKind::Incident);
    let told = told.filter_map(|event| serde_json::from_value::<slipway_dora::Incident>(event.payload.clone()).ok());
    let mut row = |(told, words): (slipway_dora::Incident, &&str)| {
        let at = |instant: slipway_dora::Instant| Timestamp::from_millis(instant.ms());
        let detected_at = at(told.detected_at);
        let external = told.cause == slipway_dora::Cause::External;
        Incident {
            id: IncidentId::from_uuid(random.uuid(detected_at)),
            key: told.id.to_string(),
            service: service.id,
            title: format!("{} {words}", service.name),
            source: "webhook:pagerduty".to_owned(),
            detected_at,
            impact_started_at: None,
            resolved_at: told.resolved_at.map(at),
            told_at: told.resolved_at.map_or(detected_at, at),
            retracted: false,
            named: !told.links.is_empty(),
            cause: if external { IncidentCause::External } else { IncidentCause::Unknown },
            links: None,
            decided_by: None,
            decided_at: None,
        }
    };
    told.zip(WORDS.iter().cycle()).map(&mut row).collect()
}
