//! How many tasks a rolling deployment starts and stops next.

/// The tasks of a service as its scheduler sees them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) desired: u32,
    /// Per cent of `desired`.
    pub(super) minimum_healthy: u32,
    pub(super) maximum: u32,
    /// Tasks of the deployment that is to win: neither stopped nor stopping.
    pub(super) new_alive: u32,
    pub(super) new_ready: u32,
    pub(super) old_alive: u32,
    pub(super) old_ready: u32,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moves {
    pub(super) start_new: u32,
    pub(super) stop_old: u32,
    pub(super) stop_new: u32,
}

/// Old tasks that are not ready count for nothing and go first; ready ones go as far as the minimum allows.
pub(super) fn plan(counts: Counts) -> Moves {
    let most = (counts.desired * counts.maximum / 100).max(counts.desired);
    let least = (counts.desired * counts.minimum_healthy).div_ceil(100);
    let old_idle = counts.old_alive.saturating_sub(counts.old_ready);
    let spare = (counts.new_ready + counts.old_ready).saturating_sub(least);
    let stop_old = old_idle + spare.min(counts.old_ready);
    let room = most.saturating_sub(counts.new_alive + counts.old_alive - stop_old);
    Moves {
        start_new: counts.desired.saturating_sub(counts.new_alive).min(room),
        stop_old,
        stop_new: counts.new_alive.saturating_sub(counts.desired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rolling(minimum_healthy: u32, maximum: u32, desired: u32, new: (u32, u32), old: (u32, u32)) -> Moves {
        plan(Counts {
            desired,
            minimum_healthy,
            maximum,
            new_alive: new.0,
            new_ready: new.1,
            old_alive: old.0,
            old_ready: old.1,
        })
    }

    #[test]
    fn with_room_above_all_new_tasks_start_before_an_old_one_stops() {
        assert_eq!(rolling(100, 200, 2, (0, 0), (2, 2)), Moves { start_new: 2, stop_old: 0, stop_new: 0 });
        assert_eq!(rolling(100, 200, 2, (2, 1), (2, 2)), Moves { start_new: 0, stop_old: 1, stop_new: 0 });
        assert_eq!(rolling(100, 200, 2, (2, 2), (1, 1)), Moves { start_new: 0, stop_old: 1, stop_new: 0 });
    }

    #[test]
    fn without_room_above_an_old_task_stops_first() {
        assert_eq!(rolling(50, 100, 2, (0, 0), (2, 2)), Moves { start_new: 1, stop_old: 1, stop_new: 0 });
        assert_eq!(rolling(50, 100, 2, (1, 0), (1, 1)), Moves { start_new: 0, stop_old: 0, stop_new: 0 });
    }

    #[test]
    fn scaling_in_stops_what_is_too_much() {
        assert_eq!(rolling(100, 200, 1, (3, 3), (0, 0)), Moves { start_new: 0, stop_old: 0, stop_new: 2 });
        assert_eq!(rolling(100, 200, 0, (1, 1), (0, 0)), Moves { start_new: 0, stop_old: 0, stop_new: 1 });
    }
}
