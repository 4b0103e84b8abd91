//! What every [`Runtime`] does. [`runtime_contract!`](macro@crate::runtime_contract) makes one test of each rule.
//!
//! The rules are written as a reconciler lives: it asks, looks again and again, may be told "busy", and may be another
//! process than the one that asked.

use async_trait::async_trait;
use slipway_domain::{
    ids::DeploymentId,
    runtime::{Cause, Desired, Observed, Rollout, Target},
    workload::Workload,
};
use slipway_ports::runtime::{Runtime, RuntimeError};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// What a runtime can be given to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Image {
    /// Runs and answers; versions differ.
    Good(u32),
    /// Cannot be pulled.
    Missing,
    /// Exits soon after it started.
    Crashing,
    /// Runs and never becomes healthy.
    Unhealthy,
}

/// Where the contract is tried: an emulator, an account, a cluster.
#[async_trait]
pub trait World: Send + Sync {
    /// A new client, as after a restart of the server.
    async fn connect(&self) -> Arc<dyn Runtime>;

    /// The reference of such an image; `None` when this world has none.
    fn image(&self, image: Image) -> Option<String>;

    /// What the workloads need beside the defaults; a world's own port, for example.
    fn workload(&self) -> Workload {
        Workload::default()
    }

    /// Makes a wish that the runtime refuses outright.
    fn spoil(&self, desired: &mut Desired) {
        // No multiple of anything: AWS takes certain pairs of CPU and memory only.
        desired.workload.cpu = 257;
    }

    /// Makes a resource of the target's name that is not Slipway's. `false`: it cannot be done here.
    async fn plant(&self, target: &Target) -> bool;

    /// Puts there what an earlier deployment of `desired` would have left. `false`: it cannot be done here.
    async fn leave(&self, _desired: &Desired) -> bool {
        false
    }

    /// The HTTP status that an address gives; `None` when addresses of this world cannot be reached from a test.
    async fn get(&self, url: &str) -> Option<u16>;

    /// Whether the runtime says why a roll-out failed.
    fn says_why(&self) -> bool {
        true
    }

    /// What makes names unique where several runs share an account.
    fn suffix(&self) -> String {
        String::new()
    }

    /// How long anything may take at most.
    fn patience(&self) -> Duration {
        Duration::from_secs(60)
    }
}

/// Stamps one `#[tokio::test]` for each rule. `$make` is an async expression that gives `Option<impl World>`; with `None`
/// the test is skipped, and the expression has said why.
#[macro_export]
macro_rules! runtime_contract {
    ($make:expr) => {
        $crate::runtime_contract!(@tests $make;
            a_service_is_created_and_answers, asking_twice_is_asking_once, a_new_version_replaces_the_old,
            the_same_version_is_deployed_again, a_missing_image_is_undone, a_crashing_image_is_undone,
            an_unhealthy_image_is_undone, a_failed_beginning_can_be_mended, a_roll_out_can_be_turned_back_half_way,
            absence_is_an_answer, removing_leaves_nothing, what_others_made_is_left_alone, a_restart_goes_on,
            a_wrong_request_is_refused, what_ran_before_is_taken_over);
    };
    (@tests $make:expr; $($name:ident),+) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                if let Some(world) = $make.await {
                    $crate::runtime_contract::$name(&world).await;
                }
            }
        )+
    };
}

/// Creating ends in a service that runs as asked and answers at the address given.
pub async fn a_service_is_created_and_answers(world: &dyn World) {
    let case = Case::new(world, "create").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    let observed = case.deploy(&v1).await;
    assert!(observed.exists);
    assert_eq!(observed.spec_hash, Some(v1.spec_hash()));
    assert_eq!(observed.deployment, Some(v1.deployment));
    assert_eq!(observed.image.as_deref(), Some(v1.image.as_str()));
    assert!(observed.desired >= 1 && observed.ready == observed.desired, "{observed:?}");
    case.answers(&observed).await;
    case.clean().await;
}

