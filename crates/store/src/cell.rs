//! Between values and columns: text forms out, checked values in.

use serde::{Deserialize, Serialize};
use slipway_domain::time::Timestamp;
use slipway_ports::store::{Result, StoreError};
use std::{borrow::Cow, fmt::Display, str::FromStr};

/// A row that is being read; errors name it.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    /// Table.
    pub(crate) table: &'static str,
    /// The row's key.
    pub(crate) key: &'a str,
}

impl Reading<'_> {
    /// A text that must parse: ids, references, digests.
    pub(crate) fn parse<T: FromStr<Err: Display>>(self, column: &'static str, text: &str) -> Result<T> {
        text.parse().map_err(|error| self.wrong(column, error))
    }

    /// As [`Self::parse`], for a column that may be null.
    pub(crate) fn maybe<T: FromStr<Err: Display>>(self, column: &'static str, text: Option<&str>) -> Result<Option<T>> {
        text.map(|text| self.parse(column, text)).transpose()
    }

    /// One of a few words.
    pub(crate) fn word<T>(self, column: &'static str, text: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
        read(text).ok_or_else(|| self.wrong(column, format_args!("`{text}` is not a word of this column")))
    }

    /// A JSON document.
    pub(crate) fn json<'t, T: Deserialize<'t>>(self, column: &'static str, text: &'t str) -> Result<T> {
        serde_json::from_str(text).map_err(|error| self.wrong(column, error))
    }

    fn wrong(self, column: &'static str, error: impl Display) -> StoreError {
        StoreError::Inconsistent { table: self.table, column, detail: format!("row {}: {error}", self.key) }
    }
}

/// The JSON text of a value.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    #[expect(clippy::expect_used, reason = "domain values have text keys only and no failing Serialize")]
    serde_json::to_string(value).expect("a domain value is JSON")
}

/// The text form of several ids as a JSON array, for statements that take a list.
pub(crate) fn id_list<T: Display>(ids: &[T]) -> String {
    json(&ids.iter().map(T::to_string).collect::<Vec<_>>())
}

/// Free text as both engines can hold it: PostgreSQL knows no NUL, which containers and people do send.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{FFFD}")) } else { Cow::Borrowed(text) }
}

/// An instant as stored.
pub(crate) fn millis(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::as_millis)
}

/// An instant as read.
pub(crate) fn instant(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(Timestamp::from_millis)
}

/// How many rows a list gives at most, whatever is asked for.
const MOST: u32 = 1_000;

/// A limit that is at least 1 and not more than a list gives.
pub(crate) fn limit(wanted: u32) -> i64 {
    i64::from(wanted.clamp(1, MOST))
}

/// Whether a statement with this many rows is worth keeping prepared: there are few of these texts, and many of the long ones.
pub(crate) const fn keep(rows: usize) -> bool {
    rows <= 8
}
