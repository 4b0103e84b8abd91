//! A template's parameters as a form: pages of fields with their rules, read from JSON Schema.
//!
//! Which fields a page has can depend on what was said ([`Page::fields`]); the same code decides that, reads what was typed and
//! checks it in the browser and on the server. Only matching a `pattern` is left to the place it runs in ([`PatternMatcher`]): the
//! browser has regular expressions built in, the server has a crate for them.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod check;
mod field;
mod fields;
mod holds;
mod read;
mod repository;
mod resolve;
mod values;

pub use check::{FieldError, PatternMatcher, parse_input, validate_field, validate_page};
pub use field::{Choice, Field, FieldType, Form, Offers, Page, Rules, Widget};
pub use read::{FormError, read_form, read_secrets};
pub use repository::{HOST, parts_of};
pub use values::{ListChange, SHOWN, Typed, parameters, put, read_typed, texts_of, value_at, with_defaults};
