use super::tree;
use anyhow::{Context as _, bail};
use slipway_domain::catalog::EntityRef;
use slipway_scaffold::{File, Tree};
use std::{path::PathBuf, process::ExitCode};

/// `slipway template new`
#[derive(clap::Args)]
pub struct Options {
    /// The folder to make; its name is the template's.
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Who looks after the template.
    #[arg(long, default_value = "group:default/platform", value_name = "REFERENCE")]
    pub owner: String,
}

/// What a new template is made of: path and content, with NAME and OWNER to be filled in.
const FILES: &[(&str, &str)] = &[
    ("template.yaml", include_str!("new/template.yaml")),
    ("skeleton/README.md", include_str!("new/README.md")),
    ("skeleton/catalog-info.yaml", include_str!("new/catalog-info.yaml")),
    ("skeleton/.github/workflows/ci.yaml", include_str!("new/ci.yaml")),
    ("tests/cases.yaml", include_str!("new/cases.yaml")),
];

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let name = std::path::absolute(&self.folder)?;
        let name = name.file_name().and_then(|name| name.to_str()).context("name a folder to make")?;
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let ends = name.starts_with(|c: char| c.is_ascii_alphanumeric())
            && name.ends_with(|c: char| c.is_ascii_alphanumeric());
        if !ends || name.len() > 63 || !name.chars().all(fits) {
            bail!(
                "{name} cannot be a template's name; use up to 63 letters, digits, - _ and ., a letter or digit at both ends"
            );
        }
        EntityRef::parse(&self.owner, Some("group"), "default")
            .with_context(|| format!("--owner {} is nobody", self.owner))?;
        let mut files = Tree::default();
        for (path, text) in FILES {
            files.insert(path, File::text(text.replace("NAME", name).replace("OWNER", &self.owner)))?;
        }
        tree::require_empty(&self.folder)?;
        tree::write(&files, &self.folder)?;
        let place = self.folder.display();
        println!("{place}: {} files. Now:", files.len());
        println!("  slipway template lint {place}");
        println!("  slipway template test {place} --update    # writes the golden files; look at them, then keep them");
        Ok(ExitCode::SUCCESS)
    }
}
