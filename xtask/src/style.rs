//! The style sheet: `style/main.css` with what it imports, in one file, for browsers of the last two years.

use crate::cargo::Workspace;
use crate::stamp::{Stamp, hash_all, hash_tree};
use crate::{files, say};
use anyhow::{Context, Result, anyhow};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};
use std::fs;
use std::path::Path;

/// A browser version as lightningcss counts it.
const fn version(major: u32, minor: u32) -> Option<u32> {
    Some((major << 16) | (minor << 8))
}

/// The releases current in November 2024; nesting, `light-dark()` and OKLCH are in all of them.
const BROWSERS: Browsers = Browsers {
    android: version(131, 0),
    chrome: version(131, 0),
    edge: version(131, 0),
    firefox: version(132, 0),
    ie: None,
    ios_saf: version(18, 1),
    opera: version(115, 0),
    safari: version(18, 1),
    samsung: version(27, 0),
};

/// Bundles the style sheet that starts at `entry`. `minify` also drops white space and comments.
pub fn bundle(entry: &Path, minify: bool) -> Result<String> {
    let targets = Targets::from(BROWSERS);
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    // The errors borrow from the source, so their words are kept instead.
    let mut sheet = bundler
        .bundle(entry)
        .map_err(|error| anyhow!("{error}"))
        .with_context(|| format!("the style sheet {}", entry.display()))?;
    sheet
        .minify(MinifyOptions { targets, ..Default::default() })
        .map_err(|error| anyhow!("the style sheet: {error}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify, targets, ..Default::default() })
        .map_err(|error| anyhow!("the style sheet: {error}"))?;
    Ok(printed.code)
}

/// The development style sheet, readable, in `folder`; kept if nothing in the style folder changed.
pub fn build_dev(workspace: &Workspace, folder: &Path) -> Result<()> {
    let entry = workspace.root.join(&workspace.leptos.style_file);
    let output = folder.join(format!("{}.css", workspace.leptos.name));
    let sources = hash_tree(entry.parent().unwrap_or(&workspace.root))?;
    let inputs = hash_all([sources.as_str(), &format!("{BROWSERS:?}")]);
    let stamp = Stamp::new(workspace.target.join("front/css-dev.stamp"), inputs);
    if stamp.is_fresh(&[&output]) {
        say::note("styles: unchanged");
        return Ok(());
    }
    say::step("Bundling the styles", || {
        files::write(&output, bundle(&entry, false)?.as_bytes())?;
        stamp.keep()?;
        say::note(say::bytes(fs::metadata(&output)?.len()));
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("xtask-css-{name}-{}", std::process::id()));
        for (file, text) in files {
            files::write(&folder.join(file), text.as_bytes()).unwrap();
        }
        folder
    }

    #[test]
    fn imports_come_in_order_and_modern_rules_stay() {
        let folder = sheet(
            "order",
            &[
                ("main.css", "@import 'a.css'; @import 'parts/b.css'; p { margin: 0 }"),
                ("a.css", ":root { --text: light-dark(oklch(20% 0 0), oklch(95% 0 0)); }"),
                ("parts/b.css", ".button { color: var(--text); &:hover { color: red } }"),
            ],
        );
        let css = bundle(&folder.join("main.css"), true).unwrap();
        assert!(css.contains("light-dark(oklch("), "{css}");
        assert!(css.contains(":hover{color:red}"), "{css}");
        assert!(css.find(":root") < css.find(".button"), "{css}");
        assert!(css.find(".button") < css.find("p{margin:0}"), "{css}");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_mistake_is_named_with_its_file() {
        let folder = sheet("bad", &[("main.css", "@import 'gone.css';")]);
        let error = format!("{:#}", bundle(&folder.join("main.css"), false).unwrap_err());
        assert!(error.contains("main.css"), "{error}");
        fs::remove_dir_all(folder).unwrap();
    }
}
