//! Content hashes, and the small files that remember what an output was made from.

use crate::files;
use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The first 16 hexadecimal digits of the SHA-256 of `content`: enough for a file name.
pub fn hash(content: &[u8]) -> String {
    hex::encode(&Sha256::digest(content)[..8])
}

/// One hash over several parts; the same parts in another order give another hash.
pub fn hash_all<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for part in parts {
        joined.push_str(part);
        joined.push('\n');
    }
    hash(joined.as_bytes())
}

/// One hash over the names and contents of every file below `folder`. A folder that is not there hashes as empty.
pub fn hash_tree(folder: &Path) -> Result<String> {
    let mut lines = Vec::new();
    for file in files::below(folder)? {
        let content = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let name = file.strip_prefix(folder).unwrap_or(&file);
        lines.push(format!("{} {}", name.display(), hash(&content)));
    }
    Ok(hash_all(lines.iter().map(String::as_str)))
}

/// Remembers which inputs an output was made from.
pub struct Stamp {
    file: PathBuf,
    inputs: String,
}

impl Stamp {
    /// `inputs` is a hash of everything that decides the output, its maker's version and options included.
    pub fn new(file: PathBuf, inputs: String) -> Self {
        Self { file, inputs }
    }

    /// True if every one of `outputs` is there and was made from these inputs.
    pub fn is_fresh(&self, outputs: &[&Path]) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|kept| kept == self.inputs)
            && outputs.iter().all(|output| output.exists())
    }

    /// Forgets, so that an output left half-made by a failure is made again.
    pub fn forget(&self) -> Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("removing {}", self.file.display()))
            }
            _ => Ok(()),
        }
    }

    /// Notes that the outputs are made from these inputs.
    pub fn keep(&self) -> Result<()> {
        files::write(&self.file, self.inputs.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::write;

    /// A folder of this test's own, empty.
    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn a_tree_hash_follows_names_and_contents() {
        let folder = scratch("tree");
        write(&folder.join("a/b.css"), b"one").unwrap();
        let first = hash_tree(&folder).unwrap();
        assert_eq!(first, hash_tree(&folder).unwrap());

        write(&folder.join("a/b.css"), b"two").unwrap();
        let changed = hash_tree(&folder).unwrap();
        assert_ne!(first, changed);

        fs::rename(folder.join("a/b.css"), folder.join("a/c.css")).unwrap();
        assert_ne!(changed, hash_tree(&folder).unwrap());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_stamp_is_fresh_only_for_its_inputs_and_while_the_outputs_are_there() {
        let folder = scratch("stamp");
        let output = folder.join("out.css");
        let stamp = |inputs: &str| Stamp::new(folder.join("stamp"), inputs.to_owned());
        assert!(!stamp("1").is_fresh(&[&output]));

        write(&output, b"made").unwrap();
        stamp("1").keep().unwrap();
        assert!(stamp("1").is_fresh(&[&output]));
        assert!(!stamp("2").is_fresh(&[&output]));

        fs::remove_file(&output).unwrap();
        assert!(!stamp("1").is_fresh(&[&output]));
        stamp("1").forget().unwrap();
        write(&output, b"made").unwrap();
        assert!(!stamp("1").is_fresh(&[&output]));
        fs::remove_dir_all(&folder).unwrap();
    }
}
