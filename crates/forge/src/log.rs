//! Reading `git log`.

use slipway_domain::time::{SECOND, Timestamp};
use slipway_ports::forge::{Commit, ForgeError};

/// Six fields that cannot contain NUL, separated by NUL; `-z` ends each record with one more.
pub(crate) const FORMAT: &str = "--format=tformat:%H%x00%P%x00%an%x00%at%x00%ct%x00%s";

/// What `git log -z` with [`FORMAT`] wrote.
pub(crate) fn parse(output: &[u8]) -> Result<Vec<Commit>, ForgeError> {
    let text = String::from_utf8_lossy(output);
    let Some(text) = text.strip_suffix('\0') else {
        return if text.is_empty() { Ok(Vec::new()) } else { Err(unreadable()) };
    };
    let fields: Vec<&str> = text.split('\0').collect();
    let (records, rest) = fields.as_chunks::<6>();
    if !rest.is_empty() {
        return Err(unreadable());
    }
    records
        .iter()
        .map(|[sha, parents, author, authored, committed, subject]| {
            Ok(Commit {
                sha: (*sha).to_owned(),
                parents: parents.split_ascii_whitespace().map(str::to_owned).collect(),
                author: (*author).to_owned(),
                authored_at: seconds(authored)?,
                committed_at: seconds(committed)?,
                subject: (*subject).to_owned(),
            })
        })
        .collect()
}

/// Git's Unix seconds.
pub(crate) fn seconds(text: &str) -> Result<Timestamp, ForgeError> {
    let seconds: i64 = text.parse().map_err(|_| unreadable())?;
    Ok(Timestamp::from_millis(seconds.saturating_mul(SECOND)))
}

pub(crate) fn unreadable() -> ForgeError {
    ForgeError::Failed("its output could not be read".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_roots_merges_and_empty_subjects() {
        let output = b"aa\0\0Ada\x001700000000\x001700000001\0\0bb\0aa cc\0Bo\x005\x006\0Merge\0";
        let commits = parse(output).unwrap();
        assert_eq!(commits.len(), 2);
        assert_eq!(commits[0].parents, Vec::<String>::new());
        assert_eq!(commits[0].authored_at.as_millis(), 1_700_000_000_000);
        assert_eq!(commits[0].subject, "");
        assert_eq!(commits[1].parents, ["aa", "cc"]);
        assert!(parse(b"").unwrap().is_empty());
        assert!(parse(b"aa\0").is_err());
    }
}
