//! One running server: from configuration to a clean end.

use crate::{
    compose::{self, Instance, Role},
    config::Config,
    folders,
    http::{self, AppState},
    preload,
};
use anyhow::{Context as _, Result};
use slipway_services::{Slipway, accounts, catalog, environments, import, reconcile};
use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long requests and workers may take to end after the order to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until `stop` ends. `started` is told where, once requests are answered.
///
/// # Errors
/// When the instance cannot be put together or its address is taken.
pub async fn run(
    config: Config,
    demo: bool,
    stop: impl Future<Output = ()> + Send + 'static,
    started: impl FnOnce(&str),
) -> Result<()> {
    // Bound first, so that two servers on one address do not both work on the data; and port 0 has its number.
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("{} cannot be listened on; choose another port with --port", config.server.listen))?;
    let address = listener.local_addr()?;
    let public_url = config.server.url(address);
    let mut instance = compose::compose(&config, Role { public_url: public_url.clone(), demo }).await?;
    if demo {
        slipway_services::demo::seed(&instance.slipway).await.context("the demo data could not be written")?;
    }
    environments::ensure_first(&instance.slipway).await.context("the first environments could not be written")?;
    catalog::register_built_in(&instance.slipway).await.context("the built-in templates could not be read")?;
    let greeting = greeting(&instance.slipway).await?;

    let shutdown = CancellationToken::new();
    let state = AppState::new(&config, &instance, folders::site(), shutdown.clone());
    let workers = state.workers.clone();
    let app = http::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, app).with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let server = tokio::spawn(server.into_future());
    started(&greeting);

    // What takes time comes after the first answer can be given.
    let slipway = instance.slipway.clone();
    let background = tokio::spawn(settle(slipway, config.clone(), instance.sandbox_url.clone(), demo));
    let stop = {
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            stop.await;
            shutdown.cancel();
        })
    };
    tokio::select! {
        _ = background => {}
        () = shutdown.cancelled() => {}
    }
    let supervisor = reconcile::start(instance.slipway.clone(), shutdown.clone());
    workers.set(supervisor.statuses());
    shutdown.cancelled().await;
    instance.slipway.wake.stopping.cancel();
    tracing::info!("stopping: requests under way are answered first");
    let ended = tokio::time::timeout(DRAIN, async { tokio::join!(server, supervisor.stopped()) }).await;
    if ended.is_err() {
        tracing::warn!(
            "some requests or workers did not end within {} s and were cut; what they did not write is done again at the next start",
            DRAIN.as_secs()
        );
    }
    stop.abort();
    end_sandbox(&mut instance).await;
    Ok(())
}

async fn end_sandbox(instance: &mut Instance) {
    if let Some(sandbox) = instance.sandbox.take() {
        sandbox.shutdown().await;
    }
}

/// What runs already in the demo is put into the sandbox; configured locations are read.
async fn settle(slipway: Arc<Slipway>, config: Config, sandbox: Option<String>, demo: bool) {
    if let Some(url) = &sandbox {
        if let Err(error) = compose::prepare_sandbox(url).await {
            tracing::warn!(error.cause = %error, "the sandbox could not be prepared");
        }
        if demo && let Err(error) = preload::run(&slipway, url).await {
            tracing::warn!(error.cause = %error, "the demo's services could not be started in the sandbox");
        }
    }
    let operator = import::operator();
    for location in &config.catalog.locations {
        match catalog::register(&slipway, &operator, location.expose()).await {
            Ok(report) if report.problems.is_empty() => {}
            Ok(report) => {
                tracing::warn!(catalog.location = %location, catalog.problems = report.problems.len(), "a configured location has problems; Settings shows them");
            }
            Err(error) => {
                tracing::warn!(catalog.location = %location, error.cause = %error, "a configured location could not be read")
            }
        }
    }
}

/// Where to go and how to sign in.
async fn greeting(slipway: &Slipway) -> Result<String> {
    let url = &slipway.settings.public_url;
    let mut text = format!("Slipway {} is at {url}\n", slipway.settings.version);
    let page = accounts::sign_in_page(slipway).await?;
    if !page.demo_users.is_empty() {
        text.push_str("Sign in as one of the demo's people:\n");
        for user in &page.demo_users {
            text.push_str(&format!("  {:<6} {:<20} {}\n", user.login, user.password, user.role));
        }
    } else if let Some(link) = accounts::new_setup_link(slipway).await? {
        text.push_str(&format!("Nobody can sign in yet. This link makes the first administrator, once:\n  {link}\n"));
    }
    text.push_str("Ctrl-C stops it.");
    Ok(text)
}

/// Ends at Ctrl-C, or when the system asks the program to stop.
pub async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            },
            Err(_) => drop(tokio::signal::ctrl_c().await),
        }
    }
    #[cfg(not(unix))]
    drop(tokio::signal::ctrl_c().await);
}
