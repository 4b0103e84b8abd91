//! A believable company to look at: forty services of six teams and a year of their history. Made up from a fixed seed,
//! relative to today, and marked as demo data wherever it is stored.

mod calendar;
mod catalog;
mod company;
mod delivery;
mod fleet;
mod history;
mod incidents;
mod random;
mod rows;
mod timeline;

use crate::{Result, Slipway, accounts::hash_password, errors::store, people};
use fleet::FLEET;
use random::Random;
use rows::{Place, Rows};
use serde_json::json;
use slipway_api_types::AppError;
use slipway_domain::{
    access::Grant,
    catalog::{Entity, Location, LocationKind},
    environment::{Environment, Tier},
    ids::{LocationId, ServiceId, UserId},
    runtime::{Desired, RuntimeKind, Target},
    time::Timestamp,
};
use slipway_ports::{
    Tx,
    store::{accounts::User, catalog::CatalogEntity, services::ServiceFilter},
};
use std::collections::HashMap;

/// The demo's source in the event log.
const SOURCE: &str = "demo";
/// The location of its entities, and the sign that it is there.
const LOCATION: &str = "slipway:demo";

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DemoReport {
    /// The made-up organisation.
    pub organisation: String,
    /// Entities of the catalogue.
    pub entities: usize,
    /// Services.
    pub services: usize,
    /// Deployments to any environment.
    pub deployments: usize,
    /// Events that metrics are computed from.
    pub events: u64,
}

/// What should be running of the demo: for the sandbox, which has no history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningPlacement {
    /// Name of the configured runtime.
    pub runtime: String,
    /// What it runs, as the deployment in question told it.
    pub desired: Desired,
}

