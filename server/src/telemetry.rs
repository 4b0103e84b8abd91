//! Logs: readable lines on a terminal, JSON for machines. They go to standard error; what a command answers goes to standard output.

use std::io::IsTerminal as _;
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// The variable that says what is logged, in the syntax of `tracing_subscriber::EnvFilter`: `info`, `slipway_services=debug`…
pub const VARIABLE: &str = "SLIPWAY_LOG";

/// What is logged when nothing is said. What the SDKs say of retries and failures, the adapters tell in better words.
const USUAL: &str =
    "info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn,kube=warn,kube_client=off,sqlx=warn,tower=warn";

/// Starts logging. Call once, first.
pub fn start() {
    let wanted = std::env::var(VARIABLE).ok().filter(|filter| !filter.is_empty());
    let filter = EnvFilter::try_new(wanted.as_deref().unwrap_or(USUAL)).unwrap_or_else(|error| {
        eprintln!("{VARIABLE} is not a filter ({error}); logging as usual");
        EnvFilter::new(USUAL)
    });
    let registry = tracing_subscriber::registry().with(filter);
    if std::io::stderr().is_terminal() {
        registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).init();
    } else {
        registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).init();
    }
}
