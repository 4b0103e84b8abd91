//! Archives of repositories, as Git hosts give them: read into a folder.

use anyhow::{Context as _, bail};
use flate2::read::GzDecoder;
use slipway_scaffold::safe_path;
use std::{
    fs::File,
    io::{self, Cursor, Read},
    path::Path,
    time::Duration,
};

/// The largest archive that is fetched, bytes.
const LARGEST: usize = 256 << 20;
/// The most that comes out of one, bytes.
const MOST: u64 = 1 << 30;
/// How long fetching may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// Whether an address or a file's name is an archive's: by its end, or as GitHub's and GitLab's addresses for archives have it.
pub fn is_archive(place: &str) -> bool {
    let path = place.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let ends = [".zip", ".tar.gz", ".tgz"].iter().any(|end| path.ends_with(end));
    ends || (path.contains("://")
        && ["/zip/", "/tar.gz/", "/zipball", "/tarball"].iter().any(|part| path.contains(part)))
}

/// Fetches an archive from `http://` or `https://`.
pub async fn fetch(url: &str) -> anyhow::Result<Vec<u8>> {
    let client = reqwest::Client::builder().timeout(PATIENCE).connect_timeout(Duration::from_secs(10)).build()?;
    let mut answer = client.get(url).send().await.context("it cannot be reached")?;
    if !answer.status().is_success() {
        bail!("the host answered {}", answer.status());
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.context("it broke off")? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            bail!("it has more than {} MiB", LARGEST >> 20);
        }
    }
    Ok(bytes)
}

/// Writes the files of an archive into a folder: no links, and nothing beside it.
pub fn unpack(bytes: &[u8], folder: &Path) -> anyhow::Result<()> {
    let mut left = MOST;
    if bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).context("it is no zip that can be read")?;
        for n in 0..archive.len() {
            let mut entry = archive.by_index(n)?;
            if entry.is_file() {
                let name = entry.name()?.into_owned();
                put(folder, &name, &mut entry, &mut left)?;
            }
        }
    } else if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut archive = tar::Archive::new(GzDecoder::new(bytes));
        for entry in archive.entries().context("it is no tarball that can be read")? {
            let mut entry = entry.context("it is no tarball that can be read")?;
            if entry.header().entry_type().is_file() {
                let name = entry.path()?.to_string_lossy().into_owned();
                put(folder, &name, &mut entry, &mut left)?;
            }
        }
    } else {
        bail!("it is neither a zip nor a gzipped tarball");
    }
    Ok(())
}

fn put(folder: &Path, name: &str, content: &mut dyn Read, left: &mut u64) -> anyhow::Result<()> {
    let inside = safe_path(name.trim_start_matches("./")).with_context(|| format!("it holds the file `{name}`"))?;
    let path = folder.join(inside);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let written = io::copy(&mut content.take(*left + 1), &mut File::create(&path)?)?;
    *left = left.checked_sub(written).with_context(|| format!("more than {} MiB come out of it", MOST >> 20))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn tarred(files: &[(&str, &str)]) -> Vec<u8> {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, text) in files {
            let mut header = tar::Header::new_ustar();
            // As a hostile one has it: the builder would refuse such names.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            builder.append(&header, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    #[test]
    fn archives_are_unpacked_and_nothing_leaves_the_folder() {
        for packed in [zipped(&[("repo-main/a/template.yaml", "x")]), tarred(&[("./repo-main/a/template.yaml", "x")])] {
            let folder = tempfile::tempdir().unwrap();
            unpack(&packed, folder.path()).unwrap();
            assert_eq!(std::fs::read_to_string(folder.path().join("repo-main/a/template.yaml")).unwrap(), "x");
        }
        for packed in [zipped(&[("../out", "x")]), tarred(&[("../out", "x")]), tarred(&[("/out", "x")])] {
            let folder = tempfile::tempdir().unwrap();
            let inner = folder.path().join("inner");
            std::fs::create_dir(&inner).unwrap();
            assert!(unpack(&packed, &inner).is_err());
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
        assert!(unpack(b"hello", Path::new(".")).unwrap_err().to_string().contains("neither a zip"));
    }

    #[test]
    fn archives_are_known_by_their_addresses() {
        for place in [
            "templates.zip",
            "https://github.com/acme/paths/archive/refs/heads/main.zip",
            "https://codeload.github.com/acme/paths/tar.gz/main",
            "https://api.github.com/repos/acme/paths/zipball/main",
            "https://gitlab.com/acme/paths/-/archive/main/paths-main.tar.gz?ref_type=heads",
        ] {
            assert!(is_archive(place), "{place}");
        }
        for place in ["https://github.com/acme/zip", "https://git.example/acme/paths.git", "./zip/templates"] {
            assert!(!is_archive(place), "{place}");
        }
    }
}
