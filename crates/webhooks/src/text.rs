//! What people write into titles, labels and branches.

use crate::delivery::LONGEST_TITLE;
use crate::fields::At;

/// Letters that a full Git name has.
pub(crate) const SHA_LENGTH: usize = 40;

/// A full commit name.
pub(crate) fn is_sha(text: &str) -> bool {
    text.len() == SHA_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The name that hosts write for "no commit": of a branch that is new or gone.
pub(crate) fn is_null_sha(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'0')
}

/// A branch for urgent repairs: `hotfix/…`.
pub(crate) fn is_hotfix_branch(branch: &str) -> bool {
    branch.strip_prefix("refs/heads/").unwrap_or(branch).starts_with("hotfix/")
}

/// A label that says so.
pub(crate) fn is_hotfix_label(label: &str) -> bool {
    label.eq_ignore_ascii_case("hotfix")
}

/// The commit after "root cause:" in a text, 7 to 40 hexadecimal digits, the form of Four Keys.
pub(crate) fn root_cause(text: &str) -> Option<String> {
    const WORDS: &str = "root cause:";
    // Only ASCII letters change, so places stay the same.
    let at = text.to_ascii_lowercase().find(WORDS)?;
    let rest = text[at + WORDS.len()..].trim_start_matches([' ', '\t', '`', '*']);
    let sha: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    (7..=SHA_LENGTH).contains(&sha.len()).then(|| sha.to_ascii_lowercase())
}

/// The first of some fields that has words, as a title: one line, cut where it is too long.
pub(crate) fn title<'v>(fields: impl IntoIterator<Item = At<'v>>) -> Option<String> {
    fields.into_iter().find_map(|at| one_line(at.maybe_text()?))
}

fn one_line(text: &str) -> Option<String> {
    let words =
        text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST_TITLE {
        return Some(line).filter(|line| !line.is_empty());
    }
    let cut: String = line.chars().take(LONGEST_TITLE - 1).collect();
    Some(format!("{}…", cut.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_a_bounded_length() {
        assert_eq!(one_line(" Checkout\r\n is\u{0}down\t").as_deref(), Some("Checkout is down"));
        assert_eq!(one_line(" \n\u{7}"), None);
        let long = one_line(&"ü".repeat(1_000)).unwrap();
        assert_eq!(long.chars().count(), LONGEST_TITLE);
        assert!(long.ends_with("ü…"));
    }

    #[test]
    fn root_causes_are_found_in_prose() {
        assert_eq!(root_cause("Checkout is down.\n\nRoot Cause: `9CEEC2A`.").as_deref(), Some("9ceec2a"));
        assert_eq!(root_cause("root cause: none"), None);
        assert_eq!(root_cause("The cause is not known."), None);
    }
}
