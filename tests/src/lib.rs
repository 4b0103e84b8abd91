//! What the black-box suites are made of: the real program in processes of its own, and clients that see of it what a
//! person, a browser or a machine sees.
//!
//! `cargo xtask test` says by environment variables where everything is ([`needs`]). A suite whose needs are not met says
//! what it leaves out, and passes.

pub mod browser;
pub mod client;
pub mod cloud;
mod create;
pub mod database;
pub mod dice;
pub mod form;
pub mod needs;
pub mod process;
pub mod server;
pub mod wait;

pub use browser::Browser;
pub use client::{Client, Person};
pub use cloud::Cloud;
pub use database::Database;
pub use dice::Dice;
pub use server::{Options, Server};
