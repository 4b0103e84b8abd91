//! What one evaluation may use.

use std::cell::Cell;

use crate::error::{Error, Result};

/// Bounds of one evaluation. Going over one is an [`ErrorKind::Limit`](crate::ErrorKind::Limit) error.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Length of a template, in bytes.
    pub source_bytes: usize,
    /// Steps: nodes evaluated, list items touched.
    pub work: u64,
    /// Bytes of text written or built on the way, in all.
    pub text_bytes: usize,
    /// How deep evaluation may nest: tags, expressions, macro calls and values inside values.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { source_bytes: 4 << 20, work: 1_000_000, text_bytes: 64 << 20, depth: 192 }
    }
}

/// Counts what one evaluation has used of its [`Limits`].
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    work: Cell<u64>,
    text: Cell<usize>,
    depth: Cell<u32>,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, work: Cell::new(0), text: Cell::new(0), depth: Cell::new(0) }
    }

    pub(crate) fn work(&self, units: usize) -> Result<()> {
        let used = self.work.get().saturating_add(units as u64);
        self.work.set(used);
        if used > self.limits.work {
            return Err(Error::limit(format!("The template does more work than allowed ({} steps)", self.limits.work)));
        }
        Ok(())
    }

    /// To be called before a text of `bytes` is built.
    pub(crate) fn text(&self, bytes: usize) -> Result<()> {
        let used = self.text.get().saturating_add(bytes);
        self.text.set(used);
        if used > self.limits.text_bytes {
            return Err(Error::limit(format!(
                "The template makes more text than allowed ({} bytes)",
                self.limits.text_bytes
            )));
        }
        Ok(())
    }

    /// Goes one level deeper; must be followed by [`Self::leave`] whatever happens inside.
    pub(crate) fn enter(&self) -> Result<()> {
        let depth = self.depth.get() + 1;
        if depth > self.limits.depth {
            return Err(Error::limit(format!("The template nests deeper than allowed ({} levels)", self.limits.depth)));
        }
        self.depth.set(depth);
        Ok(())
    }

    pub(crate) fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }

    /// Runs `inside` one level deeper.
    pub(crate) fn deeper<T>(&self, inside: impl FnOnce() -> Result<T>) -> Result<T> {
        self.enter()?;
        let result = inside();
        self.leave();
        result
    }
}