/// However often it is told, there is one roll-out.
pub async fn asking_twice_is_asking_once(world: &dyn World) {
    let case = Case::new(world, "twice").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    let handle = case.ensure(&v1, None).await.handle;
    assert!(handle.is_some(), "a roll-out has an id from the start");
    assert_eq!(case.ensure(&v1, None).await.handle, handle);
    assert_eq!(case.ensure(&v1, handle.as_deref()).await.handle, handle);
    case.until(handle.as_deref(), "completed", completed).await;
    let again = case.ensure(&v1, None).await;
    assert_eq!((again.handle, again.rollout), (handle, Rollout::Completed));
    case.clean().await;
}

/// After an update only the new version runs.
pub async fn a_new_version_replaces_the_old(world: &dyn World) {
    let case = Case::new(world, "update").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    let first = case.deploy(&v1).await;
    let mut v2 = case.desired(2, Image::Good(2)).unwrap();
    v2.workload.variables.insert("GREETING".into(), "hello".into());
    let second = case.deploy(&v2).await;
    assert_ne!(first.handle, second.handle);
    assert_eq!((second.spec_hash.clone(), second.deployment), (Some(v2.spec_hash()), Some(v2.deployment)));
    assert_eq!(second.image.as_deref(), Some(v2.image.as_str()));
    for instance in second.instances.iter().filter(|instance| instance.ready) {
        assert_eq!(instance.image.as_deref(), Some(v2.image.as_str()));
    }
    case.answers(&second).await;
    case.clean().await;
}

/// A new deployment of what runs already is a roll-out of its own, and ends.
pub async fn the_same_version_is_deployed_again(world: &dyn World) {
    let case = Case::new(world, "again").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    case.deploy(&v1).await;
    let again = Desired { deployment: deployment(2), ..v1 };
    let observed = case.deploy(&again).await;
    assert_eq!(observed.deployment, Some(again.deployment));
    case.answers(&observed).await;
    case.clean().await;
}

/// See [`Image::Missing`].
pub async fn a_missing_image_is_undone(world: &dyn World) {
    is_undone(world, "missing", Image::Missing, "image-not-found").await;
}

/// See [`Image::Crashing`].
pub async fn a_crashing_image_is_undone(world: &dyn World) {
    is_undone(world, "crash", Image::Crashing, "crash").await;
}

/// See [`Image::Unhealthy`].
pub async fn an_unhealthy_image_is_undone(world: &dyn World) {
    is_undone(world, "unhealthy", Image::Unhealthy, "unhealthy").await;
}

/// A bad version fails with its cause, the old one serves on, and returning to it ends with it alone.
async fn is_undone(world: &dyn World, name: &str, bad: Image, code: &str) {
    let case = Case::new(world, name).await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    let Some(v2) = case.desired(2, bad) else {
        return skipped(&format!("there is no {bad:?} image here"));
    };
    case.deploy(&v1).await;
    let told = case.ensure(&v2, None).await;
    let handle = told.handle;
    let itself = case.runtime.kind().rolls_back_itself();
    let failed = case
        .until(handle.as_deref(), "failed", |observed| {
            assert_ne!(observed.rollout, Rollout::Completed, "a bad version is never a success");
            assert!(observed.ready >= 1, "something serves all the time: {observed:?}");
            match &observed.rollout {
                Rollout::RolledBack { .. } => itself,
                Rollout::Failed { .. } => !itself,
                _ => false,
            }
        })
        .await;
    let cause = cause(&failed).unwrap();
    assert!(!cause.message.is_empty() && !cause.mend.is_empty());
    if world.says_why() {
        assert_eq!(cause.code, code, "{cause:?}");
    }
    // Asked again with what is known of it, a bad version is not tried again.
    let asked = case.ensure(&v2, handle.as_deref()).await;
    assert!(!matches!(asked.rollout, Rollout::InProgress { .. } | Rollout::Completed), "{:?}", asked.rollout);
    // Nor when whoever asked died before the handle was written down.
    let successor = Case { runtime: world.connect().await, target: case.target.clone(), world };
    let asked = successor.ensure(&v2, None).await;
    assert!(!matches!(asked.rollout, Rollout::InProgress { .. } | Rollout::Completed), "{:?}", asked.rollout);
    assert_eq!(asked.handle, handle, "it is the roll-out that was told");

    let back = case.go_back(&v1, handle.as_deref()).await;
    case.returned(&v1, back.handle.as_deref().or(handle.as_deref())).await;
    let back = case.returned(&v1, handle.as_deref()).await;
    assert_eq!(back.image.as_deref(), Some(v1.image.as_str()));
    case.answers(&back).await;
    case.go_back(&v1, handle.as_deref()).await;
    case.returned(&v1, handle.as_deref()).await;

    // And the way is free for the next one.
    let v3 = case.desired(3, Image::Good(3)).unwrap();
    case.deploy(&v3).await;
    case.clean().await;
}

