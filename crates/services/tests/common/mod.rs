//! A whole Slipway on a throw-away SQLite file, with real git repositories and runtimes that do at once what they are told.

#![expect(dead_code, reason = "every test binary uses its own part of this")]

pub mod engines;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use slipway_domain::{
    access::{Grant, Role},
    catalog::{Entity, EntityRef, Location, LocationKind},
    environment::{Environment, Tier},
    ids::{LocationId, ServiceId, SessionId, UserId},
    runtime::{Desired, Instance, Observed, Rollout, RuntimeKind, Target},
    time::{DAY, Timestamp},
};
use slipway_forge::{EmbeddedForge, Source};
use slipway_ports::{
    Clock, Courier, Entropy, Forge, Prober, Runtime, Secrets, Store,
    courier::{Answer, Call, CourierError},
    probe::ProbeResult,
    runtime::RuntimeError,
    secrets::{SecretError, SecretText},
    store::{
        accounts::{Session, User},
        catalog::CatalogEntity,
        services::Service,
    },
};
use slipway_services::{Caller, Endpoint, Runtimes, Scaffolding, Settings, Slipway, Wake, accounts, create};
use slipway_store::SqliteStore;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    },
};
use uuid::Uuid;

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    pub fn advance(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Ids that count up.
#[derive(Debug, Default)]
pub struct Counting(AtomicU64);

impl Counting {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl Entropy for Counting {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.next()) << 64)
    }

    fn secret(&self) -> [u8; 32] {
        Sha256::digest(self.next().to_le_bytes()).into()
    }
}

/// Secrets that a test can make itself: the digest of the purpose, and `resolved <reference>`.
#[derive(Debug)]
pub struct PlainSecrets;

impl Secrets for PlainSecrets {
    fn derive(&self, purpose: &str) -> SecretText {
        SecretText::new(hex::encode(Sha256::digest(purpose)))
    }

    fn resolve(&self, reference: &str) -> Result<SecretText, SecretError> {
        match reference.split_once(':') {
            Some(("env" | "file", "none")) => Err(SecretError::Missing(reference.to_owned())),
            Some(("env" | "file", _)) => Ok(SecretText::new(format!("resolved {reference}"))),
            _ => Err(SecretError::Malformed(reference.to_owned())),
        }
    }
}

/// What was sent: address, headers, body.
pub type Sent = (String, Vec<(&'static str, String)>, String);

/// Keeps what it is given, or refuses it as long as it is told to.
#[derive(Debug, Default)]
pub struct FakeCourier {
    pub refuses: AtomicBool,
    pub sent: Mutex<Vec<Sent>>,
}

#[async_trait]
impl Courier for FakeCourier {
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Result<(), CourierError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(CourierError::Refused(503));
        }
        self.sent.lock().unwrap().push((url.to_owned(), headers.to_vec(), body.to_owned()));
        Ok(())
    }

    /// Answers with what it was asked, a secret in it and all.
    async fn call(&self, call: &Call) -> Result<Answer, CourierError> {
        if self.refuses.load(Ordering::SeqCst) {
            return Err(CourierError::Unreachable("nobody answers".to_owned()));
        }
        let headers = [("content-type".to_owned(), "application/json".to_owned())].into();
        let token = call.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.expose());
        let told = serde_json::json!({"method": call.method, "url": call.url, "body": call.body, "token": token});
        let status = if call.url.contains("/teapot") { 418 } else { 200 };
        Ok(Answer { status, headers, body: told.to_string().into_bytes() })
    }
}

/// A runtime that does at once what it is told.
#[derive(Debug)]
pub struct FakeRuntime {
    kind: RuntimeKind,
    clock: Arc<ManualClock>,
    runs: Mutex<BTreeMap<String, Desired>>,
    unreachable: AtomicBool,
}

impl FakeRuntime {
    pub fn new(kind: RuntimeKind, clock: Arc<ManualClock>) -> Arc<Self> {
        Arc::new(Self { kind, clock, runs: Mutex::default(), unreachable: AtomicBool::new(false) })
    }

