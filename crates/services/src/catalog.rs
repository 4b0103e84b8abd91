//! The catalogue: registering entities and reading them.

mod documents;
mod pages;
mod register;

pub use pages::{entity, list, page, rows};
pub(crate) use register::{put_documents, read_documents};
pub use register::{refresh, register, register_built_in};
