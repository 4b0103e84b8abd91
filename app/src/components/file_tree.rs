use std::collections::BTreeMap;

use leptos::prelude::*;

use slipway_api_types::create::Span;

use super::{
    coloured::Coloured,
    icon::{Glyph, Icon},
};

/// A rendered file: where it will stand and what will be in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Path with `/` between its parts.
    pub path: String,
    /// The file in colours; none for one that is not text.
    pub contents: Option<Vec<Span>>,
    pub bytes: usize,
}

#[derive(Default)]
struct Folder {
    folders: BTreeMap<String, Folder>,
    files: Vec<(String, TreeFile)>,
}

impl Folder {
    fn insert(&mut self, path: &str, file: TreeFile) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder.to_owned()).or_default().insert(rest, file),
            None => self.files.push((path.to_owned(), file)),
        }
    }

    fn count(&self) -> usize {
        self.files.len() + self.folders.values().map(Self::count).sum::<usize>()
    }

    fn view(self) -> AnyView {
        let folders = self.folders.into_iter().map(|(name, folder)| {
            let count = folder.count().to_string();
            view! {
                <li>
                    <details open>
                        <summary>
                            <Icon glyph=Glyph::ChevronRight class="file-tree__turn"/>
                            <Icon glyph=Glyph::Folder/>
                            {name}
                            <span class="file-tree__meta">{count}</span>
                        </summary>
                        {folder.view()}
                    </details>
                </li>
            }
        });
        let mut files = self.files;
        files.sort_by(|one, other| one.0.cmp(&other.0));
        let files = files.into_iter().map(|(name, file)| {
            let size = file.bytes.to_string() + " B";
            let contents = match file.contents {
                Some(spans) => view! { <Coloured spans name=file.path/> }.into_any(),
                None => view! { <p class="muted">"Large or no text, so it is not shown."</p> }.into_any(),
            };
            view! {
                <li>
                    <details>
                        <summary>
                            <Icon glyph=Glyph::ChevronRight class="file-tree__turn"/>
                            <Icon glyph=Glyph::File/>
                            <span class="mono">{name}</span>
                            <span class="file-tree__meta">{size}</span>
                        </summary>
                        <div class="file-tree__contents">{contents}</div>
                    </details>
                </li>
            }
        });
        view! { <ul>{folders.collect_view()}{files.collect_view()}</ul> }.into_any()
    }
}

/// Files as a tree; each opens to show what is in it, without any script.
#[component]
pub fn FileTree(files: Vec<TreeFile>) -> impl IntoView {
    let mut root = Folder::default();
    for file in files {
        let path = file.path.clone();
        root.insert(&path, file);
    }
    let count = match root.count() {
        1 => "1 file".to_owned(),
        count => count.to_string() + " files",
    };
    view! { <div class="file-tree"><p class="file-tree__count">{count}</p>{root.view()}</div> }
}
