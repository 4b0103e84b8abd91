//! What has to be written so that days are what the log says: of services, and by the difference of their teams and the organisation.

use super::{ALL_DAYS, Made};
use crate::{
    Result,
    errors::{internal, store},
};
use slipway_domain::ids::{DeploymentId, ServiceId};
use slipway_dora::rollup::{Rollup, Standing, Tally};
use slipway_ports::{
    Tx,
    store::rollups::{RollupDay, RollupScope, RollupService},
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A service as it is to be. `None`: it is gone, or was never deployed to production.
pub(super) type Wanted = (ServiceId, Option<Made>);

/// Everything that one transaction writes.
#[derive(Default)]
pub(super) struct Changes {
    pub days: Vec<RollupDay>,
    /// Services whose days, team or standing changed, with what is known of them now.
    pub services: Vec<(ServiceId, Option<(String, Standing)>)>,
    /// Decisions that changed; an empty text where none is known any more.
    pub judgements: Vec<(ServiceId, Vec<(DeploymentId, String)>)>,
    /// The same of what incidents are blamed on.
    pub blame: Vec<(ServiceId, Vec<(String, String)>)>,
}

/// What came and went of one day of a team or the organisation.
#[derive(Default)]
struct Difference {
    gone: Vec<Tally>,
    come: Vec<Tally>,
}

/// Compares what is kept in the snapshot that `tx` sees with what is wanted. Nothing else may write days meanwhile.
pub(super) async fn changes(tx: &mut dyn Tx, wanted: &[Wanted]) -> Result<Changes> {
    let ids: Vec<ServiceId> = wanted.iter().map(|(id, _)| *id).collect();
    let known = tx.rollup_services(Some(&ids)).await.map_err(store)?;
    let mut known: HashMap<ServiceId, RollupService> = known.into_iter().map(|known| (known.service, known)).collect();
    let mut kept: HashMap<ServiceId, BTreeMap<i32, Vec<u8>>> = HashMap::new();
    for (service, day, body) in tx.rollup_days_of(&ids, ALL_DAYS.0, ALL_DAYS.1).await.map_err(store)? {
        kept.entry(service).or_default().insert(day, body);
    }
    let mut changes = Changes::default();
    let mut differences: BTreeMap<(RollupScope, i32), Difference> = BTreeMap::new();
    for (service, now) in wanted {
        let before = known.remove(service);
        let owner_before = before.as_ref().map(|before| before.owner.as_str());
        let (owner_now, standing, mut days) = match now {
            Some(Made { owner, rollup, .. }) => (Some(owner.as_str()), Some(&rollup.standing), bodies(rollup)),
            None => (None, None, BTreeMap::new()),
        };
        let old = kept.remove(service).unwrap_or_default();
        let mut changed = false;
        let numbers: BTreeSet<i32> = old.keys().chain(days.keys()).copied().collect();
        for day in numbers {
            let (gone, come) = (old.get(&day), days.remove(&day));
            let same = gone == come.as_ref();
            if same && owner_before == owner_now {
                continue;
            }
            let (gone, new) = (gone.map(|body| tally(body)).transpose()?, come.as_deref().map(tally).transpose()?);
            for (owner, tally, side) in [(owner_before, gone, Side::Gone), (owner_now, new, Side::Come)] {
                let (Some(owner), Some(tally)) = (owner, tally) else { continue };
                for scope in [RollupScope::Organisation, RollupScope::Team(owner.to_owned())] {
                    let difference = differences.entry((scope, day)).or_default();
                    match side {
                        Side::Gone => difference.gone.push(tally.clone()),
                        Side::Come => difference.come.push(tally.clone()),
                    }
                }
            }
            if !same {
                changed = true;
                let body = come.unwrap_or_default();
                changes.days.push(RollupDay { scope: RollupScope::Service(*service), day, body });
            }
        }
        let standing_before = before.as_ref().and_then(|before| serde_json::from_value(before.standing.clone()).ok());
        if changed || owner_before != owner_now || standing_before.as_ref() != standing {
            let now = owner_now.zip(standing).map(|(owner, standing)| (owner.to_owned(), standing.clone()));
            changes.services.push((*service, now));
        }
    }
    for (service, now) in wanted {
        let before = tx.rollup_judgements_of(*service).await.map_err(store)?;
        let changed = decisions(before, now.as_ref().map(|made| &made.judged));
        if !changed.is_empty() {
            changes.judgements.push((*service, changed));
        }
        let before = tx.rollup_blame_of(*service).await.map_err(store)?;
        let changed = decisions(before, now.as_ref().map(|made| &made.blame));
        if !changed.is_empty() {
            changes.blame.push((*service, changed));
        }
    }
    changes.days.extend(joined(tx, wanted, differences).await?);
    Ok(changes)
}

/// What has to be written so that `before` becomes `now`.
fn decisions<I: Ord + Clone>(before: Vec<(I, String)>, now: Option<&BTreeMap<I, String>>) -> Vec<(I, String)> {
    let mut now: BTreeMap<I, &str> = now.into_iter().flatten().map(|(id, body)| (id.clone(), body.as_str())).collect();
    let mut changed = Vec::new();
    for (id, body) in before {
        match now.remove(&id) {
            Some(same) if same == body => {}
            other => changed.push((id, other.unwrap_or_default().to_owned())),
        }
    }
    changed.extend(now.into_iter().map(|(id, body)| (id, body.to_owned())));
    changed
}

#[derive(Clone, Copy)]
enum Side {
    Gone,
    Come,
}

fn bodies(rollup: &Rollup) -> BTreeMap<i32, Vec<u8>> {
    rollup.days().filter(|(_, tally)| !tally.is_empty()).map(|(day, tally)| (day, tally.to_bytes())).collect()
}

pub(super) fn tally(body: &[u8]) -> Result<Tally> {
    Tally::from_bytes(body).map_err(|error| internal(&error))
}

/// The days of teams and the organisation as they are with the differences.
async fn joined(
    tx: &mut dyn Tx,
    wanted: &[Wanted],
    differences: BTreeMap<(RollupScope, i32), Difference>,
) -> Result<Vec<RollupDay>> {
    let mut of_scopes: BTreeMap<RollupScope, Vec<(i32, Difference)>> = BTreeMap::new();
    for ((scope, day), difference) in differences {
        of_scopes.entry(scope).or_default().push((day, difference));
    }
    let mut out = Vec::new();
    for (scope, differences) in of_scopes {
        let (Some((first, _)), Some((last, _))) = (differences.first(), differences.last()) else { continue };
        let kept = tx.rollup_days(&scope, *first, last.saturating_add(1)).await.map_err(store)?;
        let mut kept: HashMap<i32, Vec<u8>> = kept.into_iter().collect();
        for (day, difference) in differences {
            let mut sum = kept.remove(&day).map(|body| tally(&body)).transpose()?.unwrap_or_default();
            if difference.gone.iter().all(|gone| sum.take_away(gone)) {
                difference.come.iter().for_each(|come| sum.add(come));
            } else {
                sum = anew(tx, wanted, &scope, day).await?;
            }
            let body = if sum.is_empty() { Vec::new() } else { sum.to_bytes() };
            out.push(RollupDay { scope: scope.clone(), day, body });
        }
    }
    Ok(out)
}

/// One day of a team or the organisation, put together from its services.
async fn anew(tx: &mut dyn Tx, wanted: &[Wanted], scope: &RollupScope, day: i32) -> Result<Tally> {
    let belongs = |owner: &str| match scope {
        RollupScope::Team(team) => team == owner,
        RollupScope::Organisation | RollupScope::Service(_) => true,
    };
    let others = tx.rollup_services(None).await.map_err(store)?.into_iter();
    let others: Vec<ServiceId> = others
        .filter(|other| belongs(&other.owner) && !wanted.iter().any(|(id, _)| *id == other.service))
        .map(|other| other.service)
        .collect();
    let mut sum = Tally::default();
    for (_, _, body) in tx.rollup_days_of(&others, day, day.saturating_add(1)).await.map_err(store)? {
        sum.add(&tally(&body)?);
    }
    for made in wanted.iter().filter_map(|(_, now)| now.as_ref()).filter(|made| belongs(&made.owner)) {
        made.rollup.days().filter(|(number, _)| *number == day).for_each(|(_, tally)| sum.add(tally));
    }
    Ok(sum)
}
