//! Environments: the stages on the way to users.

use crate::{Result, Slipway, errors::store};
use slipway_domain::environment::{Environment, Tier};

/// The stages every instance begins with: name, tier, whether a new artifact goes there by itself.
pub(crate) const FIRST: [(&str, Tier, bool); 3] =
    [("dev", Tier::Development, true), ("staging", Tier::Staging, false), ("production", Tier::Production, false)];

/// Gives an instance without environments the three that most begin with. For the server's start.
pub async fn ensure_first(slipway: &Slipway) -> Result<()> {
    let mut tx = slipway.write().await?;
    if !tx.environments().await.map_err(store)?.is_empty() {
        return Ok(());
    }
    for (position, (name, tier, auto_deploy)) in (0..).zip(FIRST) {
        let environment = Environment { name: name.to_owned(), position, tier, auto_deploy };
        tx.put_environment(&environment).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)
}
