//! An alert is not an incident: alerts of one service that overlap, or follow each other closely, are one.

use slipway_dora::{Incident, Instant};

/// Seconds between two alerts of one incident, unless configured otherwise.
pub const DEFAULT_GAP_S: i64 = 600;

/// Merges the alerts of one service whose intervals overlap or are less than `gap_s` seconds apart. An incident has the
/// name of its first alert, is open while any of them is, and keeps what any of them names as its cause. In order of
/// time; any order of arrival gives the same.
#[must_use]
pub fn merge(mut alerts: Vec<Incident>, gap_s: i64) -> Vec<Incident> {
    alerts.retain(|alert| !alert.retracted);
    alerts.sort_by(|a, b| (onset(a), &a.id).cmp(&(onset(b), &b.id)));
    let mut merged: Vec<Incident> = Vec::new();
    for alert in alerts {
        let joins = |last: &Incident| last.resolved_at.is_none_or(|end| onset(&alert) < end.plus_seconds(gap_s));
        match merged.last_mut() {
            Some(last) if joins(last) => join(last, alert),
            _ => merged.push(alert),
        }
    }
    merged
}

fn onset(alert: &Incident) -> Instant {
    alert.impact_started_at.map_or(alert.detected_at, |impact| impact.min(alert.detected_at))
}

fn join(incident: &mut Incident, alert: Incident) {
    incident.resolved_at = match (incident.resolved_at, alert.resolved_at) {
        (Some(a), Some(b)) => Some(a.max(b)),
        _ => None,
    };
    incident.detected_at = incident.detected_at.min(alert.detected_at);
    incident.impact_started_at = match (incident.impact_started_at, alert.impact_started_at) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    incident.cause = incident.cause.max(alert.cause);
    incident.updated_at = incident.updated_at.max(alert.updated_at);
    incident.reopened |= alert.reopened;
    incident.links.extend(alert.links);
    incident.links.sort_unstable();
    incident.links.dedup();
    incident.root_cause_sha = incident.root_cause_sha.take().or(alert.root_cause_sha);
    incident.root_cause_artifact = incident.root_cause_artifact.take().or(alert.root_cause_artifact);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alert(id: &str, from: i64, to: Option<i64>) -> Incident {
        let minute = |m: i64| Instant::from_ms(m * 60_000);
        Incident { resolved_at: to.map(minute), ..Incident::new(id, minute(from)) }
    }

    fn spans(alerts: Vec<Incident>) -> Vec<(String, i64, Option<i64>)> {
        let minutes = |at: Instant| at.ms() / 60_000;
        let merged = merge(alerts, DEFAULT_GAP_S);
        merged.iter().map(|i| (i.id.to_string(), minutes(i.detected_at), i.resolved_at.map(minutes))).collect()
    }

    #[test]
    fn what_overlaps_or_follows_closely_is_one_incident() {
        let alerts = vec![
            alert("late", 60, Some(65)),
            alert("c", 39, Some(40)),
            alert("a", 0, Some(20)),
            alert("b", 10, Some(30)),
            alert("exact", 50, Some(51)),
        ];
        // 30 to 39 is less than ten minutes; 40 to 50 is not; 51 to 60 is again.
        let expected = [("a".to_owned(), 0, Some(40)), ("exact".to_owned(), 50, Some(65))];
        assert_eq!(spans(alerts.clone()), expected);
        assert_eq!(spans(alerts.into_iter().rev().collect()), expected);
    }

    #[test]
    fn an_open_alert_keeps_its_incident_open_and_takes_in_what_follows() {
        assert_eq!(spans(vec![alert("a", 0, None), alert("b", 500, Some(510))]), [("a".to_owned(), 0, None)]);
        assert_eq!(spans(Vec::new()), []);
    }
}
