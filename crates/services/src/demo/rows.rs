//! From a made-up year to rows: artifacts, placements, deployments and what the metrics read.

use super::{
    company::{SLUG, names_of, team},
    delivery::{self, incident_id},
    fleet::{Plan, Story},
    history::{self, History, Kind, Merge},
    incidents,
    random::Random,
    timeline,
};
use slipway_domain::{
    artifact::{Artifact, Digest},
    catalog::EntityRef,
    deployment::{Deployment, DeploymentState, Intent, Placement, TimelineEvent},
    health::Health,
    ids::{ArtifactId, DeploymentId, PlacementId, ServiceId},
    runtime::{Cause, RuntimeKind},
    time::{DAY, HOUR, MINUTE, SECOND, Timestamp},
    workload::Workload,
};
use slipway_ports::store::{delivery::DeliveryEvent, incidents::Incident, services::Service};
use std::collections::BTreeMap;

/// Days of development and staging that are kept; production is kept for the whole year.
const RECENT: i64 = 60;

/// One service's rows.
#[derive(Debug)]
pub(super) struct Rows {
    pub service: Service,
    pub placements: Vec<Placement>,
    pub artifacts: Vec<Artifact>,
    pub deployments: Vec<Deployment>,
    pub timeline: Vec<TimelineEvent>,
    pub delivery: Vec<DeliveryEvent>,
    pub incidents: Vec<Incident>,
}

/// Where a service runs.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub runtime: String,
    pub kind: RuntimeKind,
}

/// What shall run in an environment.
fn workload(plan: &Plan, environment: &str, kind: RuntimeKind) -> Workload {
    let (cpu, memory) = if matches!(plan.language, "java" | "python") { (512, 1_024) } else { (256, 512) };
    // App Runner decides by itself how many instances there are.
    let many = environment == "production" && kind != RuntimeKind::AppRunner;
    let variables = [("ENVIRONMENT", environment), ("LOG_LEVEL", if environment == "dev" { "debug" } else { "info" })];
    Workload {
        cpu,
        memory,
        replicas: if many { 2 } else { 1 },
        variables: variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ..Workload::default()
    }
}

/// What is made while going through a history.
struct Making<'p> {
    plan: &'p Plan,
    service: ServiceId,
    image: String,
    kind: RuntimeKind,
    random: Random,
    people: Vec<&'static str>,
    /// By environment.
    placements: BTreeMap<&'static str, PlacementId>,
    /// By merge.
    artifacts: BTreeMap<usize, Artifact>,
    deployments: Vec<Deployment>,
}

