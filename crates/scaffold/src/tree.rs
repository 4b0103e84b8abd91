//! A folder in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

/// Most files read from one folder.
const MAX_FILES: usize = 20_000;
/// Most bytes read from one folder.
const MAX_BYTES: u64 = 256 << 20;

/// A file's content and mode.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The content; for a symbolic link, the target as written.
    pub bytes: Vec<u8>,
    /// Whether it has the executable bit.
    pub executable: bool,
    /// Whether it is a symbolic link. Links are carried along and never followed.
    pub link: bool,
}

impl File {
    /// A plain file.
    pub fn text(text: impl Into<String>) -> Self {
        Self { bytes: text.into().into_bytes(), ..Self::default() }
    }
}

/// Files by their path: relative, with `/`, as [`safe_path`] wants it. Folders may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    files: BTreeMap<String, File>,
    /// Every folder, also those that a file's path implies.
    folders: BTreeSet<String>,
}

/// Why a tree cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The path is absolute, leads outside, or is not one.
    #[error("\"{0}\" is not a path inside the folder")]
    Unsafe(String),
    /// A part of the path is a file or a link, so nothing can be below it.
    #[error("\"{path}\" cannot be made: \"{taken}\" is in its way")]
    Taken { path: String, taken: String },
    /// The folder is larger than any template's should be.
    #[error("The folder has more than {MAX_FILES} files or {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// There is nothing at the path.
    #[error("there is no \"{0}\"")]
    Missing(String),
    /// The file system said no.
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
}

