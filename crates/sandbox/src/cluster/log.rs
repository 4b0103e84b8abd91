//! The last lines a container wrote.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use crate::config::Millis;

const CAPACITY: usize = 200;

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) at: Millis,
    pub(crate) text: String,
}

/// A bounded log. Logs are not part of the kept state: after a restart they begin anew.
#[derive(Debug, Default)]
pub(crate) struct Log(Mutex<VecDeque<Line>>);

impl Log {
    pub(crate) fn write(&self, at: Millis, text: impl Into<String>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == CAPACITY {
            lines.pop_front();
        }
        lines.push_back(Line { at, text: text.into() });
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
