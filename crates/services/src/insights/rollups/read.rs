//! Days as pages read them. Where the log is short, services of which it says more are made anew on the way: what a page shows is then what
//! the log says, also in the second before the worker comes to it. Where it is long nobody is to wait for that: the page says how many are
//! behind, and asks again when the worker was there.

use super::{change::tally, of_events, question, recipe};
use crate::{
    Result,
    errors::{internal, store},
    insights::{
        Asked, MOST_READ, blocking,
        cache::{Cache, Extent, Measured, Scope},
        log::Member,
        window::Window,
    },
};
use slipway_api_types::AppError;
use slipway_domain::ids::ServiceId;
use slipway_dora::{
    Id, Metrics, ServiceInput,
    rollup::{Rollup, Standing, Tally, day_number},
};
use slipway_ports::{
    Tx,
    store::{
        delivery::DeliveryEvent,
        rollups::{RollupMarks, RollupScope, RollupService},
    },
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// Marked services that a page makes anew itself.
const MOST_FRESH: usize = 32;
/// What a scope adds up to.
#[derive(Debug)]
pub(in crate::insights) struct Rolled {
    /// All services together, as far back as a page looks.
    pub pooled: Rollup,
    /// How many services it is of: those that were ever deployed to production.
    pub of: usize,
    /// Each of them, where it was asked for: name, team, metrics of the window without their samples.
    pub services: Vec<(Id, String, Arc<Metrics>)>,
    /// How many services are shown as they were before the last events.
    pub behind: usize,
}

impl Rolled {
    /// From the events themselves: where no days are kept in this zone, or not yet.
    pub(in crate::insights) fn of_inputs(window: &Window, inputs: &[ServiceInput], owners: &[String]) -> Self {
        let rollups: Vec<Rollup> = inputs.iter().map(|input| Rollup::of(&window.config, input)).collect();
        let service = |((input, owner), rollup): ((&ServiceInput, &String), &Rollup)| {
            (input.service.clone(), owner.clone(), measured(window, rollup))
        };
        let services = inputs.iter().zip(owners).zip(&rollups).map(service).collect();
        Self { of: rollups.len(), services, pooled: Rollup::pooled(&rollups), behind: 0 }
    }

    /// Nothing yet: the days of so many services are being added up.
    pub(in crate::insights) fn not_yet(behind: usize) -> Self {
        Self { pooled: Rollup::default(), of: 0, services: Vec::new(), behind }
    }
}

/// The metrics of one service, without what only roll-ups need of it.
fn measured(window: &Window, rollup: &Rollup) -> Arc<Metrics> {
    let mut metrics = rollup.metrics(&window.config);
    metrics.lead_time_s.samples = Vec::new();
    metrics.lead_time_s.buckets = Vec::new();
    metrics.fdrt_s.samples = Vec::new();
    Arc::new(metrics)
}

/// From the days that are kept; `None` where the events have to be read.
pub(in crate::insights) async fn read(
    cache: &Cache,
    tx: &mut dyn Tx,
    window: &Window,
    asked: &Asked,
    marks: &RollupMarks,
    extent: Extent,
) -> Result<Option<Rolled>> {
    if marks.recipe != recipe(window.config.zone_name()) {
        return Ok(None);
    }
    let scope = &asked.scope;
    let Some(kept) = Kept::read(tx, asked, marks, extent).await? else { return Ok(None) };
    let fresh = fresh(tx, window, &kept).await?;
    match scope {
        Scope::Service(id) => one(tx, window, *id, &kept, fresh, extent).await,
        Scope::Owner(owner) => {
            let services = match extent {
                Extent::Panel | Extent::Pooled => Vec::new(),
                Extent::Page => services(cache, tx, window, &kept, &fresh).await?,
            };
            let of = kept.services.len() - kept.dirty.iter().filter(|id| kept.services.contains_key(id)).count();
            let scope = owner.clone().map_or(RollupScope::Organisation, RollupScope::Team);
            let pooled = pooled(tx, window.reach(extent), &scope, &kept, &fresh).await?;
            Ok(Some(Rolled { pooled, of: of + fresh.len(), services, behind: kept.behind }))
        }
    }
}

/// What is known of the scope's services before any day is read.
struct Kept<'m> {
    members: HashMap<ServiceId, &'m Member>,
    /// Counted for the scope, be they there any more or not.
    services: HashMap<ServiceId, RollupService>,
    /// Marked services that are to be made anew.
    dirty: HashSet<ServiceId>,
    behind: usize,
}