/// A first version that cannot run fails with its cause; a good one after it runs.
pub async fn a_failed_beginning_can_be_mended(world: &dyn World) {
    let case = Case::new(world, "begin").await;
    let Some(bad) = case.desired(1, Image::Missing) else {
        return skipped("there is no missing image here");
    };
    let handle = case.ensure(&bad, None).await.handle;
    let failed = case
        .until(handle.as_deref(), "failed", |observed| {
            assert_ne!(observed.rollout, Rollout::Completed);
            matches!(observed.rollout, Rollout::Failed { .. } | Rollout::RolledBack { .. })
        })
        .await;
    if world.says_why() {
        assert_eq!(cause(&failed).unwrap().code, "image-not-found");
    }
    let good = case.desired(2, Image::Good(1)).unwrap();
    let observed = case.deploy(&good).await;
    case.answers(&observed).await;
    case.clean().await;
}

/// A roll-out that takes too long for Slipway is turned back before it has ended.
pub async fn a_roll_out_can_be_turned_back_half_way(world: &dyn World) {
    let case = Case::new(world, "half").await;
    let (v1, v2) = (case.desired(1, Image::Good(1)).unwrap(), case.desired(2, Image::Good(2)).unwrap());
    case.deploy(&v1).await;
    let handle = case.ensure(&v2, None).await.handle;
    case.go_back(&v1, handle.as_deref()).await;
    // As the reconciler does: told once more whenever the runtime wants something else again.
    let observed = loop {
        let observed = case.until(handle.as_deref(), "settled", |observed| settled(observed, &v1)).await;
        if observed.spec_hash == Some(v1.spec_hash()) {
            break observed;
        }
        case.go_back(&v1, handle.as_deref()).await;
    };
    assert_eq!(observed.image.as_deref(), Some(v1.image.as_str()));
    case.answers(&observed).await;
    case.clean().await;
}

fn settled(observed: &Observed, wanted: &Desired) -> bool {
    let over = matches!(observed.rollout, Rollout::Completed | Rollout::RolledBack { .. } | Rollout::Failed { .. });
    over || (observed.spec_hash != Some(wanted.spec_hash()) && !matches!(observed.rollout, Rollout::RollingBack { .. }))
}

/// Nothing there is an answer, not an error.
pub async fn absence_is_an_answer(world: &dyn World) {
    let case = Case::new(world, "absent").await;
    case.runtime.check().await.unwrap();
    for handle in [None, Some("no-such-handle")] {
        let observed = case.runtime.observe(&case.target, handle).await.unwrap();
        assert!(!observed.exists && observed.url.is_none() && observed.instances.is_empty(), "{observed:?}");
        assert_eq!(observed.rollout, Rollout::Unknown);
    }
    assert!(case.runtime.remove(&case.target).await.unwrap());
}

