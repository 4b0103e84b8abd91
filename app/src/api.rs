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
use crate::context::{accept_json, status};
#[cfg(feature = "ssr")]
use slipway_api_types::{AppError, wire::PageText};

/// Rows of one part of a list.
#[cfg(feature = "ssr")]
const PART: u32 = 50;

/// A page's data for its way to the browser, or to a program that asks for JSON.
#[cfg(feature = "ssr")]
fn page<T>(data: Result<T, AppError>) -> Result<PageText<T>, AppError>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let write = |data| {
        if accept_json() {
            return PageText::write_json(&data);
        }
        let written = PageText::write(&data);
        debug_assert!(
            written.as_ref().is_ok_and(|written| written.read().is_ok()),
            "{} cannot be read back: it leaves fields out, or has a value of any type without `with = \"any\"`",
            std::any::type_name::<T>(),
        );
        written
    };
    data.and_then(write).map_err(status)
}
