//! Values to store. A number makes an id; greater numbers sort later, as ids made later do.

use serde_json::{Value, json};
use slipway_domain::{
    access::{Grant, Role},
    artifact::{Artifact, Digest},
    build::{Build, BuildState},
    catalog::{Entity, EntityRef, Location, LocationKind},
    deployment::{Deployment, DeploymentState, Intent, Lane, Placement, TimelineEvent},
    environment::{Environment, Tier},
    health::Health,
    ids::{
        ApprovalId, ArtifactId, AuditId, BuildId, CampaignId, DeploymentId, DraftId, IncidentId, LocationId, NoteId,
        NoticeId, PlacementId, RepositoryId, RunId, ServiceId, SessionId, SourceDeliveryId, SourceId, SubscriptionId,
        TokenId, UpgradeId, UserId,
    },
    scaffold::{Draft, LogLine, Run, RunState, RunStep, StepState},
    time::Timestamp,
    workload::Workload,
};
use slipway_ports::{
    Store,
    store::{
        accounts::{AuditLine, Session, Token, User},
        catalog::CatalogEntity,
        delivery::{DeliveryEvent, DeliveryKind},
        incidents::{Incident, IncidentCause},
        repositories::Repository,
        services::Service,
        sources::{DeliveryStatus, Source, SourceDelivery},
        subscriptions::{Notice, NoticeState, Subscription},
    },
};
use std::sync::Arc;
use uuid::Uuid;

macro_rules! ids {
    ($($name:ident: $type:ty;)*) => {
        $(
            /// The id that a number makes.
            pub fn $name(n: u128) -> $type {
                <$type>::from_uuid(Uuid::from_u128(n))
            }
        )*
    };
}

ids! {
    user_id: UserId;
    session_id: SessionId;
    token_id: TokenId;
    audit_id: AuditId;
    location_id: LocationId;
    service_id: ServiceId;
    repository_id: RepositoryId;
    artifact_id: ArtifactId;
    build_id: BuildId;
    placement_id: PlacementId;
    deployment_id: DeploymentId;
    draft_id: DraftId;
    run_id: RunId;
    approval_id: ApprovalId;
    note_id: NoteId;
    incident_id: IncidentId;
    notice_id: NoticeId;
    source_id: SourceId;
    subscription_id: SubscriptionId;
    source_delivery_id: SourceDeliveryId;
    upgrade_id: UpgradeId;
    campaign_id: CampaignId;
}

/// An instant, milliseconds after an arbitrary beginning.
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000 + millis)
}

/// Text that has every difficulty but NUL.
pub const DIFFICULT: &str = "Zoë 🚢 'quoted' \"double\" %_\\ line\nbreak \u{202e}שלום";

/// A person who is a team lead of payments.
pub fn user(n: u128, login: &str) -> User {
    User {
        id: user_id(n),
        login: login.to_owned(),
        display_name: DIFFICULT.to_owned(),
        password_hash: Some("$argon2id$v=19$x".to_owned()),
        grants: vec![
            Grant { role: Role::TeamLead, team: Some("group:default/payments".to_owned()) },
            Grant { role: Role::Viewer, team: None },
        ],
        created_at: at(0),
    }
}

/// A session of person `user` that ends at 1,000.
pub fn session(n: u128, user: u128) -> Session {
    Session {
        id: session_id(n),
        user: user_id(user),
        secret_hash: format!("hash{n}"),
        created_at: at(0),
        expires_at: at(1_000),
    }
}

/// A token of person `user` that ends at 1,000.
pub fn token(n: u128, user: u128, created: i64) -> Token {
    Token {
        id: token_id(n),
        user: user_id(user),
        name: DIFFICULT.to_owned(),
        secret_hash: format!("hash{n}"),
        scopes: vec!["read".to_owned(), "deploy".to_owned()],
        created_at: at(created),
        expires_at: at(1_000),
        last_used_at: None,
        revoked_at: None,
    }
}

/// An audit line.
pub fn audit(n: u128, millis: i64) -> AuditLine {
    AuditLine {
        id: audit_id(n),
        at: at(millis),
        actor: "ada".to_owned(),
        door: "browser".to_owned(),
        action: "deployment.request".to_owned(),
        target: DIFFICULT.to_owned(),
        team: Some("group:default/payments".to_owned()),
        detail: json!({"n": n.to_string(), "text": "a\u{0}b"}),
    }
}

/// A location.
pub fn location(n: u128, target: &str) -> Location {
    Location::new(location_id(n), LocationKind::Path, target.to_owned())
}

