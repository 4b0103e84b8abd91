//! Sources: who tells of deliveries by webhook, how they are set up, and what they sent.
//!
//! An administrator manages all; a team's lead those that tell of one of the team's services only.

mod change;
mod make;
mod pages;
pub(crate) mod secret;
pub(crate) mod setup;
mod test;
mod words;

pub use change::{redeliver, revoke, rotate};
pub use make::make;
pub use pages::{list, page};
pub use test::send_test;

use crate::{Caller, Result, errors::store};
use slipway_api_types::AppError;
use slipway_domain::{access::Permission, ids::SourceId};
use slipway_ports::{Tx, store::sources::Source};

fn may_manage(caller: &Caller, source: &Source) -> bool {
    caller.may(Permission::Administer, None)
        || source.owner.as_deref().is_some_and(|owner| caller.may(Permission::Manage, Some(owner)))
}

/// The source, when the caller may manage it.
async fn managed(tx: &mut dyn Tx, caller: &Caller, id: &str) -> Result<Source> {
    let missing = || AppError::not_found("source of that id");
    let id: SourceId = id.parse().map_err(|_| missing())?;
    let source = tx.source(id).await.map_err(store)?.ok_or_else(missing)?;
    if !may_manage(caller, &source) {
        match &source.owner {
            Some(owner) => caller.require(Permission::Manage, Some(owner))?,
            None => caller.require(Permission::Administer, None)?,
        }
    }
    Ok(source)
}

/// What a kind is called, for people; the word itself when it is none.
pub(crate) fn kind_title(kind: &str) -> String {
    match slipway_webhooks::Source::parse(kind) {
        Some(kind) => words::title(kind).to_owned(),
        None => kind.to_owned(),
    }
}

/// The page of a source.
fn href(source: &Source) -> String {
    format!("/settings/sources/{}", source.id)
}

/// Where its sender sends.
fn url(public_url: &str, source: &Source) -> String {
    format!("{public_url}/hooks/{}", source.id)
}
