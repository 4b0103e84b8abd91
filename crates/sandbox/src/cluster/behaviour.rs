//! How a container misbehaves on request.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The variable that sets a container's behaviour, whatever its image is called.
pub const BEHAVIOUR_VARIABLE: &str = "SANDBOX_BEHAVIOUR";

/// What a container does, read from [`BEHAVIOUR_VARIABLE`] or from its image reference.
///
/// | word | effect |
/// |---|---|
/// | `fail-pull` | the image cannot be fetched |
/// | `crash` | the process exits with code 1 soon after it started |
/// | `crash-after=5s` (in a tag: `crash-after-5s`) | it becomes healthy and exits with code 1 after that time |
/// | `unhealthy` | it listens, and its health check answers 503 |
/// | `slow=2s` (in a tag: `slow-2s`) | it takes that much longer to start, and `/slow` takes that long to answer |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Behaviour {
    #[default]
    Good,
    FailPull,
    Crash,
    CrashAfter(Duration),
    Unhealthy,
    Slow(Duration),
}

/// How long `slow` means when it is given without a time, and how long `/slow` takes in any container.
pub(crate) const DEFAULT_SLOWNESS: Duration = Duration::from_secs(2);
/// How long `crash-after` means when it is given without a time.
const DEFAULT_LIFE: Duration = Duration::from_secs(5);

impl Behaviour {
    /// The behaviour that `variable` asks for, or else the one that the image's repository or tag names.
    pub(crate) fn of(image: &str, variable: Option<&str>) -> Self {
        if let Some(found) = variable.and_then(Self::from_words) {
            return found;
        }
        // The registry's host and a digest say nothing about behaviour.
        let path = image.split_once('/').map_or(image, |(_, path)| path);
        let path = path.split_once('@').map_or(path, |(path, _)| path);
        Self::from_words(path).unwrap_or_default()
    }

    fn from_words(text: &str) -> Option<Self> {
        // The longer words first: `crash-after` also contains `crash`.
        if find_word(text, "fail-pull").is_some() {
            return Some(Self::FailPull);
        }
        if let Some(rest) = find_word(text, "crash-after") {
            return Some(Self::CrashAfter(leading_duration(rest).unwrap_or(DEFAULT_LIFE)));
        }
        if find_word(text, "crash").is_some() {
            return Some(Self::Crash);
        }
        if find_word(text, "unhealthy").is_some() {
            return Some(Self::Unhealthy);
        }
        find_word(text, "slow").map(|rest| Self::Slow(leading_duration(rest).unwrap_or(DEFAULT_SLOWNESS)))
    }
}

/// What follows `word` in `text`, where it stands as a word of its own: `crash` is in `web:v2-crash`, not in `crashpad`.
fn find_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.match_indices(word).find_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = &text[at + word.len()..];
        let starts = before.is_none_or(|c| !c.is_ascii_alphanumeric());
        let ends = rest.chars().next().is_none_or(|c| !c.is_ascii_alphabetic());
        (starts && ends).then_some(rest)
    })
}

/// Reads `=5s`, `-5s`, `=250ms`.
fn leading_duration(rest: &str) -> Option<Duration> {
    let rest = rest.strip_prefix(['=', '-'])?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = rest[..digits].parse().ok()?;
    let unit = &rest[digits..];
    if unit.starts_with("ms") {
        Some(Duration::from_millis(number))
    } else if unit.starts_with('s') {
        Some(Duration::from_secs(number))
    } else if unit.starts_with('m') {
        Some(Duration::from_secs(number.saturating_mul(60)))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_image_names_the_behaviour() {
        for (image, expected) in [
            ("registry.example/web:v1", Behaviour::Good),
            ("registry.example/web:v1-fail-pull", Behaviour::FailPull),
            ("registry.example/crash/web@sha256:00", Behaviour::Crash),
            ("registry.example/crashpad:v1", Behaviour::Good),
            ("registry.example/web:crash-after-5s", Behaviour::CrashAfter(Duration::from_secs(5))),
            ("registry.example/web:unhealthy", Behaviour::Unhealthy),
            ("registry.example/web:slow-250ms", Behaviour::Slow(Duration::from_millis(250))),
            ("slow.example/web:v1", Behaviour::Good),
        ] {
            assert_eq!(Behaviour::of(image, None), expected, "{image}");
        }
    }

    #[test]
    fn the_variable_wins_over_the_image() {
        assert_eq!(Behaviour::of("r.example/web:crash", Some("slow=3s")), Behaviour::Slow(Duration::from_secs(3)));
        assert_eq!(
            Behaviour::of("r.example/web:v1", Some("crash-after=2m")),
            Behaviour::CrashAfter(Duration::from_secs(120))
        );
    }
}
