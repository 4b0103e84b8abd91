//! Delivery metrics: from the event log to tiles that say what they rest on. How they are computed is `slipway_dora`'s business.

mod apart;
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

use slipway_dora::{Id, Metric, ScopeAnalysis, ServiceInput, rollup::Count};
use slipway_ports::{Tx, store::services::Service};
use std::{collections::HashMap, sync::Arc};
use window::Window;

/// Changes delivered in a window up to which its deployments and changes are drawn one by one, from the event log.
const MOST_DRAWN: u64 = 50_000;
/// Services of an organisation above which its log is too long to be read for a panel, or for the drawings of one team.
const LARGE: usize = 200;

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
    let version = tx.delivery_version().await.map_err(store)?;
    let answer = answer(slipway, &mut *tx, version, &window, &asked, Extent::Page).await?;
    let apart = match explained {
        Some(metric) => {
            let taken = taken(slipway, &mut *tx, version, &window, &asked, metric).await?;
            Some(taken.part(&mut *tx, &window, &query.after).await?)
        }
        None => None,
    };
    let notes_scope = asked.notes();
    let first = answer.panel.weeks.first().map_or(&answer.panel.from, |week| &week.start).min(&answer.panel.from);
    let end = window.end().to_string();
    let notes = notes::of(&mut *tx, caller, &notes_scope, (first, &end), &owners).await?;
    drop(tx);
    let mut services = answer.services.clone();
    for service in &mut services {
        service.owner = owner_link(&service.owner, &owners).title;
    }
    let measured = |member: &&Member| !services.iter().any(|service| service.name == member.name);
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
        without_data: asked.members.iter().filter(measured).map(|member| member.name.clone()).collect(),
        services,
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

/// The panel of a team (its entity reference), or of the organisation.
pub(crate) async fn panel_of_owner(slipway: &Slipway, owner: Option<&str>) -> Result<DoraPanel> {
    let mut tx = slipway.read().await?;
    let asked = Asked::of_owner(&mut *tx, owner.map(str::to_owned)).await?;
    panel(slipway, &mut *tx, &asked).await
}

async fn panel(slipway: &Slipway, tx: &mut dyn Tx, asked: &Asked) -> Result<DoraPanel> {
    let version = tx.delivery_version().await.map_err(store)?;
    Ok(answer(slipway, tx, version, &Window::usual(slipway)?, asked, Extent::Panel).await?.panel.clone())
}

/// Whose numbers are asked for, and the services in it by name.
struct Asked {
    scope: Scope,
    members: Vec<Member>,
}

impl Asked {
    async fn read(tx: &mut dyn Tx, query: &InsightsQuery) -> Result<Self> {
        match some(&query.service) {
            Some(name) => Ok(Self::of_service(find(tx, &name).await?)),
            None => Self::of_owner(tx, some(&query.owner)).await,
        }
    }

    fn of_service(service: Service) -> Self {
        Self { scope: Scope::Service(service.id), members: vec![Member::from(service)] }
    }

    async fn of_owner(tx: &mut dyn Tx, owner: Option<String>) -> Result<Self> {
        let members = log::members(tx, owner.as_deref()).await?;
        Ok(Self { scope: Scope::Owner(owner), members })
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
    version: i64,
    window: &Window,
    asked: &Asked,
    extent: Extent,
) -> Result<Arc<Answer>> {
    let key = window.key(version, asked.scope.clone(), &asked.members, extent);
    if let Some(answer) = slipway.insights.answer(&key) {
        return Ok(answer);
    }
    let roll_up = matches!(asked.scope, Scope::Owner(_));
    // A page about something else asks the database for enough already: the log of a small organisation is one question.
    let kept = extent == Extent::Page || !roll_up || asked.members.len() > LARGE;
    let rolled = if kept {
        rollups::read::read(&slipway.insights, tx, window, &asked.scope, &asked.members).await?
    } else {
        None
    };
    let rolled = match rolled {
        Some(rolled) => rolled,
        None => {
            let events = Events::read(slipway, tx, version, asked).await?;
            let window = window.clone();
            blocking(move || events.with(|inputs, owners, _| Rolled::of_inputs(&window, inputs, owners))).await?
        }
    };
    let (behind, asked_window) = (rolled.behind, window.clone());
    let made = blocking(move || {
        let answer = panel::answer(&asked_window, &rolled, roll_up, extent);
        answer.map(|answer| (answer, rolled.pooled.count(&asked_window.config, Count::Delivered)))
    });
    let (mut answer, delivered) = made.await?.map_err(|error| internal(&error))?;
    if extent == Extent::Page && delivered > MOST_DRAWN {
        answer.hints.push(format!(
            "Changes and deployments are not drawn one by one: {delivered} changes are too many for that. Choose a team or a service, or \
             fewer days."
        ));
    } else if extent == Extent::Page && !answer.panel.tiles.is_empty() {
        let (events, built) = (Events::read(slipway, tx, version, asked).await?, built(tx, asked).await?);
        let window = window.clone();
        let draw = move |inputs: &[ServiceInput]| {
            let analysis = ScopeAnalysis::new(&window.config, inputs);
            drawings::of_window(&analysis, &window, &built)
        };
        let (distribution, drawings) = blocking(move || events.with(|inputs, _, _| draw(inputs))).await?;
        answer.distribution = distribution;
        answer.drawings.extend(drawings);
    }
    // What is behind now is not in a second, although the log is the same.
    Ok(if behind > 0 { Arc::new(answer) } else { slipway.insights.keep(key, answer) })
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
    version: i64,
    window: &Window,
    asked: &Asked,
    metric: Metric,
) -> Result<Arc<apart::Taken>> {
    let key = window.key(version, asked.scope.clone(), &asked.members, Extent::Page);
    if let Some(taken) = slipway.insights.taken(&key, metric) {
        return Ok(taken);
    }
    let events = Events::read(slipway, tx, version, asked).await?;
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
                let everybody = if owner.is_some() { log::members(tx, None).await? } else { members.to_vec() };
                if owner.is_some() && everybody.len() > LARGE {
                    let log = Arc::new(Log::load_some(tx, version, members.to_vec()).await?);
                    return Ok(Self::Owner { log, owner: owner.clone() });
                }
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