/// Removing ends with nothing there, as often as it is asked for; the name is free again.
pub async fn removing_leaves_nothing(world: &dyn World) {
    let case = Case::new(world, "remove").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    let observed = case.deploy(&v1).await;
    case.clean().await;
    assert!(case.runtime.remove(&case.target).await.unwrap());
    assert!(!case.runtime.observe(&case.target, observed.handle.as_deref()).await.unwrap().exists);
    let again = case.deploy(&Desired { deployment: deployment(2), ..v1 }).await;
    case.answers(&again).await;
    case.clean().await;
}

/// A resource of that name which Slipway did not make is neither changed nor removed.
pub async fn what_others_made_is_left_alone(world: &dyn World) {
    let case = Case::new(world, "theirs").await;
    if !world.plant(&case.target).await {
        return skipped("nothing can be planted here");
    }
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    for attempt in [
        case.runtime.ensure(&v1, None).await.map(drop),
        case.runtime.roll_back(&v1, None).await.map(drop),
        case.runtime.remove(&case.target).await.map(drop),
    ] {
        assert!(matches!(attempt, Err(RuntimeError::NotOurs(_))), "{attempt:?}");
    }
}

/// A new process goes on with the handle, and without it when the old one died before writing it down.
pub async fn a_restart_goes_on(world: &dyn World) {
    let mut case = Case::new(world, "restart").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    let handle = case.ensure(&v1, None).await.handle;
    case.runtime = world.connect().await;
    assert_eq!(case.ensure(&v1, None).await.handle, handle);
    case.until(handle.as_deref(), "completed", completed).await;
    case.runtime = world.connect().await;
    let observed = case.ensure(&v1, handle.as_deref()).await;
    assert_eq!((observed.handle, observed.rollout), (handle, Rollout::Completed));
    case.clean().await;
}

/// What the runtime refuses is the asker's fault, said as such, and changes nothing.
pub async fn a_wrong_request_is_refused(world: &dyn World) {
    let case = Case::new(world, "wrong").await;
    let mut wrong = case.desired(1, Image::Good(1)).unwrap();
    world.spoil(&mut wrong);
    let error = case.runtime.ensure(&wrong, None).await.unwrap_err();
    assert!(matches!(error, RuntimeError::Invalid(_)) && !error.is_transient(), "{error:?}");
    assert!(!case.runtime.observe(&wrong.target, None).await.unwrap().exists);
    case.clean().await;
}

/// What an earlier Slipway left running is recognised, and updated like any other.
pub async fn what_ran_before_is_taken_over(world: &dyn World) {
    let case = Case::new(world, "before").await;
    let v1 = case.desired(1, Image::Good(1)).unwrap();
    if !world.leave(&v1).await {
        return skipped("nothing can be left running here");
    }
    let found = case.until(None, "completed", completed).await;
    assert_eq!((found.spec_hash.clone(), found.deployment), (Some(v1.spec_hash()), Some(v1.deployment)));
    assert_eq!((found.image.as_deref(), found.ready), (Some(v1.image.as_str()), found.desired));
    case.answers(&found).await;
    let same = case.ensure(&v1, None).await;
    assert_eq!((same.handle, same.rollout), (found.handle, Rollout::Completed), "nothing to do");
    let v2 = case.desired(2, Image::Good(2)).unwrap();
    let observed = case.deploy(&v2).await;
    assert_eq!(observed.image.as_deref(), Some(v2.image.as_str()));
    case.answers(&observed).await;
    case.clean().await;
}

/// One rule being tried: a client and a target of its own.
struct Case<'a> {
    world: &'a dyn World,
    runtime: Arc<dyn Runtime>,
    target: Target,
}

impl<'a> Case<'a> {
    async fn new(world: &'a dyn World, name: &str) -> Self {
        let target = Target { service: format!("contract-{name}{}", world.suffix()), environment: "dev".into() };
        Self { world, runtime: world.connect().await, target }
    }