/// The path in normal form (`./a//b` is `a/b`), if it stays inside; `..` never does.
///
/// # Errors
/// [`TreeError::Unsafe`]
pub fn safe_path(path: &str) -> Result<String, TreeError> {
    let refuse = || TreeError::Unsafe(path.to_owned());
    if path.starts_with('/') || path.contains('\0') {
        return Err(refuse());
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    if parts.is_empty() || parts.contains(&"..") {
        return Err(refuse());
    }
    Ok(parts.join("/"))
}

/// The path a step means, with `.` and `..` followed; empty is the folder itself.
///
/// # Errors
/// [`TreeError::Unsafe`] when it leads outside.
pub fn child_path(path: &str) -> Result<String, TreeError> {
    let refuse = || TreeError::Unsafe(path.to_owned());
    if path.starts_with('/') || path.contains('\0') {
        return Err(refuse());
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        if part == ".." {
            parts.pop().ok_or_else(refuse)?;
        } else {
            parts.push(part);
        }
    }
    Ok(parts.join("/"))
}

impl Tree {
    /// Reads a folder. Symbolic links are read as links, whatever they point to.
    ///
    /// # Errors
    /// The folder cannot be read, is too large, or has names that are not UTF-8.
    pub fn read_dir(folder: &Path) -> Result<Self, TreeError> {
        let mut tree = Self::default();
        let mut bytes = 0;
        tree.read_into(folder, "", &mut bytes)?;
        Ok(tree)
    }

    fn read_into(&mut self, folder: &Path, prefix: &str, bytes: &mut u64) -> Result<(), TreeError> {
        let io = |source| TreeError::Io { path: folder.display().to_string(), source };
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let name =
                entry.file_name().into_string().map_err(|name| TreeError::Unsafe(name.to_string_lossy().into()))?;
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            let here = entry.path();
            let io = |source| TreeError::Io { path: here.display().to_string(), source };
            // Of the entry itself, not of what a link points to.
            let metadata = entry.metadata().map_err(io)?;
            if metadata.is_dir() {
                self.folders.insert(path.clone());
                self.read_into(&here, &path, bytes)?;
                continue;
            }
            if !metadata.is_file() && !metadata.is_symlink() {
                continue;
            }
            *bytes += metadata.len();
            if *bytes > MAX_BYTES || self.files.len() >= MAX_FILES {
                return Err(TreeError::TooLarge);
            }
            let file = if metadata.is_symlink() {
                let target = fs::read_link(&here).map_err(io)?;
                File { bytes: target.to_string_lossy().into_owned().into_bytes(), executable: false, link: true }
            } else {
                File { bytes: fs::read(&here).map_err(io)?, executable: is_executable(&metadata), link: false }
            };
            self.files.insert(path, file);
        }
        Ok(())
    }

    /// Puts a file there, in place of one that is already there.
    ///
    /// # Errors
    /// The path leads outside, runs through a file or a link, or is a folder.
    pub fn insert(&mut self, path: &str, file: File) -> Result<(), TreeError> {
        let path = safe_path(path)?;
        if self.folders.contains(&path) {
            return Err(TreeError::Taken { taken: path.clone(), path });
        }
        self.make_parents(&path)?;
        self.files.insert(path, file);
        Ok(())
    }

    /// Makes a folder, and those above it.
    ///
    /// # Errors
    /// The path leads outside, or a part of it is a file or a link.
    pub fn insert_folder(&mut self, path: &str) -> Result<(), TreeError> {
        let path = safe_path(path)?;
        if self.files.contains_key(&path) {
            return Err(TreeError::Taken { taken: path.clone(), path });
        }
        self.make_parents(&path)?;
        self.folders.insert(path);
        Ok(())
    }

    fn make_parents(&mut self, path: &str) -> Result<(), TreeError> {
        let parents = || path.match_indices('/').map(|(end, _)| &path[..end]);
        if let Some(taken) = parents().find(|parent| self.files.contains_key(*parent)) {
            return Err(TreeError::Taken { path: path.to_owned(), taken: taken.to_owned() });
        }
        for parent in parents() {
            if !self.folders.contains(parent) {
                self.folders.insert(parent.to_owned());
            }
        }
        Ok(())
    }

    /// Whether there is a file, a link or a folder at a path.
    #[must_use]
    pub fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path) || self.folders.contains(path)
    }

    /// Whether there is a folder at a path; the empty path is the tree itself.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// Every folder, by path.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.folders.iter().map(String::as_str)
    }

    /// Moves a file or a folder with all that is in it.
    ///
    /// # Errors
    /// There is nothing to move, a path leads outside, a folder would go into itself, or something is at the new place and
    /// `overwrite` is not set.
    pub fn rename(&mut self, from: &str, to: &str, overwrite: bool) -> Result<(), TreeError> {
        let (from, to) = (safe_path(from)?, safe_path(to)?);
        if !self.contains(&from) {
            return Err(TreeError::Missing(from));
        }
        if from == to {
            return Ok(());
        }
        if to.starts_with(&format!("{from}/")) || (self.contains(&to) && !overwrite) {
            return Err(TreeError::Taken { taken: to.clone(), path: to });
        }
        // Taken out first, so that nothing of it is in the way; put back if the new place cannot be.
        let mut result = self.clone();
        let moved = result.take(&from);
        result.take(&to);
        let place = |path: &str| if path.is_empty() { to.clone() } else { format!("{to}/{path}") };
        for folder in moved.folders {
            result.insert_folder(&place(&folder))?;
        }
        for (path, file) in moved.files {
            result.insert(&place(&path), file)?;
        }
        *self = result;
        Ok(())
    }

    /// Takes out what is at a path: below it by relative path, itself by the empty one.
    fn take(&mut self, path: &str) -> Self {
        let below = format!("{path}/");
        let inside = |candidate: &str| candidate == path || candidate.starts_with(&below);
        let relative = |candidate: &str| candidate.get(below.len()..).unwrap_or_default().to_owned();
        let mut taken = Self::default();
        self.files.retain(|candidate, file| {
            let inside = inside(candidate);
            if inside {
                taken.files.insert(relative(candidate), std::mem::take(file));
            }
            !inside
        });
        self.folders.retain(|candidate| {
            let inside = inside(candidate);
            if inside {
                taken.folders.insert(relative(candidate));
            }
            !inside
        });
        taken
    }

    /// The file at a path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }

    /// Takes a file out. Its folder stays, as on a disk.
    pub fn remove(&mut self, path: &str) -> Option<File> {
        self.files.remove(path)
    }

    /// Every file, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file))
    }

    /// Number of files.
    #[must_use]
    pub fn len(&self) -> usize {
        self.files.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.files.values().map(|file| file.bytes.len()).sum()
    }

    /// The files below a folder, by their path from there; an empty folder name is the whole tree.
    #[must_use]
    pub fn subtree(&self, folder: &str) -> Self {
        let Ok(folder) = safe_path(folder) else { return self.clone() };
        let prefix = format!("{folder}/");
        let inside = self.files.range(prefix.clone()..).take_while(|(path, _)| path.starts_with(&prefix));
        let folders = self.folders.range(prefix.clone()..).take_while(|path| path.starts_with(&prefix));
        Self {
            files: inside.map(|(path, file)| (path[prefix.len()..].to_owned(), file.clone())).collect(),
            folders: folders.map(|path| path[prefix.len()..].to_owned()).collect(),
        }
    }

    /// SHA-256 in hexadecimal over every path, mode and content: the same files give the same hash anywhere.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (path, file) in &self.files {
            // Lengths stand before contents, so that no two trees run together to the same bytes.
            hasher.update((path.len() as u64).to_le_bytes());
            hasher.update(path);
            hasher.update([u8::from(file.executable), u8::from(file.link)]);
            hasher.update((file.bytes.len() as u64).to_le_bytes());
            hasher.update(&file.bytes);
        }
        hex::encode(hasher.finalize())
    }
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}
