//! Resident memory of a process.

use std::fs;

/// In megabytes (10⁶ bytes); `None` where there is no `/proc`.
pub fn resident(process: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kibibytes * 1_024.0 / 1e6)
}
