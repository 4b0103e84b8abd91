//! Where a template on this disk finds what it fetches.

use anyhow::{Context as _, bail};
use slipway_scaffold::{File, Source, Template, Tree, is_absolute, normal, resolve};
use std::path::{Component, Path, PathBuf};

/// The largest single file that is fetched, bytes.
const LARGEST: u64 = 64 << 20;

/// One `--map`: addresses that begin with a prefix are a folder here.
#[derive(Clone, Debug)]
struct Mapping {
    prefix: String,
    folder: PathBuf,
}

/// A template's surroundings.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of the template.
    folder: PathBuf,
    /// The template's own address, when it is known.
    base: Option<String>,
    mappings: Vec<Mapping>,
}

impl Places {
    /// The surroundings of a file; each of `maps` is `prefix=folder`.
    ///
    /// # Errors
    /// When a mapping cannot be read.
    pub fn new(file: &Path, maps: &[String]) -> anyhow::Result<Self> {
        let mut mappings = Vec::new();
        for map in maps {
            let Some((prefix, folder)) = map.rsplit_once('=') else {
                bail!("--map {map}: write a prefix of addresses and a folder, like https://github.com/acme/x=./x");
            };
            let folder = std::path::absolute(folder).with_context(|| format!("--map {map}: no such folder"))?;
            if !folder.exists() {
                bail!("--map {map}: {} does not exist", folder.display());
            }
            let prefix = if is_absolute(prefix) { normal(prefix) } else { prefix.to_owned() };
            let prefix = prefix.trim_end_matches('/').to_owned();
            mappings.push(Mapping { prefix, folder });
        }
        // The longest fits best.
        mappings.sort_by_key(|mapping| std::cmp::Reverse(mapping.prefix.len()));
        let file = std::path::absolute(file)?;
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let base = mappings.iter().find_map(|mapping| {
            let inside = folder.strip_prefix(&mapping.folder).ok()?.to_str()?;
            is_absolute(&mapping.prefix).then(|| format!("{}/{inside}/", mapping.prefix))
        });
        Ok(Self { folder, base, mappings })
    }

    /// The surroundings of a template, which may say itself what its address is.
    ///
    /// # Errors
    /// As [`Places::new`].
    pub fn of_template(file: &Path, text: &str, maps: &[String]) -> anyhow::Result<Self> {
        let places = Self::new(file, maps)?;
        Ok(match Template::base_url(text) {
            Some(base) => Self { base: Some(base), ..places },
            None => places,
        })
    }

    fn find(&self, address: &str) -> Result<PathBuf, String> {
        if let Some(place) = self.mapped(address) {
            return found(place, address);
        }
        if is_absolute(address) {
            let whole = normal(address);
            let hint = "say with --map which folder here stands for it";
            return self
                .mapped(&whole)
                .map_or_else(|| Err(format!("{whole} is not here; {hint}")), |place| found(place, &whole));
        }
        let whole = self.base.as_deref().map(|base| resolve(base, address));
        if let Some(place) = whole.as_deref().and_then(|whole| self.mapped(whole)).filter(|place| place.exists()) {
            return Ok(place);
        }
        let local = self.local(address)?;
        if local.exists() {
            return Ok(local);
        }
        // A template that does not say where it comes from: the end of a mapped address says what is meant.
        let tail = format!("/{}", address.trim_start_matches(['.', '/']).trim_end_matches('/'));
        let mut ends = self.mappings.iter().filter(|mapping| self.base.is_none() && mapping.prefix.ends_with(&tail));
        match (ends.next(), ends.next()) {
            (Some(only), None) => Ok(only.folder.clone()),
            _ => Err(format!(
                "there is no {address} beside the template{}",
                whole.map(|w| format!(", nor is {w} mapped")).unwrap_or_default()
            )),
        }
    }

