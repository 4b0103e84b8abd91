//! Delivery metrics: from the event log to tiles that say what they rest on. How they are computed is `slipway_dora`'s business.

mod apart;
mod beside;
pub(crate) mod blame;
mod cache;
mod compare;
pub mod digest;
mod drawings;
pub(crate) mod events;
mod explain;
pub(crate) mod judgements;
mod log;
pub mod notes;
mod once;
mod panel;
pub(crate) mod rollups;
mod sheets;
mod tables;
mod tiles;
mod trend;
mod value;
mod window;
mod words;

pub use cache::Cache;
pub use explain::{Explained, Question, compare, explain};
pub use tables::{TABLES, table};

use crate::{
    Caller, Result, Slipway,
    errors::{internal, store},
    fleet::{find, some},
    views::{owner_link, service_link, team_titles},
};
use cache::{Answer, Extent, Scope};
use drawings::Built;
use log::{Log, Member, fingerprint};
use notes::NoteScope;
use rollups::read::Rolled;
use slipway_api_types::{
    AppError,
    insights::{DoraPanel, InsightsPage, InsightsQuery, ScopeView},
};
use slipway_domain::{access::Permission, ids::ServiceId, time::Timestamp};

use slipway_dora::{Id, Metric, ScopeAnalysis, ServiceInput};
use slipway_ports::{
    Tx,
    store::{rollups::RollupMarks, services::Service},
};
use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};
use window::Window;

/// Events that are read for one page, which takes about half a second. Of what has more, days that are kept say what they can.
const MOST_READ: u32 = 100_000;

/// `/insights`: the organisation, a team or a service. A roll-up has every service beside it, by name.
pub async fn page(slipway: &Slipway, caller: &Caller, query: &InsightsQuery) -> Result<InsightsPage> {
    caller.require(Permission::Read, None)?;
    let window = Window::asked(slipway, query)?;
    let compared = match query.compare.trim() {
        "" => false,
        "previous" => true,
        other => {
            let message = format!("`{other}` is not known; use `previous`, or leave it out.");
            return Err(AppError::invalid("compare", message));
        }
    };
    let explained = apart::metric(&query.explain)?;
    let mut tx = slipway.read().await?;
    let owners = team_titles(&mut *tx).await?;
    let asked = Asked::read(&mut *tx, query).await?;
    let marks = tx.rollup_marks().await.map_err(store)?;
    let answer = answer(slipway, &mut *tx, &marks, &window, &asked, Extent::Page).await?;
    let apart = match explained {
        Some(metric) => {
            let taken = taken(slipway, &mut *tx, &marks, &window, &asked, metric).await?;
            Some(taken.part(&mut *tx, &window, &query.after).await?)
        }
        None => None,
    };
    let notes_scope = asked.notes();
    let first = answer.panel.weeks.first().map_or(&answer.panel.from, |week| &week.start).min(&answer.panel.from);
    let end = window.end().to_string();
    let notes = notes::of(&mut *tx, caller, &notes_scope, (first, &end), &owners).await?;
    drop(tx);
    let beside = beside::part(&answer.services, &asked.members, query, &owners);
    let before = window.before();
    Ok(InsightsPage {
        now: slipway.clock.now().as_millis(),
        scope: asked.view(&owners),
        panel: answer.panel.clone(),
        comparison: if compared { answer.comparison.clone() } else { Vec::new() },
        before: format!("{} to {}", before.0, before.1),
        apart,
        hints: answer.hints.clone(),
        spread: answer.spread.clone(),
        drawings: answer.drawings.clone(),
        distribution: answer.distribution.clone(),
        notes,
        may_note: notes_scope.may_write(caller),
        beside,
        owners,
        demo: asked.members.iter().any(|member| member.demo),
    })
}

/// One service's panel, by its name.
pub async fn panel_of(slipway: &Slipway, caller: &Caller, service: &str) -> Result<DoraPanel> {
    caller.require(Permission::Read, None)?;
    let service = {
        let mut tx = slipway.read().await?;
        find(&mut *tx, service).await?
    };
    panel_of_service(slipway, service).await
}

/// One service's panel.
pub(crate) async fn panel_of_service(slipway: &Slipway, service: Service) -> Result<DoraPanel> {
    panel(slipway, &mut *slipway.read().await?, &Asked::of_service(service)).await
}

/// The panel of a team (its entity reference), or of the organisation. Three queries, of days that are kept.
pub(crate) async fn panel_of_owner(slipway: &Slipway, owner: Option<&str>) -> Result<DoraPanel> {
    let asked = Asked::new(Scope::Owner(owner.map(str::to_owned)), Vec::new());
    panel(slipway, &mut *slipway.read().await?, &asked).await
}

