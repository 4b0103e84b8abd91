//! Versions of templates: kept by content, and put together again.

use crate::{
    Result,
    errors::{internal, store},
};
use slipway_domain::time::Timestamp;
use slipway_ports::{
    Tx,
    store::upgrades::{TemplateVersion, VersionFile, VersionMark},
};
use slipway_scaffold::{File, TemplateFolder, Tree, file_hash};
use std::collections::HashMap;

/// A version for people: the first eight characters of its hash.
pub(super) fn short(version: &str) -> String {
    version.chars().take(8).collect()
}

/// Keeps a version as what its template is from `now` on, when it is not that already.
pub(crate) async fn keep(tx: &mut dyn Tx, template: &str, folder: &TemplateFolder, now: Timestamp) -> Result<()> {
    let version = folder.version();
    let marks = tx.version_marks().await.map_err(store)?;
    if latest(&marks, template) == Some(version.as_str()) {
        return Ok(());
    }
    // Later than what it follows, whatever the clocks of two servers say.
    let before = marks.iter().find(|mark| mark.template == template).map(|mark| mark.seen_at.plus(1));
    let seen_at = before.map_or(now, |before| before.max(now));
    let mut blobs: HashMap<String, Vec<u8>> = HashMap::new();
    let mut files = Vec::with_capacity(folder.tree().len());
    for (path, file) in folder.tree().iter() {
        let blob = file_hash(&file.bytes);
        blobs.entry(blob.clone()).or_insert_with(|| file.bytes.clone());
        files.push(VersionFile { path: path.to_owned(), blob, executable: file.executable, link: file.link });
    }
    let kept =
        TemplateVersion { template: template.to_owned(), version, file: folder.file().to_owned(), files, seen_at };
    let mut blobs: Vec<(String, Vec<u8>)> = blobs.into_iter().collect();
    blobs.sort_unstable();
    tx.put_template_version(&kept, &blobs).await.map_err(store)
}

/// The version that a template is now; `marks` are the latest first.
pub(super) fn latest<'m>(marks: &'m [VersionMark], template: &str) -> Option<&'m str> {
    marks.iter().find(|mark| mark.template == template).map(|mark| mark.version.as_str())
}

/// A version that was kept.
pub(crate) async fn kept(tx: &mut dyn Tx, template: &str, version: &str) -> Result<Option<TemplateFolder>> {
    let Some(row) = tx.template_version(template, version).await.map_err(store)? else { return Ok(None) };
    let mut hashes: Vec<String> = row.files.iter().map(|file| file.blob.clone()).collect();
    hashes.sort_unstable();
    hashes.dedup();
    let blobs: HashMap<String, Vec<u8>> = tx.version_blobs(&hashes).await.map_err(store)?.into_iter().collect();
    let mut tree = Tree::default();
    for file in &row.files {
        let bytes = blobs.get(&file.blob).cloned().unwrap_or_default();
        let entry = File { bytes, executable: file.executable, link: file.link };
        tree.insert(&file.path, entry).map_err(|error| internal(&error))?;
    }
    TemplateFolder::new(&row.file, &tree).map(Some).map_err(|error| internal(&error))
}