    /// From now on nothing can be asked of it, or all again.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.unreachable.store(unreachable, Ordering::SeqCst);
    }

    /// Names of the resources it runs.
    pub fn running(&self) -> Vec<String> {
        self.runs.lock().unwrap().keys().cloned().collect()
    }

    fn reach(&self) -> Result<(), RuntimeError> {
        if self.unreachable.load(Ordering::SeqCst) {
            return Err(RuntimeError::Denied("the credentials have expired".to_owned()));
        }
        Ok(())
    }

    fn see(&self, target: &Target) -> Observed {
        let now = self.clock.now();
        let runs = self.runs.lock().unwrap();
        let Some(desired) = runs.get(&target.resource_name()) else { return Observed::absent(now) };
        let replicas = desired.workload.replicas;
        let instance = |n: u32| Instance {
            id: format!("i-{n}"),
            state: "RUNNING".to_owned(),
            ready: true,
            image: Some(desired.image.clone()),
            started_at: Some(now),
            reason: None,
        };
        Observed {
            exists: true,
            spec_hash: Some(desired.spec_hash()),
            deployment: Some(desired.deployment),
            image: Some(desired.image.clone()),
            desired: replicas,
            ready: replicas,
            rollout: Rollout::Completed,
            handle: Some(format!("rollout-{}", desired.deployment)),
            url: Some(format!("http://{}.test", target.resource_name())),
            instances: (0..replicas).map(instance).collect(),
            ..Observed::absent(now)
        }
    }
}

#[async_trait]
impl Runtime for FakeRuntime {
    fn kind(&self) -> RuntimeKind {
        self.kind
    }

    async fn check(&self) -> Result<(), RuntimeError> {
        self.reach()
    }

    async fn ensure(&self, desired: &Desired, _handle: Option<&str>) -> Result<Observed, RuntimeError> {
        self.reach()?;
        self.runs.lock().unwrap().insert(desired.target.resource_name(), desired.clone());
        Ok(self.see(&desired.target))
    }

    async fn observe(&self, target: &Target, _handle: Option<&str>) -> Result<Observed, RuntimeError> {
        self.reach()?;
        Ok(self.see(target))
    }

    async fn roll_back(&self, previous: &Desired, handle: Option<&str>) -> Result<Observed, RuntimeError> {
        self.ensure(previous, handle).await
    }

    async fn remove(&self, target: &Target) -> Result<bool, RuntimeError> {
        self.reach()?;
        self.runs.lock().unwrap().remove(&target.resource_name());
        Ok(true)
    }
}

/// Everything answers.
#[derive(Debug)]
pub struct Healthy(Arc<ManualClock>);

#[async_trait]
impl Prober for Healthy {
    async fn get(&self, _url: &str) -> ProbeResult {
        ProbeResult { ok: true, message: "200 in 1 ms".to_owned(), at: self.0.now() }
    }
}

/// A Slipway with three environments, two teams, three runtimes (`ecs`, `app-runner`, `kubernetes`) and nobody in it.
pub struct TestWorld {
    pub slipway: Arc<Slipway>,
    pub store: Arc<dyn Store>,
    pub forge: Arc<dyn Forge>,
    pub clock: Arc<ManualClock>,
    pub entropy: Arc<Counting>,
    pub ecs: Arc<FakeRuntime>,
    pub app_runner: Arc<FakeRuntime>,
    pub kubernetes: Arc<FakeRuntime>,
    pub courier: Arc<FakeCourier>,
    /// The database, repositories and whatever a test puts there.
    pub folder: tempfile::TempDir,
    templates: PathBuf,
}

/// The golden paths that ship with Slipway.
pub fn golden_paths() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates")
}

impl TestWorld {
    /// With the golden paths that ship.
    pub async fn new() -> Self {
        Self::with_templates(golden_paths()).await
    }

