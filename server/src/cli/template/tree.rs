//! From a tree in memory to a folder.

use anyhow::{Context as _, bail};
use slipway_scaffold::{File, Tree};
use std::{fs, path::Path};

/// Refuses a folder that is there and not empty.
pub fn require_empty(folder: &Path) -> anyhow::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let mut entries = fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    if entries.next().is_some() {
        bail!("{} is not empty; name a new folder, or empty it", folder.display());
    }
    Ok(())
}

/// Writes a tree into a folder, which it makes. Links come last, so that nothing is written through one.
pub fn write(tree: &Tree, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for path in tree.folders() {
        let place = folder.join(path);
        fs::create_dir_all(&place).with_context(|| format!("{} cannot be made", place.display()))?;
    }
    let (links, files): (Vec<_>, Vec<_>) = tree.iter().partition(|(_, file)| file.link);
    for (path, file) in files.into_iter().chain(links) {
        let place = folder.join(path);
        write_file(file, &place).with_context(|| format!("{} cannot be written", place.display()))?;
    }
    Ok(())
}

#[cfg(unix)]
fn write_file(file: &File, place: &Path) -> std::io::Result<()> {
    use std::os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _, fs::symlink};
    if file.link {
        return symlink(std::ffi::OsStr::from_bytes(&file.bytes), place);
    }
    fs::write(place, &file.bytes)?;
    let mode = if file.executable { 0o755 } else { 0o644 };
    fs::set_permissions(place, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn write_file(file: &File, place: &Path) -> std::io::Result<()> {
    fs::write(place, &file.bytes)
}
