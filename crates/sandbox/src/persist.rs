//! Keeps the state on disk: every acknowledged change is in the file before its answer is sent.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use crate::world::World;

const FILE: &str = "sandbox.json";

/// Why the kept state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The folder or file cannot be read or written.
    #[error("sandbox state {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is not a state of this version.
    #[error("sandbox state {path} cannot be read: {source}; move it away to start with an empty sandbox")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

/// The state kept in `folder`, if there is one.
pub(crate) fn load(folder: &Path) -> Result<Option<World>, StateError> {
    fs::create_dir_all(folder).map_err(|source| StateError::Io { path: folder.to_owned(), source })?;
    let path = folder.join(FILE);
    match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|source| StateError::Format { path, source }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StateError::Io { path, source }),
    }
}

/// Replaces the kept state: a reader sees the old one or the new one, never half of one.
pub(crate) fn save(folder: &Path, bytes: &[u8]) -> Result<(), StateError> {
    let (path, new) = (folder.join(FILE), folder.join("sandbox.json.new"));
    let write = || -> io::Result<()> {
        let mut file = fs::File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_data()?;
        fs::rename(&new, &path)
    };
    write().map_err(|source| StateError::Io { path: path.clone(), source })
}
