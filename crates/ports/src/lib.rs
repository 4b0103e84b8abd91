//! What Slipway's services need of the world, as traits.
//!
//! The services know only these; which database, cloud or git host stands behind them is decided once, in the server's
//! `compose.rs`. Every trait has a contract suite in `slipway-testkit` that all implementations pass.
#![warn(clippy::expect_used, clippy::unwrap_used)]

pub mod courier;
pub mod forge;
pub mod probe;
pub mod runtime;
pub mod secrets;
pub mod store;
pub mod system;

pub use courier::Courier;
pub use forge::Forge;
pub use probe::Prober;
pub use runtime::Runtime;
pub use secrets::Secrets;
pub use store::{Store, StoreError, Tx};
pub use system::{Clock, Entropy};