    /// With the templates of a folder.
    pub async fn with_templates(templates: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path().join("slipway.db")).await.unwrap();
        store.migrate().await.unwrap();
        Self::with_store(templates, folder, Arc::new(store)).await
    }

    /// On a store that is migrated and empty.
    pub async fn with_store(templates: PathBuf, folder: tempfile::TempDir, store: Arc<dyn Store>) -> Self {
        let clock = Arc::new(ManualClock(AtomicI64::new(1_795_000_000_000)));
        let forge: Arc<dyn Forge> = Arc::new(EmbeddedForge::new(folder.path().join("repositories")).unwrap());
        let entropy = Arc::new(Counting::default());
        let ecs = FakeRuntime::new(RuntimeKind::Ecs, clock.clone());
        let app_runner = FakeRuntime::new(RuntimeKind::AppRunner, clock.clone());
        let kubernetes = FakeRuntime::new(RuntimeKind::Kubernetes, clock.clone());
        let courier = Arc::new(FakeCourier::default());
        let parts = Parts {
            templates: templates.clone(),
            courier: courier.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
        };
        let runtimes = [ecs.clone(), app_runner.clone(), kubernetes.clone()];
        let slipway = parts.slipway(store.clone(), forge.clone(), &runtimes, "first");
        let world =
            Self { slipway, store, forge, clock, entropy, ecs, app_runner, kubernetes, courier, folder, templates };
        world.fill().await;
        world
    }

    /// Another process on the same database and repositories, or on what stands before them.
    pub fn process(&self, worker: &str, store: Arc<dyn Store>, forge: Arc<dyn Forge>) -> Arc<Slipway> {
        let parts = Parts {
            templates: self.templates.clone(),
            courier: self.courier.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
        };
        let runtimes = [self.ecs.clone(), self.app_runner.clone(), self.kubernetes.clone()];
        parts.slipway(store, forge, &runtimes, worker)
    }

    async fn fill(&self) {
        let now = self.clock.now();
        let mut tx = self.store.begin_write().await.unwrap();
        let tiers = [("dev", Tier::Development), ("staging", Tier::Staging), ("production", Tier::Production)];
        for (position, (name, tier)) in (0..).zip(tiers) {
            let auto_deploy = tier == Tier::Development;
            tx.put_environment(&Environment { name: name.to_owned(), position, tier, auto_deploy }).await.unwrap();
        }
        let id = LocationId::from_uuid(self.entropy.uuid());
        let location = Location::new(id, LocationKind::BuiltIn, "test:teams".to_owned());
        tx.put_location(&location).await.unwrap();
        let team = |name: &str, title: &str| CatalogEntity {
            entity: Entity::new(serde_json::json!({
                "apiVersion": "backstage.io/v1alpha1",
                "kind": "Group",
                "metadata": {"name": name, "title": title},
                "spec": {"type": "team", "children": []},
            }))
            .unwrap(),
            location: location.id,
            file: "teams.yaml".to_owned(),
            error: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        tx.put_entities(&[team("payments", "Payments"), team("platform", "Platform")]).await.unwrap();
        tx.commit().await.unwrap();
        let report = slipway_services::catalog::register_built_in(&self.slipway).await.unwrap();
        assert!(report.problems.is_empty(), "{:?}", report.problems);
    }

    /// Somebody with one role, signed in. `team` of `None`: everywhere.
    pub async fn person(&self, login: &str, role: Role, team: Option<&str>) -> Caller {
        let user = User {
            id: UserId::from_uuid(self.entropy.uuid()),
            login: login.to_owned(),
            display_name: format!("{login} of Test"),
            password_hash: None,
            grants: vec![Grant { role, team: team.map(str::to_owned) }],
            created_at: self.clock.now(),
        };
        let session = Session {
            id: SessionId::from_uuid(self.entropy.uuid()),
            user: user.id,
            secret_hash: hex::encode(Sha256::digest(login.as_bytes())),
            created_at: user.created_at,
            expires_at: user.created_at.plus(DAY),
        };
        let mut tx = self.store.begin_write().await.unwrap();
        tx.add_user(&user).await.unwrap();
        tx.add_session(&session).await.unwrap();
        tx.commit().await.unwrap();
        accounts::caller_of_session(&self.slipway, login).await.unwrap().unwrap()
    }

    /// A service of Payments whose component has these annotations; one that is there gets them.
    pub async fn service(&self, name: &str, annotations: serde_json::Value) {
        let now = self.clock.now();
        let mut tx = self.store.begin_write().await.unwrap();
        let location = tx.locations().await.unwrap()[0].id;
        let entity = Entity::new(serde_json::json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": name, "annotations": annotations},
            "spec": {"type": "service", "lifecycle": "production", "owner": "payments"},
        }))
        .unwrap();
        let (file, error) = ("catalog-info.yaml".to_owned(), None);
        let held = CatalogEntity { entity, location, file, error, created_at: now, updated_at: now, version: 1 };
        tx.put_entities(&[held]).await.unwrap();
        if tx.service_by_name(name).await.unwrap().is_none() {
            tx.add_service(&Service {
                id: ServiceId::from_uuid(self.entropy.uuid()),
                name: name.to_owned(),
                entity: EntityRef::new("component", "default", name),
                owner: "group:default/payments".to_owned(),
                repository: None,
                created_at: now.plus(-30 * DAY),
                demo: false,
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// A developer of Payments.
    pub async fn developer(&self) -> Caller {
        self.person("dev", Role::Developer, Some("group:default/payments")).await
    }
}

struct Parts {
    templates: PathBuf,
    courier: Arc<FakeCourier>,
    clock: Arc<ManualClock>,
    entropy: Arc<Counting>,
}

impl Parts {
    fn slipway(
        self,
        store: Arc<dyn Store>,
        forge: Arc<dyn Forge>,
        runtimes: &[Arc<FakeRuntime>],
        worker: &str,
    ) -> Arc<Slipway> {
        let runtimes = runtimes.iter().map(|runtime| {
            let name = runtime.kind().as_str().to_owned();
            (name, runtime.clone() as Arc<dyn Runtime>)
        });
        Arc::new(Slipway {
            store,
            clock: self.clock.clone(),
            entropy: self.entropy,
            secrets: Arc::new(PlainSecrets),
            forge,
            source: Arc::new(Source::new()),
            prober: Arc::new(Healthy(self.clock)),
            courier: self.courier,
            runtimes: Runtimes::new(runtimes),
            settings: Settings {
                refresh_millis: 60_000,
                public_url: "http://slipway.test".to_owned(),
                demo: false,
                version: "0.0.0".to_owned(),
                zone: "UTC".to_owned(),
                registry: "123456789012.dkr.ecr.eu-west-1.amazonaws.com".to_owned(),
                templates: self.templates,
                build_millis: 0,
                session_millis: DAY,
                build_pushes: true,
                scaffolding: Scaffolding {
                    endpoints: [(
                        "proxy/builds".to_owned(),
                        Endpoint {
                            url: "https://builds.example/api".to_owned(),
                            headers: [("Authorization".to_owned(), "env:PAGERDUTY".to_owned())].into(),
                        },
                    )]
                    .into(),
                    ..Scaffolding::default()
                },
            },
            wake: Wake::default(),
            worker: worker.to_owned(),
            run_secrets: create::RunSecrets::default(),
            templates: create::TemplateCache::default(),
            built_in: slipway_services::catalog::BuiltIn::default(),
            insights: slipway_services::insights::Cache::default(),
        })
    }
}

/// What a form sends.
pub fn typed(values: &[(&str, &str)]) -> BTreeMap<String, String> {
    values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The draft's id in a wizard's address.
pub fn draft_in(href: &str) -> String {
    href.split(['?', '&']).find_map(|part| part.strip_prefix("draft=")).unwrap().to_owned()
}

impl TestWorld {
    /// Goes through the wizard of `rust-axum-service` and starts it; gives the run's id.
    pub async fn start_golden_path(&self, caller: &Caller, name: &str, runtime: &str) -> String {
        let template = ("default", "rust-axum-service");
        let first = typed(&[
            ("name", name),
            ("description", "Takes orders and hands them on."),
            ("owner", "group:default/payments"),
            ("system", ""),
        ]);
        let second = typed(&[
            ("port", "8080"),
            ("cpu", "256"),
            ("memory", "512"),
            ("replicas", "2"),
            ("logLevel", "info"),
            ("ci", "github"),
        ]);
        let sent = create::send_page(&self.slipway, caller, template.0, template.1, "", 0, &first, "").await.unwrap();
        let draft = draft_in(&sent.next);
        create::send_page(&self.slipway, caller, template.0, template.1, &draft, 1, &second, "").await.unwrap();
        create::choose_runtime(&self.slipway, caller, &draft, runtime).await.unwrap();
        let sent = create::start(&self.slipway, caller, &draft, &BTreeMap::new()).await.unwrap();
        sent.next.trim_start_matches("/runs/").to_owned()
    }
}
