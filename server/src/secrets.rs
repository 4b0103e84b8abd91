//! The instance's key, and secrets that stand in the environment or in files.

use anyhow::{Context as _, Result, bail};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use slipway_ports::{
    Entropy, Secrets,
    secrets::{SecretError, SecretText},
};
use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// The environment variable with the instance's key.
pub const KEY_VARIABLE: &str = "SLIPWAY_INSTANCE_KEY";
/// The file with it, in the data folder.
pub const KEY_FILE: &str = "instance.key";
/// What stands before the name of a secret in the environment: not every variable of the process is one for a source.
const PREFIX: &str = "SLIPWAY_SECRET_";
/// A key of fewer characters could be guessed.
const SHORTEST: usize = 32;

/// Secrets of this instance. `Debug` shows only where they come from.
pub struct InstanceSecrets {
    key: Vec<u8>,
    folder: PathBuf,
}

impl fmt::Debug for InstanceSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InstanceSecrets").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl InstanceSecrets {
    /// With the key in the environment, or the one in the data folder, which is made when there is none. `folder` is where `file:NAME` leads.
    ///
    /// # Errors
    /// When the key is too short, or its file can be neither read nor made.
    pub fn open(data: &Path, folder: PathBuf, entropy: &dyn Entropy) -> Result<Self> {
        let key = match std::env::var(KEY_VARIABLE) {
            Ok(key) => key,
            Err(std::env::VarError::NotPresent) => read_or_make(&data.join(KEY_FILE), entropy)?,
            Err(error) => bail!("{KEY_VARIABLE} cannot be read: {error}"),
        };
        Self::with_key(&key, folder)
    }

    /// With a key.
    ///
    /// # Errors
    /// When it is too short.
    pub fn with_key(key: &str, folder: PathBuf) -> Result<Self> {
        let key = key.trim();
        if key.len() < SHORTEST {
            bail!(
                "the instance's key has {} characters and needs {SHORTEST}; `openssl rand -hex 32` makes one",
                key.len()
            );
        }
        Ok(Self { key: key.as_bytes().to_vec(), folder })
    }
}

fn read_or_make(path: &Path, entropy: &dyn Entropy) -> Result<String> {
    let cannot = |what: &str| format!("the instance's key {} cannot be {what}", path.display());
    match fs::read_to_string(path) {
        Ok(key) => return Ok(key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| cannot("read")),
    }
    // Written aside and linked, so that the file is whole or not there, and of two processes one key wins.
    let mut file = tempfile::Builder::new()
        .prefix(".instance-key")
        .tempfile_in(path.parent().unwrap_or(Path::new(".")))
        .with_context(|| cannot("made"))?;
    writeln!(file, "{}", hex::encode(entropy.secret()))
        .and_then(|()| file.as_file().sync_all())
        .with_context(|| cannot("made"))?;
    // A temporary file is its owner's alone (0600), and stays so.
    match file.persist_noclobber(path) {
        Ok(_) => tracing::info!(key.path = %path.display(), "made the instance's key: keep a copy of it"),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error).with_context(|| cannot("made")),
    }
    fs::read_to_string(path).with_context(|| cannot("read"))
}

/// Whether a name is one of a variable or file, and leads nowhere else.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
}

impl Secrets for InstanceSecrets {
    fn derive(&self, purpose: &str) -> SecretText {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length (RFC 2104)")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length");
        mac.update(purpose.as_bytes());
        SecretText::new(hex::encode(mac.finalize().into_bytes()))
    }

    fn resolve(&self, reference: &str) -> Result<SecretText, SecretError> {
        let malformed = || SecretError::Malformed(reference.to_owned());
        let (scheme, name) = reference.split_once(':').filter(|(_, name)| is_plain(name)).ok_or_else(malformed)?;
        let (place, read) = match scheme {
            // Two underscores would make it a key of the configuration.
            "env" if !name.contains("__") => {
                let variable = format!("{PREFIX}{name}");
                let value = std::env::var(&variable).map_err(|error| match error {
                    std::env::VarError::NotPresent => io::Error::from(io::ErrorKind::NotFound),
                    error @ std::env::VarError::NotUnicode(_) => io::Error::other(error.to_string()),
                });
                (format!("the environment variable {variable}"), value)
            }
            "file" => {
                let path = self.folder.join(name);
                (path.display().to_string(), fs::read_to_string(path))
            }
            _ => return Err(malformed()),
        };
        match read {
            Ok(text) if text.trim().is_empty() => Err(SecretError::Missing(place)),
            // Editors end files with a line break.
            Ok(text) => Ok(SecretText::new(text.trim())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(SecretError::Missing(place)),
            Err(error) => Err(SecretError::Unreadable { place, cause: error.to_string() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemEntropy;

    #[test]
    fn the_key_is_made_once_for_its_owner_alone() {
        let data = tempfile::tempdir().unwrap();
        let open = || read_or_make(&data.path().join(KEY_FILE), &SystemEntropy).unwrap();
        let key = open();
        assert_eq!((key.trim().len(), open()), (64, key.clone()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(data.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let secrets = InstanceSecrets::with_key(&key, data.path().to_owned()).unwrap();
        assert_eq!(secrets.derive("a"), secrets.derive("a"));
        assert_ne!(secrets.derive("a"), secrets.derive("b"));
        assert!(!format!("{secrets:?}").contains(key.trim()));
        assert!(InstanceSecrets::with_key("short", data.path().to_owned()).is_err());
    }

    #[test]
    fn references_lead_to_files_of_one_folder_only() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("pagerduty"), "s3cret\n").unwrap();
        let secrets = InstanceSecrets::with_key(&"k".repeat(32), folder.path().to_owned()).unwrap();
        assert_eq!(secrets.resolve("file:pagerduty").unwrap().expose(), "s3cret");
        assert!(matches!(secrets.resolve("file:none"), Err(SecretError::Missing(_))));
        assert!(matches!(secrets.resolve("env:NOT_THERE_AT_ALL"), Err(SecretError::Missing(_))));
        for wrong in [
            "env:A__B",
            "file:../pagerduty",
            "file:.hidden",
            "file:",
            "pagerduty",
            "vault:pagerduty",
            "file:/etc/passwd",
        ] {
            assert!(matches!(secrets.resolve(wrong), Err(SecretError::Malformed(_))), "{wrong}");
        }
    }
}
