//! Where templates fetch from. Reading is the caller's: this crate knows only addresses.

use crate::tree::{File, Tree};

/// Gives what is at an address, as a template writes it: relative to the template, or absolute.
pub trait Source {
    /// A folder with all that is in it.
    ///
    /// # Errors
    /// A sentence that says what is missing and how to mend it.
    fn tree(&self, address: &str) -> Result<Tree, String>;

    /// One file.
    ///
    /// # Errors
    /// As [`Source::tree`].
    fn file(&self, address: &str) -> Result<File, String>;
}

/// Has nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

impl Source for NoFiles {
    fn tree(&self, address: &str) -> Result<Tree, String> {
        Err(format!("{address} cannot be read here"))
    }

    fn file(&self, address: &str) -> Result<File, String> {
        Err(format!("{address} cannot be read here"))
    }
}
