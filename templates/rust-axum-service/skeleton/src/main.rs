//! Reads the settings, starts telemetry, serves until SIGTERM.

use std::{error::Error, process::ExitCode};

use service::{
    config::Config,
    health::Readiness,
    http,
    metrics::Metrics,
    server::{self, Shutdown},
    telemetry::Telemetry,
};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
    time::sleep,
};

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Box<dyn Error>> {
    let config = Config::from_env()?;
    let telemetry = Telemetry::start(&config)?;
    let result = Runtime::new()?.block_on(run(config));
    telemetry.stop();
    result
}

async fn run(config: Config) -> Result<(), Box<dyn Error>> {
    // Before the listener, so that a signal is never met by the system's default, which kills.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;

    let readiness = Readiness::default();
    let router = http::router(&config.limits, readiness.clone(), Metrics::new()?);
    let listener = TcpListener::bind((config.host, config.port))
        .await
        .map_err(|error| {
            format!(
                "cannot listen on {} port {}: {error}",
                config.host, config.port
            )
        })?;
    let shutdown = Shutdown {
        signal: async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        },
        // Inside `async`, a sleep counts from when its turn comes.
        drain: async move { sleep(config.drain).await },
        grace: async move { sleep(config.grace).await },
    };
    server::serve(listener, router, readiness, shutdown).await?;
    Ok(())
}