async fn panel(slipway: &Slipway, tx: &mut dyn Tx, asked: &Asked) -> Result<DoraPanel> {
    let marks = tx.rollup_marks().await.map_err(store)?;
    Ok(answer(slipway, tx, &marks, &Window::usual(slipway)?, asked, Extent::Panel).await?.panel.clone())
}

/// Whose numbers are asked for, and the services in it by name; for the panel of a roll-up none are needed.
struct Asked {
    scope: Scope,
    members: Vec<Member>,
    /// Whether it has more events than are read for a page, once that is known.
    long: OnceLock<bool>,
}

impl Asked {
    const fn new(scope: Scope, members: Vec<Member>) -> Self {
        Self { scope, members, long: OnceLock::new() }
    }

    async fn read(tx: &mut dyn Tx, query: &InsightsQuery) -> Result<Self> {
        match some(&query.service) {
            Some(name) => Ok(Self::of_service(find(tx, &name).await?)),
            None => Self::of_owner(tx, some(&query.owner)).await,
        }
    }

    fn of_service(service: Service) -> Self {
        Self::new(Scope::Service(service.id), vec![Member::from(service)])
    }

    async fn of_owner(tx: &mut dyn Tx, owner: Option<String>) -> Result<Self> {
        let members = log::members(tx, owner.as_deref()).await?;
        Ok(Self::new(Scope::Owner(owner), members))
    }

    /// Whether the scope has more events than are read for a page. At most one query.
    async fn is_long(&self, tx: &mut dyn Tx, marks: &RollupMarks) -> Result<bool> {
        if marks.log < i64::from(MOST_READ) {
            return Ok(false);
        }
        if self.scope == Scope::Owner(None) {
            return Ok(true);
        }
        if let Some(long) = self.long.get() {
            return Ok(*long);
        }
        let ids: Vec<ServiceId> = self.members.iter().map(|member| member.id).collect();
        let long = tx.count_delivery(&ids, MOST_READ).await.map_err(store)? >= MOST_READ;
        Ok(*self.long.get_or_init(|| long))
    }

    fn notes(&self) -> NoteScope {
        match (&self.scope, self.members.as_slice()) {
            (Scope::Service(id), [member]) => {
                NoteScope { team: Some(member.owner.clone()), service: Some((*id, member.name.clone())) }
            }
            (Scope::Owner(owner), _) => NoteScope { team: owner.clone(), service: None },
            (Scope::Service(_), _) => NoteScope::default(),
        }
    }

    fn view(&self, owners: &[(String, String)]) -> ScopeView {
        let (link, roll_up) = match (&self.scope, self.members.as_slice()) {
            (Scope::Service(_), [service]) => (service_link(&service.name), false),
            (Scope::Owner(Some(owner)), _) => (owner_link(owner, owners), true),
            _ => (slipway_api_types::catalog::Link { title: "The organisation".to_owned(), href: String::new() }, true),
        };
        ScopeView { title: link.title, href: link.href, roll_up }
    }
}

/// What is known of a scope: computed lately, or now.
async fn answer(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    marks: &RollupMarks,
    window: &Window,
    asked: &Asked,
    extent: Extent,
) -> Result<Arc<Answer>> {
    let key = window.key(marks.log, asked.scope.clone(), &asked.members, extent);
    if let Some(answer) = slipway.insights.answer(&key) {
        return Ok(answer);
    }
    let roll_up = matches!(asked.scope, Scope::Owner(_));
    let rolled = rolled(slipway, tx, marks, window, asked, extent).await?;
    let (behind, asked_window) = (rolled.behind, window.clone());
    let made = blocking(move || panel::answer(&asked_window, &rolled, roll_up, extent));
    let mut answer = made.await?.map_err(|error| internal(&error))?;
    if extent == Extent::Page && !answer.panel.tiles.is_empty() {
        if asked.is_long(tx, marks).await? {
            answer.hints.push(words::not_read("Changes and deployments are not drawn one by one", roll_up));
        } else {
            let (events, built) = (Events::read(slipway, tx, marks.log, asked).await?, built(tx, asked).await?);
            let window = window.clone();
            let draw = move |inputs: &[ServiceInput]| {
                let analysis = ScopeAnalysis::new(&window.config, inputs);
                drawings::of_window(&analysis, &window, &built)
            };
            let (distribution, drawings) = blocking(move || events.with(|inputs, _, _| draw(inputs))).await?;
            answer.distribution = distribution;
            answer.drawings.extend(drawings);
        }
    }
    // What is behind now is not in a second, although the log is the same.
    Ok(if behind > 0 { Arc::new(answer) } else { slipway.insights.keep(key, answer) })
}

