//! Every file below a folder of this machine.

use crate::trees::too_large;
use bytes::Bytes;
use slipway_ports::forge::{CommitFile, ForgeError, MOST_BYTES, MOST_FILES};
use std::{
    collections::BTreeMap,
    fs::{self, Metadata},
    io,
    path::Path,
};

/// The files below `folder`, by path from there: links as links, and nothing of what git keeps for itself.
pub(super) fn walk(folder: &Path) -> Result<BTreeMap<String, CommitFile>, ForgeError> {
    let mut walk = Walk::default();
    walk.add(folder, "")?;
    Ok(walk.files)
}

#[derive(Default)]
struct Walk {
    files: BTreeMap<String, CommitFile>,
    bytes: u64,
}

impl Walk {
    fn add(&mut self, folder: &Path, prefix: &str) -> Result<(), ForgeError> {
        let failed =
            |error: io::Error| ForgeError::Failed(format!("`{}` could not be read: {error}", folder.display()));
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Ok(name) = entry.file_name().into_string() else {
                return Err(ForgeError::InvalidName(format!("a file's name in `{}` is not UTF-8", folder.display())));
            };
            let path = format!("{prefix}{name}");
            // Of the entry itself, not of what a link points to.
            let metadata = entry.metadata().map_err(failed)?;
            if metadata.is_dir() {
                if name != ".git" {
                    self.add(&entry.path(), &format!("{path}/"))?;
                }
                continue;
            }
            self.bytes += metadata.len();
            if self.files.len() >= MOST_FILES || self.bytes > MOST_BYTES {
                return Err(too_large());
            }
            if metadata.is_symlink() {
                let target = fs::read_link(entry.path()).map_err(failed)?.to_string_lossy().into_owned();
                self.files.insert(path, CommitFile { bytes: target.into(), executable: false, link: true });
            } else if metadata.is_file() {
                let bytes = Bytes::from(fs::read(entry.path()).map_err(failed)?);
                self.files.insert(path, CommitFile { bytes, executable: is_executable(&metadata), link: false });
            }
        }
        Ok(())
    }
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}
