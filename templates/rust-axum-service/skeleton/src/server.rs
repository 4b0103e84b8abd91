//! Starting, and stopping without losing a request.

use std::{future::Future, io};

use axum::Router;
use tokio::{net::TcpListener, sync::oneshot};

use crate::health::Readiness;

/// The three moments of a stop. Each future is first polled when its turn comes.
pub struct Shutdown<Signal, Drain, Grace> {
    /// Ends when the service shall stop.
    pub signal: Signal,
    /// Ends when load balancers have seen that the service is not ready; until then it serves as before.
    pub drain: Drain,
    /// Ends when requests under way have had their chance.
    pub grace: Grace,
}

/// Serves `router` on `listener` until `shutdown` has run its course: not ready, drain, refuse new connections, finish
/// what is under way.
pub async fn serve<Signal, Drain, Grace>(
    listener: TcpListener,
    router: Router,
    readiness: Readiness,
    shutdown: Shutdown<Signal, Drain, Grace>,
) -> io::Result<()>
where
    Signal: Future<Output = ()> + Send + 'static,
    Drain: Future<Output = ()> + Send + 'static,
    Grace: Future<Output = ()>,
{
    let Shutdown {
        signal,
        drain,
        grace,
    } = shutdown;
    let (drained, wait_for_drained) = oneshot::channel();
    tracing::info!(address = %listener.local_addr()?, "listening");
    readiness.set(true);

    let stopping = async move {
        signal.await;
        readiness.set(false);
        tracing::info!("stopping: no longer ready, still serving");
        drain.await;
        tracing::info!("stopping: finishing requests under way");
        // Nobody listens any more only when the server itself has failed.
        let _ = drained.send(());
    };
    let cut_off = async {
        if wait_for_drained.await.is_err() {
            std::future::pending::<()>().await;
        }
        grace.await;
    };

    tokio::select! {
        served = axum::serve(listener, router).with_graceful_shutdown(stopping) => {
            tracing::info!("stopped");
            served
        }
        () = cut_off => {
            tracing::warn!("stopped before every request was finished");
            Ok(())
        }
    }
}
