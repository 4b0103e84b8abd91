//! A GitLab project's export on this machine: an archive, or the folder that it was unpacked into.

use anyhow::{Context as _, bail};
use flate2::read::GzDecoder;
use slipway_services::import::{ExportLine, ExportRelation};
use std::{
    fs::File,
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Where the relations' files are below an export's folder.
const TREE: &str = "tree/project";
/// The repository, with all of its branches and tags.
const BUNDLE: &str = "project.bundle";

/// An export that can be read.
pub struct Export {
    folder: PathBuf,
    _unpacked: Option<TempDir>,
}

impl Export {
    /// Opens a folder, or unpacks of an archive what is read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let export = if path.is_dir() {
            Self { folder: path.to_owned(), _unpacked: None }
        } else {
            let unpacked = tempfile::tempdir().context("no temporary folder can be made")?;
            unpack(path, unpacked.path())
                .with_context(|| format!("{} cannot be read as a project's export", path.display()))?;
            Self { folder: unpacked.path().to_owned(), _unpacked: Some(unpacked) }
        };
        if !export.folder.join(TREE).is_dir() {
            let old =
                if export.folder.join("project.json").is_file() { " (it is of a GitLab before 13.0)" } else { "" };
            bail!("{} has no folder {TREE}: it is no project's export as GitLab makes them{old}", path.display());
        }
        Ok(export)
    }

    /// The repository, if it is there.
    pub fn bundle(&self) -> Option<PathBuf> {
        Some(self.folder.join(BUNDLE)).filter(|bundle| bundle.is_file())
    }

    /// The lines of all files that are read, one after the other. A file that is not there has none.
    pub fn lines(&self) -> anyhow::Result<impl Iterator<Item = io::Result<ExportLine>> + Send + use<>> {
        let mut files = Vec::new();
        for relation in ExportRelation::ALL {
            let path = self.folder.join(TREE).join(relation.file());
            if path.is_file() {
                let file = File::open(&path).with_context(|| format!("{} cannot be read", path.display()))?;
                files.push((relation, file));
            }
        }
        Ok(files.into_iter().flat_map(|(relation, file)| {
            let lines = BufReader::new(file).split(b'\n').zip(1..);
            lines.map(move |(text, number)| Ok(ExportLine { relation, number, text: text? }))
        }))
    }
}

/// Writes what is read of an archive into a folder: nothing else, under no other name.
fn unpack(archive: &Path, folder: &Path) -> io::Result<()> {
    let mut wanted: Vec<PathBuf> = ExportRelation::ALL.iter().map(|one| Path::new(TREE).join(one.file())).collect();
    wanted.push(PathBuf::from(BUNDLE));
    std::fs::create_dir_all(folder.join(TREE))?;
    let mut found = false;
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = entry.path()?;
        let path = path.strip_prefix(".").unwrap_or(&path).to_owned();
        found |= path.starts_with(TREE);
        if entry.header().entry_type().is_file() && wanted.contains(&path) {
            io::copy(&mut entry, &mut File::create(folder.join(path))?)?;
        }
    }
    if found { Ok(()) } else { Err(io::Error::other(format!("it has no folder {TREE}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn archive(files: &[(&str, &str)]) -> tempfile::NamedTempFile {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (path, text) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, text.as_bytes()).unwrap();
        }
        let packed = builder.into_inner().unwrap().finish().unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&packed).unwrap();
        file
    }

    #[test]
    fn an_archive_is_read_like_its_folder() {
        let packed = archive(&[
            ("./VERSION", "0.2.4"),
            ("./tree/project/issues.ndjson", "{\"a\":1}\n{\"a\":2}\n"),
            ("./tree/project/merge_requests.ndjson", "{\"b\":1}\n"),
            ("./tree/project/snippets.ndjson", "{\"c\":1}\n"),
            ("./project.bundle", "# v2 git bundle"),
        ]);
        let export = Export::open(packed.path()).unwrap();
        let lines: Vec<ExportLine> = export.lines().unwrap().map(Result::unwrap).collect();
        let line = |relation, number, text: &str| ExportLine { relation, number, text: text.as_bytes().to_vec() };
        assert_eq!(
            lines,
            [
                line(ExportRelation::MergeRequests, 1, "{\"b\":1}"),
                line(ExportRelation::Issues, 1, "{\"a\":1}"),
                line(ExportRelation::Issues, 2, "{\"a\":2}"),
            ]
        );
        assert!(export.bundle().is_some());
        let folder = Export::open(&export.folder).unwrap();
        assert_eq!(folder.lines().unwrap().count(), 3);
        assert!(!export.folder.join("VERSION").exists());
    }

    #[test]
    fn what_is_no_export_is_said_to_be_none() {
        let words = |path: &Path| format!("{:#}", Export::open(path).err().unwrap());
        assert!(words(archive(&[("./readme.md", "hello")]).path()).contains("no folder tree/project"));
        let mut text = tempfile::NamedTempFile::new().unwrap();
        text.write_all(b"hello").unwrap();
        assert!(words(text.path()).contains("cannot be read as a project's export"));
        assert!(words(tempfile::tempdir().unwrap().path()).contains("no folder tree/project"));
    }
}
