//! The services beside a roll-up, a part at a time: there may be thousands.

use super::log::Member;
use crate::{fleet::some, views::owner_link};
use slipway_api_types::insights::{Beside, InsightsQuery, ServiceDora};
use std::collections::HashSet;

/// Services of one part.
const PART: usize = 50;
/// Services without data that are named.
const NAMED: usize = 20;

/// Those that the query's `q` is in, from the one after its `beyond` on. `measured` is by name.
pub(super) fn part(
    measured: &[ServiceDora],
    members: &[Member],
    query: &InsightsQuery,
    owners: &[(String, String)],
) -> Beside {
    let (find, beyond) = (some(&query.q).map(|find| find.to_lowercase()), query.beyond.trim());
    let wanted = |name: &str| find.as_deref().is_none_or(|find| name.to_lowercase().contains(find));
    let mut following = measured.iter().filter(|service| wanted(&service.name) && service.name.as_str() > beyond);
    let services: Vec<ServiceDora> = following
        .by_ref()
        .take(PART)
        .map(|service| ServiceDora { owner: owner_link(&service.owner, owners).title, ..service.clone() })
        .collect();
    let more = following.next().is_some();
    let names: HashSet<&str> = measured.iter().map(|service| service.name.as_str()).collect();
    let without: Vec<&str> = members.iter().map(|member| member.name.as_str()).filter(|m| !names.contains(m)).collect();
    Beside {
        next: if more { services.last().map(|last| last.name.clone()).unwrap_or_default() } else { String::new() },
        found: measured.iter().filter(|service| wanted(&service.name)).count(),
        of: measured.len(),
        services,
        without_data: without.iter().take(NAMED).map(|name| (*name).to_owned()).collect(),
        more_without: without.len().saturating_sub(NAMED),
    }
}
