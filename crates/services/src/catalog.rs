//! The catalogue: registering entities and reading them.
//!
//! A location is read whole (`read`), and what is right is taken in one transaction (`take`): when somebody registers it or wants it read
//! again (`register`), and by itself when its time has come or it was pushed to (`refresh`). What is wrong stands at the location and
//! at the entities it concerns, which keep their last good version.

mod documents;
mod hosted;
mod pages;
mod read;
mod refresh;
mod register;
mod take;
mod template;

pub use pages::{entity, list, page, rows};
pub use refresh::{BuiltIn, register_built_in};
pub(crate) use refresh::{digest_of_head, due, pushed, read_again, read_built_in};
pub(crate) use register::{put_documents, read_documents};
pub use register::{refresh, refresh_location, register};
pub(crate) use template::{is_template, missing_beside, template_version};
