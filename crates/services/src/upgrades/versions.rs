//! Versions of templates: read from this server's disk, kept by content, and put together again.

use crate::{
    Result, Slipway,
    create::template_file,
    errors::{internal, store},
};
use slipway_api_types::AppError;
use slipway_domain::{catalog::EntityRef, time::Timestamp};
use slipway_ports::{
    Tx,
    store::upgrades::{TemplateVersion, VersionFile, VersionMark},
};
use slipway_scaffold::{File, TemplateFolder, Tree, file_hash};
use std::{collections::HashMap, path::PathBuf};

/// A version for people: the first eight characters of its hash.
pub(super) fn short(version: &str) -> String {
    version.chars().take(8).collect()
}

/// The template as it stands on this server's disk now.
pub(super) async fn on_disk(slipway: &Slipway, reference: &EntityRef) -> Result<TemplateFolder> {
    let path = {
        let mut tx = slipway.read().await?;
        template_file(slipway, &mut *tx, reference).await?
    };
    read(reference, path).await
}

async fn read(reference: &EntityRef, path: PathBuf) -> Result<TemplateFolder> {
    let name = reference.name().to_owned();
    let read = move || {
        let unusable = |why: String| AppError::conflict(format!("The template {name} cannot be kept: {why}"));
        let file = path.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(&path);
        let tree = Tree::read_dir(folder).map_err(|error| unusable(error.to_string()))?;
        TemplateFolder::new(&file, &tree).map_err(|error| unusable(error.to_string()))
    };
    tokio::task::spawn_blocking(read).await.map_err(|error| internal(&error))?
}

/// Keeps a version as what its template is from `now` on, when it is not that already.
pub(super) async fn keep(tx: &mut dyn Tx, template: &str, folder: &TemplateFolder, now: Timestamp) -> Result<()> {
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
pub(super) async fn kept(tx: &mut dyn Tx, template: &str, version: &str) -> Result<Option<TemplateFolder>> {
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

/// Keeps every template as it stands on the disk now; gives how many there are. One that cannot be read keeps its last version.
pub(crate) async fn keep_all(slipway: &Slipway) -> Result<u64> {
    let (templates, marks) = {
        let mut tx = slipway.read().await?;
        let templates = tx.entities_of_kind("template").await.map_err(store)?;
        (templates, tx.version_marks().await.map_err(store)?)
    };
    let mut count = 0;
    for template in templates {
        let reference = template.entity.reference();
        let Ok(folder) = on_disk(slipway, &reference).await else { continue };
        let is_latest = latest(&marks, &reference.to_string()) == Some(folder.version().as_str());
        if !is_latest {
            let now = slipway.clock.now();
            let mut tx = slipway.write().await?;
            keep(&mut *tx, &reference.to_string(), &folder, now).await?;
            tx.publish("upgrade", &reference.to_string(), now.as_millis(), now).await.map_err(store)?;
            tx.commit().await.map_err(store)?;
            tracing::info!(template = %reference, version = %short(&folder.version()), "a template has a new version");
        }
        count += 1;
    }
    Ok(count)
}
