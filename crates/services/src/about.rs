//! The instance itself.

use crate::{Caller, Result, Slipway, errors::store};
use futures::future::join_all;
use slipway_api_types::settings::{AboutPage, LocationRow};
use slipway_domain::{access::Permission, catalog::LocationKind, time::Timestamp};

/// Version, database, runtimes and locations.
pub async fn page(slipway: &Slipway, caller: &Caller) -> Result<AboutPage> {
    caller.require(Permission::Read, None)?;
    let checks = slipway.runtimes.iter().map(|(name, runtime)| async move {
        let state = runtime.check().await;
        let words = state.as_ref().err().map_or_else(|| "Reachable".to_owned(), ToString::to_string);
        (name.to_owned(), runtime.kind().title().to_owned(), words, state.is_ok())
    });
    let runtimes = join_all(checks).await;
    let may_refresh = caller.may(Permission::Administer, None);
    let mut tx = slipway.read().await?;
    let locations = tx
        .locations()
        .await
        .map_err(store)?
        .into_iter()
        .map(|location| LocationRow {
            id: if may_refresh && location.kind != LocationKind::BuiltIn {
                location.id.to_string()
            } else {
                String::new()
            },
            fine: location.error.is_none(),
            checked_at: location.checked_at.map(Timestamp::as_millis),
            state: location.error.unwrap_or_else(|| "Read without errors".to_owned()),
            target: location.target,
        })
        .collect();
    let database = slipway.store.describe().await.map_err(store)?;
    Ok(AboutPage { version: slipway.settings.version.clone(), database, runtimes, locations })
}
