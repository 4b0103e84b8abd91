//! What a sandbox is started with: where it listens, where it keeps its state, how fast time-bound things happen.

use std::{fmt, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

/// Milliseconds since the Unix epoch: the only form in which the sandbox keeps an instant.
pub type Millis = i64;

/// Where the sandbox reads the time, in milliseconds since the Unix epoch.
///
/// Every state in the sandbox follows from this clock; a test that owns it owns the sandbox's time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// A clock that asks `now` each time.
    pub fn new(now: impl Fn() -> Millis + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The machine's clock.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that the rest of the crate is given")]
    pub fn system() -> Self {
        Self::new(|| jiff::Timestamp::now().as_millisecond())
    }

    pub(crate) fn now(&self) -> Millis {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// How to start a sandbox.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Where both APIs listen; port 0 takes any free port. Only loopback addresses are accepted.
    pub listen: SocketAddr,
    /// The folder that holds the state between starts; `None` forgets everything at shutdown.
    pub state_dir: Option<PathBuf>,
    /// How long things take.
    pub timings: Timings,
    /// Where the time comes from.
    pub clock: Clock,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            state_dir: None,
            timings: Timings::default(),
            clock: Clock::system(),
        }
    }
}

/// How long the emulated platforms take for each thing.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// Fetching an image, good or bad.
    pub pull: Duration,
    /// From a fetched image to a listening process.
    pub start: Duration,
    /// From a listening process to the first verdict of its health check.
    pub health: Duration,
    /// From the order to stop until the process is gone; it answers meanwhile.
    pub drain: Duration,
    /// The shortest an App Runner operation takes, and how long a roll-back, a pause or a deletion takes.
    pub operation: Duration,
    /// How long a process with the behaviour `crash` lives.
    pub crash: Duration,
    /// The pause before ECS replaces a failed task, and before Kubernetes retries or restarts for the first time;
    /// Kubernetes doubles it each time.
    pub back_off: Duration,
    /// Where that doubling ends.
    pub back_off_max: Duration,
}

impl Default for Timings {
    /// A good roll-out takes four to six seconds.
    fn default() -> Self {
        Self {
            pull: Duration::from_millis(1_200),
            start: Duration::from_millis(800),
            health: Duration::from_millis(1_000),
            drain: Duration::from_millis(1_200),
            operation: Duration::from_millis(1_500),
            crash: Duration::from_millis(500),
            back_off: Duration::from_millis(1_000),
            back_off_max: Duration::from_secs(300),
        }
    }
}

impl Timings {
    /// For tests: everything takes some hundredths of a second.
    pub fn fast() -> Self {
        Self {
            pull: Duration::from_millis(20),
            start: Duration::from_millis(20),
            health: Duration::from_millis(20),
            drain: Duration::from_millis(20),
            operation: Duration::from_millis(30),
            crash: Duration::from_millis(20),
            back_off: Duration::from_millis(40),
            back_off_max: Duration::from_secs(5),
        }
    }
}

/// A duration as the sandbox counts time.
pub(crate) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}