    fn mapped(&self, address: &str) -> Option<PathBuf> {
        self.mappings.iter().find_map(|mapping| {
            let rest = address.strip_prefix(&mapping.prefix)?;
            let rest = if rest.is_empty() { "" } else { rest.strip_prefix('/')? };
            let place = if rest.is_empty() { mapping.folder.clone() } else { mapping.folder.join(rest) };
            if place.exists() {
                return Some(place);
            }
            // A whole repository was mapped: of `tree/main/skeleton`, the checkout has only `skeleton`.
            let below = rest.trim_start_matches("-/").strip_prefix("tree/");
            let inside = below.map(|below| below.split_once('/').map_or("", |(_, inside)| inside));
            Some(inside.map_or(place, |inside| mapping.folder.join(inside)))
        })
    }

    /// A path beside the template. The way up ends at the repository the template is in, else one folder above it.
    fn local(&self, address: &str) -> Result<PathBuf, String> {
        let repository = self.folder.ancestors().find(|folder| folder.join(".git").exists());
        let top = repository.or(self.folder.parent()).unwrap_or(&self.folder);
        let mut place = if address.starts_with('/') { top.to_path_buf() } else { self.folder.clone() };
        for part in Path::new(address.trim_start_matches('/')).components() {
            match part {
                Component::Normal(name) => place.push(name),
                Component::ParentDir if place != top && place.pop() => {}
                Component::CurDir => {}
                _ => return Err(format!("{address} leads out of {}", top.display())),
            }
        }
        Ok(place)
    }
}

fn found(place: PathBuf, address: &str) -> Result<PathBuf, String> {
    if place.exists() { Ok(place) } else { Err(format!("there is no {address}: {} does not exist", place.display())) }
}

impl Source for Places {
    fn tree(&self, address: &str) -> Result<Tree, String> {
        let place = self.find(address)?;
        if !place.is_dir() {
            return Err(format!("{address} is a file; a folder is needed"));
        }
        Tree::read_dir(&place).map_err(|error| format!("{address} cannot be read: {error}"))
    }

    fn file(&self, address: &str) -> Result<File, String> {
        let place = self.find(address)?;
        let unreadable = |error: std::io::Error| format!("{address} cannot be read: {error}");
        let metadata = std::fs::metadata(&place).map_err(unreadable)?;
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Err(format!("{address} is no file, or one of more than {} MiB", LARGEST >> 20));
        }
        Ok(File { bytes: std::fs::read(&place).map_err(unreadable)?, ..File::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(folder: &Path, path: &str, text: &str) {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }

    #[test]
    fn addresses_are_found_beside_the_template_or_where_they_are_mapped() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        file(root, "templates/a/template.yaml", "");
        file(root, "templates/a/sk/one", "1");
        file(root, "shared/sk/two", "2");
        let template = root.join("templates/a/template.yaml");

        let alone = Places::new(&template, &[]).unwrap();
        assert!(alone.tree("./sk").unwrap().get("one").is_some());
        assert_eq!(alone.file("sk/one").unwrap().bytes, b"1");
        assert!(alone.tree("./none").unwrap_err().contains("there is no ./none"));
        // Without a repository around it, the way up ends one folder above the template's.
        assert!(alone.tree("../../shared/sk").unwrap_err().contains("leads out"));
        fs::create_dir(root.join(".git")).unwrap();
        assert!(alone.tree("../../shared/sk").unwrap().get("two").is_some());
        assert!(alone.tree("../../../etc").is_err());
        assert!(alone.tree("https://github.com/a/b/tree/main/x").unwrap_err().contains("--map"));

        let map = format!("https://github.com/a/b/tree/main/={}", root.display());
        let mapped = Places::new(&template, &[map]).unwrap();
        assert!(mapped.tree("https://github.com/a/b/blob/main/shared/sk/").unwrap().get("two").is_some());
        assert!(mapped.tree("/shared/sk").unwrap().get("two").is_some());
        let whole = Places::new(&template, &[format!("https://github.com/a/b={}", root.display())]).unwrap();
        assert!(whole.tree("https://github.com/a/b/tree/v1/shared/sk").unwrap().get("two").is_some());
        let said = "metadata:\n  annotations:\n    backstage.io/source-location: url:https://x.org/r/\n";
        let map = format!("https://x.org/={}", root.display());
        let said = Places::of_template(&template, said, &[map]).unwrap();
        assert!(said.tree("../shared/sk").unwrap().get("two").is_some());
        assert!(Places::new(&template, &["nonsense".to_owned()]).is_err());
    }
}
