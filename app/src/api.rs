//! Server functions: what pages read and what forms do. Each is a public endpoint under `/api/ui`; the function in
//! `slipway-services` behind it authorises. Named endpoints, so that an old tab finds them after a new build.

mod catalog;
mod create;
mod delivery;
mod fleet;
mod instance;
mod sources;
mod upgrades;

pub use catalog::*;
pub use create::*;
pub use delivery::*;
pub use fleet::*;
pub use instance::*;
pub use sources::*;
pub use upgrades::*;

#[cfg(feature = "ssr")]
use crate::context::status;
#[cfg(feature = "ssr")]
use slipway_api_types::{AppError, text_json::PageText};

/// Rows of one part of a list.
#[cfg(feature = "ssr")]
const PART: u32 = 50;

/// A page's data for its way to the browser.
#[cfg(feature = "ssr")]
fn page<T: serde::Serialize>(data: Result<T, AppError>) -> Result<PageText<T>, AppError> {
    data.and_then(|data| PageText::write(&data)).map_err(status)
}
