//! Versions of templates, kept by their content: the folder named by a version's hash is the template's folder as it was then.
//! What is kept is never changed, so a version's name leads to the same files however often the template changed since.

use crate::{Result, Slipway};
use slipway_api_types::AppError;
use slipway_scaffold::Tree;
use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Hexadecimal digits of a name: SHA-256.
const DIGITS: usize = 64;
/// How many of them people are shown.
const SHOWN: usize = 12;

/// The name of a version: [`Tree::hash`] over its files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(String);

impl Version {
    /// The version that these files are.
    pub fn of(files: &Tree) -> Self {
        Self(files.hash())
    }

    /// Reads the stored form: 64 digits, lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == DIGITS && text.bytes().all(digit)).then(|| Self(text.to_owned()))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people see it: the first 12 digits.
    pub fn short(&self) -> &str {
        &self.0[..SHOWN]
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Keeps a template's folder and gives its version. Keeping the same files again changes nothing.
///
/// # Errors
/// A conflict when there is a symbolic link among them: it would lead out of what is kept.
pub async fn keep(slipway: &Slipway, files: Tree) -> Result<Version> {
    let root = slipway.settings.versions.clone();
    // Its own while it is being written; nobody reads it before it has its name.
    let unfinished = root.join(format!("unfinished-{}", slipway.entropy.uuid()));
    let kept = tokio::task::spawn_blocking(move || {
        if let Some((path, _)) = files.iter().find(|(_, file)| file.link) {
            return Err(AppError::conflict(format!("{path} is a symbolic link; put the file itself there.")));
        }
        let version = Version::of(&files);
        let folder = root.join(version.as_str());
        if folder.is_dir() {
            return Ok(version);
        }
        let written = write(&files, &unfinished).and_then(|()| fs::rename(&unfinished, &folder));
        if let Err(error) = written {
            // What could not be removed has a name that nothing reads.
            let _ = fs::remove_dir_all(&unfinished);
            // Somebody else kept the same files meanwhile.
            if !folder.is_dir() {
                return Err(crate::errors::internal(&error));
            }
        }
        Ok(version)
    });
    kept.await.map_err(|error| crate::errors::internal(&error))?
}

fn write(files: &Tree, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for below in files.folders() {
        fs::create_dir_all(folder.join(below))?;
    }
    for (path, file) in files.iter() {
        let mut made = fs::File::create_new(folder.join(path))?;
        made.write_all(&file.bytes)?;
        if file.executable {
            set_executable(&made)?;
        }
        // A name that stands after a power cut stands for all of its bytes.
        made.sync_all()?;
    }
    Ok(())
}

#[cfg(unix)]
fn set_executable(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn set_executable(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// The folder of a version; `None` when it is not kept here. Its files are not to be changed.
pub async fn open(slipway: &Slipway, version: &Version) -> Result<Option<PathBuf>> {
    let folder = slipway.settings.versions.join(version.as_str());
    let here = tokio::fs::try_exists(&folder).await.map_err(|error| crate::errors::internal(&error))?;
    Ok(here.then_some(folder))
}