/// What a scope adds up to: from days that are kept, or from the log where there are none in this zone, or not yet.
///
/// # Errors
/// When there are too many events for another zone than the organisation's.
async fn rolled(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    marks: &RollupMarks,
    window: &Window,
    asked: &Asked,
    extent: Extent,
) -> Result<Rolled> {
    if let Some(rolled) = rollups::read::read(&slipway.insights, tx, window, asked, marks, extent).await? {
        return Ok(rolled);
    }
    let listed = match &asked.scope {
        Scope::Owner(owner) if asked.members.is_empty() => Some(Asked::of_owner(tx, owner.clone()).await?),
        _ => None,
    };
    let asked = listed.as_ref().unwrap_or(asked);
    let one = matches!(asked.scope, Scope::Service(_));
    if one || !asked.is_long(tx, marks).await? {
        let (events, window) = (Events::read(slipway, tx, marks.log, asked).await?, window.clone());
        return blocking(move || events.with(|inputs, owners, _| Rolled::of_inputs(&window, inputs, owners))).await;
    }
    let zone = &slipway.settings.zone;
    if window.config.zone_name() != zone {
        let message = format!("So many events are added up by the days of {zone} alone; choose a team or a service.");
        return Err(AppError::invalid("zone", message));
    }
    Ok(Rolled::not_yet(asked.members.len()))
}

/// When the revisions of the scope's services were built.
async fn built(tx: &mut dyn Tx, asked: &Asked) -> Result<Built> {
    let names: HashMap<ServiceId, Id> =
        asked.members.iter().map(|member| (member.id, Id::from(member.name.as_str()))).collect();
    let ids: Vec<ServiceId> = names.keys().copied().collect();
    let built = tx.built_at(&ids).await.map_err(store)?;
    let entry = |(service, revision, at): (ServiceId, String, Timestamp)| {
        Some(((names.get(&service)?.clone(), Id::from(revision)), events::instant(at)))
    };
    Ok(built.into_iter().filter_map(entry).collect())
}

/// One number of a scope taken apart: computed lately, or now.
async fn taken(
    slipway: &Slipway,
    tx: &mut dyn Tx,
    marks: &RollupMarks,
    window: &Window,
    asked: &Asked,
    metric: Metric,
) -> Result<Arc<apart::Taken>> {
    let key = window.key(marks.log, asked.scope.clone(), &asked.members, Extent::Page);
    if let Some(taken) = slipway.insights.taken(&key, metric) {
        return Ok(taken);
    }
    let one = matches!(asked.scope, Scope::Service(_));
    if !one && asked.is_long(tx, marks).await? {
        let rolled = rolled(slipway, tx, marks, window, asked, Extent::Pooled).await?;
        let taken = apart::of_days(window, &rolled.pooled, metric);
        return Ok(if rolled.behind > 0 { Arc::new(taken) } else { slipway.insights.keep_taken(key, metric, taken) });
    }
    let events = Events::read(slipway, tx, marks.log, asked).await?;
    let window = window.clone();
    let taken =
        blocking(move || events.with(|inputs, _, roll_up| apart::take(&window, inputs, roll_up, metric))).await?;
    Ok(slipway.insights.keep_taken(key, metric, taken))
}

/// The events of a scope, parsed.
enum Events {
    /// Of one service alone: a page of one needs not wait for those of all.
    Service {
        input: Option<ServiceInput>,
        owner: String,
    },
    Owner {
        log: Arc<Log>,
        owner: Option<String>,
    },
}

impl Events {
    async fn read(slipway: &Slipway, tx: &mut dyn Tx, version: i64, asked: &Asked) -> Result<Self> {
        match (&asked.scope, asked.members.as_slice()) {
            (Scope::Service(id), [member]) => {
                let events = tx.delivery_events(Some(&[*id])).await.map_err(store)?;
                let (member, owner) = (member.clone(), member.owner.clone());
                Ok(Self::Service { input: blocking(move || log::read(&member, events)).await?, owner })
            }
            (Scope::Service(_), _) => Err(AppError::not_found("service of that name any more")),
            (Scope::Owner(owner), members) => {
                // A short log is kept whole, for every team.
                if owner.is_some() && version >= i64::from(MOST_READ) {
                    let log = Arc::new(Log::load_some(tx, version, members.to_vec()).await?);
                    return Ok(Self::Owner { log, owner: owner.clone() });
                }
                let everybody = if owner.is_some() { log::members(tx, None).await? } else { members.to_vec() };
                let print = fingerprint(&everybody);
                let log = slipway.insights.log(version, print, Log::load(tx, version, everybody)).await?;
                Ok(Self::Owner { log, owner: owner.clone() })
            }
        }
    }

    /// Calls `ask` with the inputs, an owner for each, and whether it is a roll-up.
    fn with<T>(&self, ask: impl FnOnce(&[ServiceInput], &[String], bool) -> T) -> T {
        match self {
            Self::Service { input, owner } => ask(input.as_slice(), std::slice::from_ref(owner), false),
            Self::Owner { log, owner } => {
                let (inputs, owners) = log.of(owner.as_deref());
                ask(inputs, owners, true)
            }
        }
    }
}

/// Off the async threads: a year of a whole organisation takes a while.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))
}
