//! Names that come from outside, checked before they reach a command line or a path.

use slipway_ports::forge::{ForgeError, LONGEST_REPOSITORY_PART, is_repository_part};

/// `owner/name`, each part fit to be a folder.
pub(crate) fn repository(text: &str) -> Result<(&str, &str), ForgeError> {
    let parts = text.split_once('/').filter(|(owner, name)| is_repository_part(owner) && is_repository_part(name));
    parts.ok_or_else(|| {
        ForgeError::InvalidName(format!(
            "`{text}` is not a repository name; write owner/name, each of at most {LONGEST_REPOSITORY_PART} letters, digits, `-`, `_` and \
             `.`, beginning with a letter or digit and not ending in `.`, `.git` or `.lock`"
        ))
    })
}

/// A branch, without `refs/heads/` (the rules of `git check-ref-format`, a little stricter: ASCII without odd signs).
pub(crate) fn branch(text: &str) -> Result<&str, ForgeError> {
    let component = |c: &str| {
        !c.is_empty() && !c.starts_with(['.', '-']) && !c.ends_with('.') && !c.to_ascii_lowercase().ends_with(".lock")
    };
    let good = text.len() <= 200
        && text.split('/').all(component)
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'+' | b'#'))
        && !text.contains("..")
        && text != "HEAD";
    if good {
        Ok(text)
    } else {
        Err(ForgeError::InvalidName(format!(
            "`{text}` is not a branch name; use letters, digits, `-`, `_`, `.` and `/`, and begin with a letter or digit"
        )))
    }
}

/// A revision: a SHA, a branch or a tag; no expressions.
pub(crate) fn revision(text: &str) -> Result<&str, ForgeError> {
    if text == "HEAD" || branch(text).is_ok() {
        Ok(text)
    } else {
        Err(ForgeError::InvalidName(format!("`{text}` is not a revision; use a full SHA, a branch or a tag")))
    }
}

/// A path within a repository.
pub(crate) fn path(text: &str) -> Result<&str, ForgeError> {
    let component = |c: &str| !c.is_empty() && c != "." && c != ".." && !c.eq_ignore_ascii_case(".git");
    if text.len() <= 4_096 && !text.bytes().any(|b| b < 0x20 || b == 0x7f) && text.split('/').all(component) {
        Ok(text)
    } else {
        Err(ForgeError::InvalidName(format!(
            "`{text}` is not a path in a repository; use a relative path without `.`, `..` and `.git`"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_folder() {
        for good in ["payments/checkout", "Team_1/a.b-c", "a/b"] {
            assert!(repository(good).is_ok(), "{good}");
        }
        for bad in [
            "", "a", "a/", "/a", "a/b/c", "../b", "a/..", "a/.b", "-a/b", "a/-b", "a/b.git", "a/b.lock", "a/b.",
            "a b/c", "a/b\0", "a/b\n", "a\\b/c", "é/b", "a/b..c",
        ] {
            assert!(matches!(repository(bad), Err(ForgeError::InvalidName(_))), "{bad:?}");
        }
    }

    #[test]
    fn revisions_are_no_expressions_and_no_options() {
        for good in ["main", "release/1.2", "v1.0.0+build", "0123abc", "HEAD"] {
            assert!(revision(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "--all", "a..b", "a^", "a~1", "@{u}", "a b", ":/x", "a//b", "x.lock", "a:b", "/a"] {
            assert!(revision(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn paths_stay_inside_and_out_of_git() {
        for good in ["README.md", "src/main.rs", ".github/workflows/ci.yml", "a b/ü.txt", "-x"] {
            assert!(path(good).is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "./a", "a//b", ".git/config", "a/.GIT/x", "a\nb", "a/"] {
            assert!(path(bad).is_err(), "{bad:?}");
        }
    }
}
