//! What a person watching the terminal reads: each step as it starts, and its seconds when it is done.

use anyhow::Result;
use std::time::{Duration, Instant};

/// Announces `what`, does it, and says how long it took.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("==> {what}");
    let start = Instant::now();
    let done = work()?;
    println!("    done in {}", seconds(start.elapsed()));
    Ok(done)
}

/// One line that belongs to the step above it.
pub fn note(text: impl AsRef<str>) {
    println!("    {}", text.as_ref());
}

/// A duration as people say it: `0.4 s`, `83 s`.
pub fn seconds(duration: Duration) -> String {
    let secs = duration.as_secs_f64();
    if secs < 10.0 { format!("{secs:.1} s") } else { format!("{secs:.0} s") }
}

/// A size as people say it: `812 B`, `34.1 kB`, `2.3 MB` (powers of 1000).
pub fn bytes(size: u64) -> String {
    match size {
        0..=999 => format!("{size} B"),
        1_000..=999_999 => format!("{:.1} kB", size as f64 / 1e3),
        _ => format!("{:.1} MB", size as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_read_well() {
        assert_eq!(seconds(Duration::from_millis(420)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(83)), "83 s");
        assert_eq!(bytes(812), "812 B");
        assert_eq!(bytes(34_120), "34.1 kB");
        assert_eq!(bytes(2_300_000), "2.3 MB");
    }
}
