//! Cursors: where the next part of a list begins, as text that nobody needs to understand.

use crate::cell;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use slipway_ports::store::{Page, Result, StoreError};

/// Reads a cursor; its parts are the last row's ordering key.
pub(crate) fn read<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>> {
    let Some(cursor) = cursor else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| StoreError::BadCursor)?;
    let text = String::from_utf8(bytes).map_err(|_| StoreError::BadCursor)?;
    // PostgreSQL takes no NUL in text; no cursor that was given out has one.
    if text.contains("\\u0000") {
        return Err(StoreError::BadCursor);
    }
    serde_json::from_str(&text).map(Some).map_err(|_| StoreError::BadCursor)
}

/// Cuts `rows`, read with one more than `limit`, to a page; `key` gives a row's ordering key.
pub(crate) fn page<R, K: Serialize, T>(
    mut rows: Vec<R>,
    limit: i64,
    key: impl Fn(&R) -> K,
    read: impl Fn(R) -> Result<T>,
) -> Result<Page<T>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| URL_SAFE_NO_PAD.encode(cell::json(&key(row))));
    Ok(Page { items: rows.into_iter().map(read).collect::<Result<_>>()?, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_given_out_is_refused() {
        let page = page(vec![1_i64, 2], 1, |n| (*n, "a".to_owned()), Ok).unwrap();
        let next = page.next.unwrap();
        assert_eq!(read::<(i64, String)>(Some(&next)).unwrap(), Some((1, "a".to_owned())));
        for bad in [
            "",
            "*",
            "e30",
            &next[1..],
            &URL_SAFE_NO_PAD.encode("[1,\"\\u0000\"]"),
            &URL_SAFE_NO_PAD.encode("[\"1\",\"a\"]"),
        ] {
            assert!(matches!(read::<(i64, String)>(Some(bad)), Err(StoreError::BadCursor)), "{bad}");
        }
    }
}