/// An entity from its kind, name and `spec`, of location 1.
pub fn entity(kind: &str, name: &str, spec: Value) -> CatalogEntity {
    let body = json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": kind,
        "metadata": {"name": name, "description": DIFFICULT, "annotations": {"example.com/unknown": "kept"}},
        "spec": spec,
    });
    held(Entity::new(body).unwrap())
}

/// An entity as location 1 holds it.
pub fn held(entity: Entity) -> CatalogEntity {
    CatalogEntity {
        entity,
        location: location_id(1),
        file: "catalog-info.yaml".to_owned(),
        error: None,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}

/// A component of a team.
pub fn component(name: &str, owner: &str) -> CatalogEntity {
    entity("Component", name, json!({"type": "service", "lifecycle": "production", "owner": owner}))
}

/// A reference in the default namespace.
pub fn reference(kind: &str, name: &str) -> EntityRef {
    EntityRef::new(kind, "default", name)
}

/// A repository.
pub fn repository(n: u128, name: &str) -> Repository {
    Repository {
        id: repository_id(n),
        name: name.to_owned(),
        owner: "group:default/payments".to_owned(),
        default_branch: "main".to_owned(),
        recorded_head: None,
        created_at: at(0),
    }
}

/// A build of service and repository `of`.
pub fn build(n: u128, of: u128, revision: &str, millis: i64) -> Build {
    Build {
        id: build_id(n),
        repository: repository_id(of),
        service: service_id(of),
        revision: revision.to_owned(),
        state: BuildState::Queued,
        queued_at: at(millis),
        started_at: None,
        finished_at: None,
        error: None,
        artifact: None,
    }
}

/// A service of payments.
pub fn service(n: u128, name: &str) -> Service {
    Service {
        id: service_id(n),
        name: name.to_owned(),
        entity: reference("component", name),
        owner: "group:default/payments".to_owned(),
        repository: None,
        created_at: at(0),
        demo: false,
    }
}

/// An environment.
pub fn environment(name: &str, position: i64) -> Environment {
    Environment { name: name.to_owned(), position, tier: Tier::Development, auto_deploy: true }
}

/// A placement of service `of`.
pub fn placement(n: u128, of: u128, environment: &str) -> Placement {
    Placement {
        id: placement_id(n),
        service: service_id(of),
        environment: environment.to_owned(),
        runtime: "local".to_owned(),
        workload: Workload::default(),
        current: None,
        observed: None,
        health: Health::default(),
        observe_at: at(0),
        version: 1,
    }
}

/// An artifact of service `of`.
pub fn artifact(n: u128, of: u128) -> Artifact {
    Artifact {
        id: artifact_id(n),
        service: service_id(of),
        image: "registry.example.com/checkout".to_owned(),
        digest: Digest::of(&n.to_be_bytes()),
        revision: format!("{n:040x}"),
        version: Some("1.0".to_owned()),
        built_at: at(i64::try_from(n).unwrap()),
        source: "test".to_owned(),
    }
}

/// A pending deployment of service `of`, of its artifact and placement of the same number, asked for at `number`.
pub fn deployment(n: u128, of: u128, number: i64) -> Deployment {
    Deployment {
        id: deployment_id(n),
        service: service_id(of),
        placement: placement_id(of),
        environment: "dev".to_owned(),
        number,
        artifact: artifact_id(of),
        workload: Workload::default(),
        intent: Intent::Planned,
        reason: None,
        rollback_of: None,
        previous: None,
        state: DeploymentState::Pending,
        cause: None,
        handle: None,
        requested_by: "ada".to_owned(),
        requested_at: at(number),
        started_at: None,
        state_since: at(number),
        finished_at: None,
        good_probes: 0,
        version: 1,
    }
}

/// A line of deployment `of`'s timeline.
pub fn timeline(of: u128, key: &str, millis: i64) -> TimelineEvent {
    TimelineEvent {
        deployment: deployment_id(of),
        key: key.to_owned(),
        at: at(millis),
        lane: Lane::Runtime,
        message: DIFFICULT.to_owned(),
        warning: true,
    }
}

/// A draft of person `user`.
pub fn draft(n: u128, user: u128, millis: i64) -> Draft {
    Draft {
        id: draft_id(n),
        user: user_id(user),
        template: "template:default/rust".to_owned(),
        values: json!({"name": DIFFICULT, "nul": "\u{0}"}),
        runtime: None,
        updated_at: at(millis),
    }
}

/// A queued run of person 1.
pub fn run(n: u128, millis: i64) -> Run {
    Run {
        id: run_id(n),
        template: "template:default/rust".to_owned(),
        template_version: Some(n.to_string()),
        title: DIFFICULT.to_owned(),
        parameters: json!({"name": "checkout"}),
        steps: json!([{"id": "fetch"}]),
        output: json!({}),
        runtime: "local".to_owned(),
        owner: "group:default/payments".to_owned(),
        state: RunState::Queued,
        undo_only: None,
        error: None,
        result: Value::Null,
        user: user_id(1),
        requested_by: "Ada".to_owned(),
        created_at: at(millis),
        finished_at: None,
        version: 1,
    }
}

/// A waiting step of run `of`.
pub fn step(of: u128, position: i64) -> RunStep {
    RunStep {
        run: run_id(of),
        position,
        id: format!("step-{position}"),
        name: "A step".to_owned(),
        action: "fetch:template".to_owned(),
        state: StepState::Waiting,
        attempts: 0,
        output: Value::Null,
        undo: Value::Null,
        error: None,
        started_at: None,
        finished_at: None,
    }
}

/// A log line; the store numbers it.
pub fn line(message: &str) -> LogLine {
    LogLine { seq: 0, at: at(0), step: Some("fetch".to_owned()), message: message.to_owned(), warning: false }
}

/// A delivery event of service `of`.
pub fn event(of: u128, key: &str, millis: i64) -> DeliveryEvent {
    DeliveryEvent {
        service: service_id(of),
        kind: DeliveryKind::Change,
        at: at(millis),
        source: "test".to_owned(),
        key: key.to_owned(),
        payload: json!({"key": key}),
    }
}

/// Services 1 to `count`, each with its artifact and, in `dev`, its placement of the same number.
pub async fn services(store: &Arc<dyn Store>, count: u128) {
    let mut tx = store.begin_write().await.unwrap();
    tx.put_environment(&environment("dev", 0)).await.unwrap();
    for n in 1..=count {
        tx.add_service(&service(n, &format!("service-{n:03}"))).await.unwrap();
        tx.add_placement(&placement(n, n, "dev")).await.unwrap();
        tx.put_artifact(&artifact(n, n)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// A source of GitHub events with everything said.
pub fn source(n: u128, name: &str) -> Source {
    Source {
        id: source_id(n),
        name: name.to_owned(),
        kind: "github".to_owned(),
        options: json!({"incident_labels": ["incident", DIFFICULT]}),
        service: Some(service_id(7)),
        owner: Some("group:default/payments".to_owned()),
        secret: Some("env:GITHUB".to_owned()),
        generation: 1,
        rotated_at: Some(at(1)),
        created_by: "ada".to_owned(),
        created_at: at(0),
        revoked_at: None,
        heard: 0,
        heard_at: None,
        refused: 0,
        refused_at: None,
        refused_why: None,
    }
}

/// A delivery of source `source` that came at `millis` and is still to be told.
pub fn source_delivery(n: u128, source: u128, key: &str, millis: i64) -> SourceDelivery {
    SourceDelivery {
        id: source_delivery_id(n),
        source: source_id(source),
        key: key.to_owned(),
        received_at: at(millis),
        tried_at: None,
        event: "push".to_owned(),
        status: DeliveryStatus::Stored,
        note: None,
        events: 0,
        headers: vec![("x-github-event".to_owned(), "push".to_owned())],
        body: vec![0, 159, 146, 150],
    }
}

/// An open incident of service 1 that was noticed at `millis`, about which nobody decided.
pub fn incident(n: u128, key: &str, millis: i64) -> Incident {
    Incident {
        id: incident_id(n),
        key: key.to_owned(),
        service: service_id(1),
        title: DIFFICULT.to_owned(),
        source: "webhook:pagerduty".to_owned(),
        detected_at: at(millis),
        impact_started_at: None,
        resolved_at: None,
        told_at: at(millis),
        retracted: false,
        named: false,
        cause: IncidentCause::Unknown,
        links: None,
        decided_by: None,
        decided_at: None,
    }
}

/// A subscription that was never told anything.
pub fn subscription(n: u128, name: &str) -> Subscription {
    Subscription {
        id: subscription_id(n),
        name: name.to_owned(),
        url: "https://events.example.com/slipway".to_owned(),
        created_by: "ada".to_owned(),
        created_at: at(0),
        revoked_at: None,
        sent: 0,
        sent_at: None,
        given_up: 0,
        failed_at: None,
        failed_why: None,
    }
}

/// A notice of something that happened at `millis` and is due at once.
pub fn notice(n: u128, subscription: u128, millis: i64) -> Notice {
    Notice {
        id: notice_id(n),
        subscription: subscription_id(subscription),
        event: "dev.cdevents.service.deployed.0.3.0".to_owned(),
        body: json!({"text": DIFFICULT}).to_string(),
        created_at: at(millis),
        due_at: at(millis),
        attempts: 0,
        state: NoticeState::Waiting,
        error: None,
    }
}