/// Puts the demo into the database, in one transaction. `None` when it is there already.
pub async fn seed(slipway: &Slipway) -> Result<Option<DemoReport>> {
    let there = {
        let mut tx = slipway.read().await?;
        is_there(&mut *tx).await?
    };
    if there {
        return Ok(None);
    }
    let now = slipway.clock.now();
    let places = places(slipway)?;
    let users = demo_users(now).await?;
    let mut tx = slipway.write().await?;
    // Another replica may have been quicker.
    if is_there(&mut *tx).await? {
        return Ok(None);
    }
    let mut report = DemoReport { organisation: company::NAME.to_owned(), ..DemoReport::default() };
    add_users(&mut *tx, &users).await?;
    report.entities = add_entities(&mut *tx, now).await?;
    add_environments(&mut *tx).await?;
    // One service after the other: a year of all of them at once would take a hundred megabytes.
    for (plan, place) in FLEET.iter().zip(places.iter().cycle()) {
        let rows = rows::of(plan, place, &slipway.settings.registry, now);
        report.services += 1;
        report.deployments += rows.deployments.len();
        report.events += add_rows(&mut *tx, &rows).await?;
    }
    let caller = crate::reconcile::slipway_caller();
    let detail = json!({"services": report.services, "deployments": report.deployments, "events": report.events});
    tx.add_audit(&caller.audit(&*slipway.entropy, now, "demo.seed", company::NAME, None, detail))
        .await
        .map_err(store)?;
    for topic in ["catalog", "service", "placement", "delivery"] {
        tx.publish(topic, "*", now.as_millis(), now).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    Ok(Some(report))
}

async fn is_there(tx: &mut dyn Tx) -> Result<bool> {
    Ok(tx.locations().await.map_err(store)?.iter().any(|location| location.target == LOCATION))
}

/// What each demo placement should be running now.
pub async fn placements_to_run(slipway: &Slipway) -> Result<Vec<RunningPlacement>> {
    let mut tx = slipway.read().await?;
    let mut services = HashMap::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = tx.list_services(&ServiceFilter::default(), cursor.as_deref(), 200).await.map_err(store)?;
        services.extend(page.items.into_iter().filter(|service| service.demo).map(|service| (service.id, service)));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let ids: Vec<ServiceId> = services.keys().copied().collect();
    let placements = tx.placements_of(&ids).await.map_err(store)?;
    let current: Vec<_> = placements.iter().filter_map(|placement| placement.current).collect();
    let deployments = tx.deployments_by_ids(&current).await.map_err(store)?;
    let artifacts: Vec<_> = deployments.iter().map(|deployment| deployment.artifact).collect();
    let artifacts = tx.artifacts_by_ids(&artifacts).await.map_err(store)?;
    let artifacts: HashMap<_, _> = artifacts.into_iter().map(|artifact| (artifact.id, artifact)).collect();
    let deployments: HashMap<_, _> = deployments.into_iter().map(|deployment| (deployment.id, deployment)).collect();
    let running = placements.iter().filter_map(|placement| {
        let service = services.get(&placement.service)?;
        let deployment = deployments.get(&placement.current?)?;
        let artifact = artifacts.get(&deployment.artifact)?;
        let desired = Desired {
            target: Target { service: service.name.clone(), environment: placement.environment.clone() },
            deployment: deployment.id,
            image: artifact.reference(),
            revision: artifact.revision.clone(),
            owner: service.owner.clone(),
            workload: deployment.workload.clone(),
        };
        Some(RunningPlacement { runtime: placement.runtime.clone(), desired })
    });
    Ok(running.collect())
}

/// Where services run, in turn: most on ECS, many on Kubernetes, some on App Runner, as far as there are such runtimes.
fn places(slipway: &Slipway) -> Result<Vec<Place>> {
    let wanted =
        [RuntimeKind::Ecs, RuntimeKind::Kubernetes, RuntimeKind::Ecs, RuntimeKind::AppRunner, RuntimeKind::Kubernetes];
    let known: Vec<Place> = slipway
        .runtimes
        .iter()
        .map(|(name, runtime)| Place { runtime: name.to_owned(), kind: runtime.kind() })
        .collect();
    if known.is_empty() {
        return Err(AppError::conflict(
            "The demo needs at least one runtime; configure one, or start with the sandbox.",
        ));
    }
    let place =
        |(turn, kind)| known.iter().find(|place| place.kind == kind).unwrap_or(&known[turn % known.len()]).clone();
    Ok(wanted.into_iter().enumerate().map(place).collect())
}

async fn demo_users(now: Timestamp) -> Result<Vec<User>> {
    let mut random = Random::of("people");
    let users = people::DEMO.map(|(login, password, name, role, team)| {
        let id = UserId::from_uuid(random.uuid(now));
        async move {
            Ok(User {
                id,
                login: login.to_owned(),
                display_name: name.to_owned(),
                password_hash: Some(hash_password(password).await?),
                grants: vec![Grant { role, team: team.map(str::to_owned) }],
                created_at: now,
            })
        }
    });
    futures::future::try_join_all(users).await
}

async fn add_users(tx: &mut dyn Tx, users: &[User]) -> Result<()> {
    for user in users {
        // A person of that name who is there already stays as they are.
        if tx.user_by_login(&user.login).await.map_err(store)?.is_none() {
            tx.add_user(user).await.map_err(store)?;
        }
    }
    Ok(())
}

async fn add_entities(tx: &mut dyn Tx, now: Timestamp) -> Result<usize> {
    let id = LocationId::from_uuid(Random::of("location").uuid(now));
    let location = Location {
        read_at: Some(now),
        checked_at: Some(now),
        ..Location::new(id, LocationKind::BuiltIn, LOCATION.to_owned())
    };
    let location = tx.put_location(&location).await.map_err(store)?;
    let mut entities = Vec::new();
    for document in catalog::documents() {
        let entity = Entity::new(document).map_err(|error| crate::errors::internal(&error))?;
        // What somebody registered under that name before stays theirs.
        if tx.entity(&entity.reference()).await.map_err(store)?.is_none() {
            let file = "demo".to_owned();
            entities.push(CatalogEntity {
                entity,
                location,
                file,
                error: None,
                created_at: now,
                updated_at: now,
                version: 1,
            });
        }
    }
    tx.put_entities(&entities).await.map_err(store)?;
    Ok(entities.len())
}

async fn add_environments(tx: &mut dyn Tx) -> Result<()> {
    let known = tx.environments().await.map_err(store)?;
    let tiers = [("dev", Tier::Development), ("staging", Tier::Staging), ("production", Tier::Production)];
    for (position, (name, tier)) in (0..).zip(tiers) {
        if !known.iter().any(|environment| environment.name == name) {
            let environment = Environment { name: name.to_owned(), position, tier, auto_deploy: name == "dev" };
            tx.put_environment(&environment).await.map_err(store)?;
        }
    }
    Ok(())
}

/// Writes one service; gives how many events it has.
async fn add_rows(tx: &mut dyn Tx, rows: &Rows) -> Result<u64> {
    tx.add_service(&rows.service).await.map_err(store)?;
    for placement in &rows.placements {
        tx.add_placement(placement).await.map_err(store)?;
    }
    for artifact in &rows.artifacts {
        tx.put_artifact(artifact).await.map_err(store)?;
    }
    tx.add_deployments(&rows.deployments).await.map_err(store)?;
    tx.add_timeline(&rows.timeline).await.map_err(store)?;
    for incident in &rows.incidents {
        tx.put_incident(incident).await.map_err(store)?;
    }
    tx.add_delivery(&rows.delivery).await.map_err(store)
}

#[cfg(test)]
mod tests {
    use super::*;
    use slipway_domain::time::{DAY, HOUR};

    #[test]
    fn whenever_it_is_begun_all_is_over_and_every_environment_runs_something() {
        let place = Place { runtime: "ecs".to_owned(), kind: RuntimeKind::Ecs };
        let names = ["checkout-api", "gift-cards", "tax-calculator", "consent-registry", "pick-planner"];
        // Every two weeks of a year and a half, at another hour each time: weekends, holidays and the freeze among them.
        for turn in 0..40 {
            let now = Timestamp::from_millis(1_780_000_000_000 + turn * (14 * DAY + 5 * HOUR));
            for plan in FLEET.iter().filter(|plan| names.contains(&plan.name)) {
                let rows = rows::of(plan, &place, "registry.example.com", now);
                assert!(
                    rows.deployments.iter().all(|d| d.finished_at.is_some_and(|end| end <= now)),
                    "{} {now}",
                    plan.name
                );
                assert!(rows.artifacts.iter().all(|artifact| artifact.built_at <= now));
                assert!(rows.delivery.iter().all(|event| event.at <= now), "{} {now}", plan.name);
                let environments = if plan.story == fleet::Story::NotYetLive { 2 } else { 3 };
                let running: Vec<_> = rows.placements.iter().filter_map(|placement| placement.current).collect();
                assert_eq!(running.len(), environments, "{} {now}", plan.name);
                let image = |id| {
                    let deployment = rows.deployments.iter().find(|d| d.id == id).unwrap();
                    &rows.artifacts.iter().find(|artifact| artifact.id == deployment.artifact).unwrap().image
                };
                let ill = running.iter().filter(|id| image(**id).ends_with("-unhealthy")).count();
                assert_eq!(ill, usize::from(plan.story == fleet::Story::IllInStaging), "{} {now}", plan.name);
            }
        }
    }
}