/// The rows of one service. `registry` is where its images are said to be.
pub(super) fn of(plan: &Plan, place: &Place, registry: &str, now: Timestamp) -> Rows {
    let history = history::of(plan, now);
    let mut random = Random::of(&format!("rows of {}", plan.name));
    let created_at = history.created_at;
    let service = Service {
        id: ServiceId::from_uuid(random.uuid(created_at)),
        name: plan.name.to_owned(),
        entity: EntityRef::new("component", "default", plan.name),
        owner: format!("group:default/{}", team(plan.team).name),
        repository: None,
        created_at,
        demo: true,
    };
    let environments: &[&'static str] =
        if plan.story == Story::NotYetLive { &["dev", "staging"] } else { &["dev", "staging", "production"] };
    let placements = environments.iter().map(|name| (*name, PlacementId::from_uuid(random.uuid(created_at)))).collect();
    let mut making = Making {
        plan,
        service: service.id,
        image: format!("{registry}/{SLUG}/{}", plan.name),
        kind: place.kind,
        random,
        people: names_of(plan.team),
        placements,
        artifacts: BTreeMap::new(),
        deployments: Vec::new(),
    };
    let since = now.plus(-RECENT * DAY);
    making.deploy_to_dev(&history, since, now);
    making.deploy_to_staging(&history, since, now);
    let production = making.deploy_to_production(&history);
    let delivery = delivery::of(&service, &making.artifacts, &history, &production);
    let (currents, timeline) = making.settle(now);
    let placements = environments
        .iter()
        .map(|name| Placement {
            id: making.placements[name],
            service: service.id,
            environment: (*name).to_owned(),
            runtime: place.runtime.clone(),
            workload: workload(plan, name, place.kind),
            current: currents.get(name).copied(),
            observed: None,
            health: Health::default(),
            // Not at once: the demo's cloud is still being told what to run.
            observe_at: now.plus(4 * SECOND),
            version: 1,
        })
        .collect();
    let incidents = incidents::of(&service, &delivery, &mut making.random);
    Rows {
        service,
        placements,
        artifacts: making.artifacts.into_values().collect(),
        deployments: making.deployments,
        timeline,
        delivery,
        incidents,
    }
}

impl Making<'_> {
    fn artifact(&mut self, number: usize, merge: &Merge) -> ArtifactId {
        if let Some(known) = self.artifacts.get(&number) {
            return known.id;
        }
        let built_at = merge.merged_at.plus(self.random.between(2 * MINUTE, 5 * MINUTE));
        let artifact = Artifact {
            id: ArtifactId::from_uuid(self.random.uuid(built_at)),
            service: self.service,
            image: self.image.clone(),
            digest: Digest::of(format!("{}@{}", self.image, merge.sha).as_bytes()),
            revision: merge.sha.clone(),
            version: Some(format!("1.{}", number + 1)),
            built_at,
            source: "demo pipeline".to_owned(),
        };
        let id = artifact.id;
        self.artifacts.insert(number, artifact);
        id
    }

    /// A planned deployment that succeeded; the caller changes what is different.
    fn deployment(
        &mut self,
        environment: &'static str,
        artifact: ArtifactId,
        requested_at: Timestamp,
        finished_at: Timestamp,
    ) -> Deployment {
        Deployment {
            id: DeploymentId::from_uuid(self.random.uuid(requested_at)),
            service: self.service,
            placement: self.placements[environment],
            environment: environment.to_owned(),
            // Numbered when all are known.
            number: 0,
            artifact,
            workload: workload(self.plan, environment, self.kind),
            intent: Intent::Planned,
            reason: None,
            rollback_of: None,
            previous: None,
            state: DeploymentState::Succeeded,
            cause: None,
            handle: None,
            requested_by: (*self.random.pick(&self.people)).to_owned(),
            requested_at,
            started_at: Some(requested_at.plus(SECOND)),
            state_since: finished_at,
            finished_at: Some(finished_at),
            good_probes: 3,
            version: 1,
        }
    }

    /// Every merge of late, and the last one in any case, by itself.
    fn deploy_to_dev(&mut self, history: &History, since: Timestamp, now: Timestamp) {
        let last = history.merges.len().saturating_sub(1);
        for (number, merge) in history.merges.iter().enumerate() {
            if merge.merged_at < since && number != last {
                continue;
            }
            let artifact = self.artifact(number, merge);
            let requested_at = self.artifacts[&number].built_at.plus(2 * SECOND);
            let finished_at = requested_at.plus(self.random.between(50 * SECOND, 150 * SECOND));
            if finished_at >= now {
                continue;
            }
            let mut deployment = self.deployment("dev", artifact, requested_at, finished_at);
            "Slipway".clone_into(&mut deployment.requested_by);
            deployment.reason = Some(format!("Built from {}", crate::views::short(&merge.sha)));
            if number != last && self.random.chance(0.03) {
                take_back(
                    &mut deployment,
                    "crash",
                    "The container exits with code 1 soon after it started.",
                    "Read its log, mend it and deploy again.",
                );
            }
            self.deployments.push(deployment);
        }
    }

    /// What was released of late, some hours before; and what is about to be.
    fn deploy_to_staging(&mut self, history: &History, since: Timestamp, now: Timestamp) {
        let planned: Vec<_> = history.releases.iter().filter(|release| release.kind == Kind::Planned).collect();
        let newest = planned.last().map(|release| release.requested_at);
        for release in planned {
            if release.requested_at < since && Some(release.requested_at) != newest {
                continue;
            }
            let artifact = self.artifact(release.head, &history.merges[release.head]);
            let built_at = self.artifacts[&release.head].built_at;
            // Between the build and the release, as far as there is room.
            let room = release.requested_at.since(built_at).clamp(2 * MINUTE, 20 * HOUR);
            let finished_at = release.requested_at.plus(-self.random.between(MINUTE, room / 2 + 2 * MINUTE));
            let requested_at = finished_at.plus(-self.random.between(70 * SECOND, 200 * SECOND)).max(built_at);
            let deployment =
                self.deployment("staging", artifact, requested_at, finished_at.max(requested_at.plus(SECOND)));
            self.deployments.push(deployment);
        }
        if self.plan.story == Story::NotYetLive {
            for (number, merge) in history.merges.iter().enumerate().step_by(3) {
                let artifact = self.artifact(number, merge);
                let requested_at = merge.merged_at.plus(25 * MINUTE);
                let deployment = self.deployment("staging", artifact, requested_at, requested_at.plus(2 * MINUTE));
                self.deployments.push(deployment);
            }
        }
        if self.plan.story == Story::IllInStaging {
            self.ill_trial(history, now);
        }
    }

    /// A trial build that starts and then does not answer well: something to look at.
    fn ill_trial(&mut self, history: &History, now: Timestamp) {
        let Some((number, merge)) = history.merges.iter().enumerate().next_back() else { return };
        let requested_at =
            self.deployments.iter().map(|deployment| deployment.requested_at).max().unwrap_or(now).plus(11 * MINUTE);
        let requested_at = requested_at.min(now.plus(-20 * MINUTE));
        let image = format!("{}-unhealthy", self.image);
        let artifact = Artifact {
            id: ArtifactId::from_uuid(self.random.uuid(requested_at)),
            service: self.service,
            digest: Digest::of(format!("{image}@{}", merge.sha).as_bytes()),
            image,
            revision: merge.sha.clone(),
            version: Some(format!("1.{}-trial", number + 1)),
            built_at: requested_at.plus(-4 * MINUTE),
            source: "demo pipeline".to_owned(),
        };
        let mut deployment = self.deployment("staging", artifact.id, requested_at, requested_at.plus(2 * MINUTE));
        deployment.reason = Some("Trial of the new redemption flow".to_owned());
        // Beyond the last merge, where no other artifact is.
        self.artifacts.insert(history.merges.len(), artifact);
        self.deployments.push(deployment);
    }

    /// All of the year; gives the id of each release's deployment.
    fn deploy_to_production(&mut self, history: &History) -> Vec<Deployment> {
        let mut ids: Vec<DeploymentId> = Vec::with_capacity(history.releases.len());
        let begin = self.deployments.len();
        for release in &history.releases {
            let artifact = self.artifact(release.head, &history.merges[release.head]);
            let mut deployment = self.deployment("production", artifact, release.requested_at, release.finished_at);
            match release.kind {
                Kind::Planned => {}
                Kind::Hotfix(incident) => {
                    deployment.intent = Intent::Hotfix;
                    deployment.reason = Some(match incident {
                        Some(incident) => format!("Mends {}", incident_id(self.plan.name, incident)),
                        None => "Mends a bug that a customer reported".to_owned(),
                    });
                }
                Kind::Rollback(to, incident) => {
                    deployment.intent = Intent::Rollback;
                    deployment.rollback_of = Some(ids[to]);
                    deployment.reason = Some(match incident {
                        Some(incident) => format!("Ends {}", incident_id(self.plan.name, incident)),
                        None => (*self.random.pick(&WHY_BACK)).to_owned(),
                    });
                }
            }
            if !release.succeeded {
                take_back(
                    &mut deployment,
                    "unhealthy",
                    "The new instances did not pass their health checks.",
                    "Read their log, mend it and deploy again.",
                );
            }
            ids.push(deployment.id);
            self.deployments.push(deployment);
        }
        self.deployments[begin..].to_vec()
    }

    /// Numbers the deployments in the order in which they were asked for, and finds what runs now and what was said lately.
    fn settle(&mut self, now: Timestamp) -> (BTreeMap<&'static str, DeploymentId>, Vec<TimelineEvent>) {
        self.deployments.sort_by_key(|deployment| (deployment.requested_at, deployment.id));
        let mut currents: BTreeMap<&'static str, DeploymentId> = BTreeMap::new();
        let names: Vec<&'static str> = self.placements.keys().copied().collect();
        for (number, deployment) in (1..).zip(&mut self.deployments) {
            deployment.number = number;
            let Some(name) = names.iter().find(|name| **name == deployment.environment) else { continue };
            deployment.previous = currents.get(name).copied();
            if deployment.state == DeploymentState::Succeeded {
                currents.insert(name, deployment.id);
            }
        }
        let told = |deployment: &&Deployment| {
            let fresh = now.since(deployment.requested_at) < 7 * DAY && deployment.environment != "dev";
            // What went wrong is looked into for longer.
            let failed =
                deployment.state != DeploymentState::Succeeded && now.since(deployment.requested_at) < 60 * DAY;
            fresh || failed || currents.values().any(|current| *current == deployment.id)
        };
        let timeline =
            self.deployments.iter().filter(told).flat_map(|deployment| timeline::of(deployment, self.kind)).collect();
        (currents, timeline)
    }
}

/// Reasons of rollbacks that nobody wrote an incident for.
const WHY_BACK: [&str; 5] = [
    "Answers got slower right after it",
    "Wrong figures in the log; looking into it",
    "Customers see the old prices",
    "Memory grows without end",
    "The nightly job did not start",
];

/// The roll-out failed and the runtime went back.
fn take_back(deployment: &mut Deployment, code: &str, message: &str, mend: &str) {
    deployment.state = DeploymentState::RolledBack;
    deployment.good_probes = 0;
    deployment.cause = Some(Cause { code: code.to_owned(), message: message.to_owned(), mend: mend.to_owned() });
}