    fn desired(&self, number: u128, image: Image) -> Option<Desired> {
        Some(Desired {
            target: self.target.clone(),
            deployment: deployment(number),
            image: self.world.image(image)?,
            revision: format!("{number:040x}"),
            owner: "group:default/payments".into(),
            workload: self.world.workload(),
        })
    }

    /// Deploys and waits for the end, which must be good.
    async fn deploy(&self, desired: &Desired) -> Observed {
        let told = self.ensure(desired, None).await;
        assert_eq!(told.spec_hash, Some(desired.spec_hash()), "what was told is what the runtime wants");
        self.until(told.handle.as_deref(), "completed", completed).await
    }

    async fn ensure(&self, desired: &Desired, handle: Option<&str>) -> Observed {
        self.patiently("ensure", async || self.runtime.ensure(desired, handle).await).await
    }

    async fn go_back(&self, previous: &Desired, handle: Option<&str>) -> Observed {
        self.patiently("roll back", async || self.runtime.roll_back(previous, handle).await).await
    }

    /// Waits until the version before runs again, as `plan` judges it.
    async fn returned(&self, previous: &Desired, handle: Option<&str>) -> Observed {
        let observed = self
            .until(handle, "returned", |observed| match &observed.rollout {
                Rollout::RolledBack { .. } => true,
                Rollout::Completed => observed.spec_hash == Some(previous.spec_hash()),
                _ => false,
            })
            .await;
        assert_eq!(observed.spec_hash, Some(previous.spec_hash()), "the runtime wants the version before");
        observed
    }

    /// Looks until `good`.
    async fn until(&self, handle: Option<&str>, what: &str, good: impl Fn(&Observed) -> bool) -> Observed {
        let deadline = Instant::now() + self.world.patience();
        loop {
            let observed = self.patiently("observe", async || self.runtime.observe(&self.target, handle).await).await;
            if good(&observed) {
                return observed;
            }
            assert!(Instant::now() < deadline, "not {what} in time: {observed:#?}");
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Asks again while the runtime says "later".
    async fn patiently<T>(&self, what: &str, ask: impl AsyncFn() -> Result<T, RuntimeError>) -> T {
        let deadline = Instant::now() + self.world.patience();
        loop {
            match ask().await {
                Ok(answer) => return answer,
                Err(error) if error.is_transient() && Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(25)).await;
                }
                Err(error) => panic!("{what}: {error:?}"),
            }
        }
    }

    async fn answers(&self, observed: &Observed) {
        let url = observed.url.as_deref().unwrap_or_else(|| panic!("no address: {observed:#?}"));
        assert!(!url.ends_with('/'));
        let path = self.world.workload().health_path;
        if let Some(status) = self.world.get(&format!("{url}{path}")).await {
            assert_eq!(status, 200, "{url}{path}");
        }
    }

    /// Removes what the case made, and waits until it is gone.
    async fn clean(&self) {
        let deadline = Instant::now() + self.world.patience();
        while !self.patiently("remove", async || self.runtime.remove(&self.target).await).await {
            assert!(Instant::now() < deadline, "{:?} is not gone in time", self.target);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        assert!(!self.runtime.observe(&self.target, None).await.unwrap().exists);
    }
}

fn completed(observed: &Observed) -> bool {
    assert_eq!(cause(observed), None, "{observed:#?}");
    observed.rollout == Rollout::Completed
}

fn cause(observed: &Observed) -> Option<&Cause> {
    match &observed.rollout {
        Rollout::Failed { cause } | Rollout::RollingBack { cause } | Rollout::RolledBack { cause } => Some(cause),
        Rollout::Unknown | Rollout::InProgress { .. } | Rollout::Completed => None,
    }
}

fn deployment(number: u128) -> DeploymentId {
    DeploymentId::from_uuid(Uuid::from_u128(0x0190_b5c2_7c1e_7d3a_9f00_0000_0000_0000 + number))
}

fn skipped(why: &str) {
    eprintln!("SKIPPED: {why}");
}