impl<'m> Kept<'m> {
    async fn read(tx: &mut dyn Tx, asked: &'m Asked, marks: &RollupMarks, extent: Extent) -> Result<Option<Self>> {
        let scope = &asked.scope;
        let members: HashMap<ServiceId, &Member> = asked.members.iter().map(|member| (member.id, member)).collect();
        let known = match scope {
            Scope::Service(id) => tx.rollup_services(Some(&[*id])).await,
            Scope::Owner(_) => tx.rollup_services(None).await,
        };
        let counted = |known: &RollupService| match scope {
            Scope::Service(_) | Scope::Owner(None) => true,
            Scope::Owner(Some(owner)) => known.owner == *owner,
        };
        let known = known.map_err(store)?.into_iter().filter(counted);
        let services: HashMap<ServiceId, RollupService> = known.map(|known| (known.service, known)).collect();
        let marked = marks.dirty.iter().map(|dirty| dirty.service);
        let roll_up = matches!(scope, Scope::Owner(_));
        // For a panel nobody listed the members; what is marked may be one of them.
        let panel = roll_up && extent < Extent::Page;
        let of_scope = |id: &ServiceId| panel || members.contains_key(id) || services.contains_key(id);
        let mut dirty: HashSet<ServiceId> = marked.filter(of_scope).collect();
        let all = dirty.len();
        if panel || marks.log >= i64::from(MOST_READ) {
            dirty.clear();
        } else if all > MOST_FRESH {
            return Ok(None);
        }
        let behind = all - dirty.len();
        Ok(Some(Self { members, services, dirty, behind }))
    }
}

/// The marked services as their events say now; one that was never deployed or is gone has no entry.
async fn fresh(tx: &mut dyn Tx, window: &Window, kept: &Kept<'_>) -> Result<HashMap<ServiceId, Rollup>> {
    let dirty: Vec<Member> = kept.dirty.iter().filter_map(|id| kept.members.get(id).copied().cloned()).collect();
    if dirty.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<ServiceId> = dirty.iter().map(|member| member.id).collect();
    let mut events: HashMap<ServiceId, Vec<DeliveryEvent>> = HashMap::new();
    for event in tx.delivery_events(Some(&ids)).await.map_err(store)? {
        events.entry(event.service).or_default().push(event);
    }
    let question = question(window.config.zone_name())?;
    blocking(move || {
        let make = |member: &Member| Some((member.id, of_events(&question, member, events.remove(&member.id)?)?));
        dirty.iter().filter_map(make).collect()
    })
    .await
}

fn standing(kept: &RollupService) -> Result<Standing> {
    serde_json::from_value(kept.standing.clone()).map_err(|error| internal(&error))
}

async fn one(
    tx: &mut dyn Tx,
    window: &Window,
    id: ServiceId,
    kept: &Kept<'_>,
    mut fresh: HashMap<ServiceId, Rollup>,
    extent: Extent,
) -> Result<Option<Rolled>> {
    let (from, to) = window.reach(extent);
    let rollup = match (fresh.remove(&id), kept.services.get(&id)) {
        (Some(rollup), _) => Some(rollup),
        (None, Some(known)) if !kept.dirty.contains(&id) => {
            let days = tx.rollup_days(&RollupScope::Service(id), from, to).await.map_err(store)?;
            let days = days.iter().map(|(day, body)| Ok((*day, tally(body)?))).collect::<Result<Vec<_>>>()?;
            Some(Rollup::new(standing(known)?, days))
        }
        _ => None,
    };
    let (Some(pooled), Some(member)) = (rollup, kept.members.get(&id)) else {
        return Ok(Some(Rolled::not_yet(kept.behind)));
    };
    let services = match extent {
        Extent::Panel | Extent::Pooled => Vec::new(),
        Extent::Page => vec![(Id::from(member.name.as_str()), member.owner.clone(), measured(window, &pooled))],
    };
    Ok(Some(Rolled { pooled, of: 1, services, behind: kept.behind }))
}

