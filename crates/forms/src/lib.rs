//! A template's parameters as a form: pages of fields with their rules, read from JSON Schema.
//!
//! The same code checks what was typed in the browser and on the server; only matching a `pattern` is left to the place it
//! runs in ([`PatternMatcher`]): the browser has regular expressions built in, the server has a crate for them.

mod check;
mod field;
mod read;

pub use check::{FieldError, PatternMatcher, parse_input, validate_page, with_defaults};
pub use field::{Choice, Field, FieldType, Form, Page, Rules, Widget};
pub use read::{FormError, read_form};