/// Each service with its metrics: as they were measured before where its days are still the same.
async fn services(
    cache: &Cache,
    tx: &mut dyn Tx,
    window: &Window,
    kept: &Kept<'_>,
    fresh: &HashMap<ServiceId, Rollup>,
) -> Result<Vec<(Id, String, Arc<Metrics>)>> {
    let clean = kept.services.values().filter(|known| !kept.dirty.contains(&known.service));
    let versions: HashMap<ServiceId, i64> = clean.map(|known| (known.service, known.version)).collect();
    let period = window.period();
    let mut all = cache.measured(&period, &versions);
    let missing: Vec<ServiceId> = versions.keys().filter(|id| !all.contains_key(id)).copied().collect();
    let mut reading = Reading { window, kept, open: None, done: Measured::new(), failed: None };
    // Nothing that is shown of each looks back further than the window.
    let (from, to) = (day_number(window.config.from()), day_number(window.config.to()));
    tx.each_rollup_day_of(&missing, from, to, &mut |service, day, body| reading.add(service, day, &body))
        .await
        .map_err(store)?;
    let new = reading.end(&missing)?;
    all.extend(new.iter().map(|(id, known)| (*id, known.clone())));
    cache.keep_measured(period, new);
    all.extend(fresh.iter().map(|(id, rollup)| (*id, (0, measured(window, rollup)))));
    let named = |(id, (_, metrics)): (ServiceId, (i64, Arc<Metrics>))| {
        let member = kept.members.get(&id)?;
        Some((Id::from(member.name.as_str()), member.owner.clone(), metrics))
    };
    let mut named: Vec<_> = all.into_iter().filter_map(named).collect();
    named.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    Ok(named)
}

/// Days of services as they come, one service after another: of each only its metrics are kept.
struct Reading<'r, 'm> {
    window: &'r Window,
    kept: &'r Kept<'m>,
    open: Option<(ServiceId, Vec<(i32, Tally)>)>,
    done: Measured,
    failed: Option<AppError>,
}

impl Reading<'_, '_> {
    fn add(&mut self, service: ServiceId, day: i32, body: &[u8]) {
        if self.open.as_ref().is_none_or(|(open, _)| *open != service) {
            self.close();
            self.open = Some((service, Vec::new()));
        }
        match (tally(body), &mut self.open) {
            (Ok(tally), Some((_, days))) => days.push((day, tally)),
            (Ok(_), None) => {}
            (Err(error), _) => self.failed = Some(error),
        }
    }

    fn close(&mut self) {
        if let Some((service, days)) = self.open.take() {
            self.measure(service, days);
        }
    }

    fn measure(&mut self, service: ServiceId, days: Vec<(i32, Tally)>) {
        let Some(known) = self.kept.services.get(&service) else { return };
        match standing(known) {
            Ok(standing) => {
                let metrics = measured(self.window, &Rollup::new(standing, days));
                self.done.insert(service, (known.version, metrics));
            }
            Err(error) => self.failed = Some(error),
        }
    }

    /// Also of those that have no day in the window.
    fn end(mut self, all: &[ServiceId]) -> Result<Measured> {
        self.close();
        for service in all {
            if !self.done.contains_key(service) {
                self.measure(*service, Vec::new());
            }
        }
        self.failed.map_or(Ok(self.done), Err)
    }
}

/// The days of the team or the organisation, with those of the marked services as they are now.
async fn pooled(
    tx: &mut dyn Tx,
    (from, to): (i32, i32),
    scope: &RollupScope,
    kept: &Kept<'_>,
    fresh: &HashMap<ServiceId, Rollup>,
) -> Result<Rollup> {
    let mut sum = Standing::default();
    for known in kept.services.values().filter(|known| !kept.dirty.contains(&known.service)) {
        sum.add(&standing(known)?);
    }
    fresh.values().for_each(|rollup| sum.add(&rollup.standing));
    let mut days: BTreeMap<i32, Tally> = BTreeMap::new();
    for (day, body) in tx.rollup_days(scope, from, to).await.map_err(store)? {
        days.insert(day, tally(&body)?);
    }
    if !kept.dirty.is_empty() {
        let dirty: Vec<ServiceId> = kept.dirty.iter().copied().collect();
        let mut whole = true;
        for (_, day, body) in tx.rollup_days_of(&dirty, from, to).await.map_err(store)? {
            whole &= days.entry(day).or_default().take_away(&tally(&body)?);
        }
        if !whole {
            days.clear();
            let clean: Vec<ServiceId> = kept.services.keys().filter(|id| !kept.dirty.contains(id)).copied().collect();
            for (_, day, body) in tx.rollup_days_of(&clean, from, to).await.map_err(store)? {
                days.entry(day).or_default().add(&tally(&body)?);
            }
        }
        for (day, tally) in fresh.values().flat_map(Rollup::days) {
            days.entry(day).or_default().add(tally);
        }
    }
    Ok(Rollup::new(sum, days))
}
