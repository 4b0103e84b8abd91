//! Versions of templates are kept by their content.

mod common;

use common::TestWorld;
use slipway_api_types::ErrorCode;
use slipway_scaffold::{File, Tree};
use slipway_services::create::versions::{Version, keep, open};

fn files(text: &str) -> Tree {
    let mut tree = Tree::default();
    tree.insert("template.yaml", File::text(text)).unwrap();
    tree.insert("skeleton/run.sh", File { executable: true, ..File::text("#!/bin/sh\n") }).unwrap();
    tree.insert_folder("skeleton/empty").unwrap();
    tree
}

#[tokio::test]
async fn a_version_leads_to_the_same_files_for_ever() {
    let slipway = TestWorld::new().await.slipway;
    let first = keep(&slipway, files("one")).await.unwrap();
    let second = keep(&slipway, files("two")).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(keep(&slipway, files("one")).await.unwrap(), first, "the same files are the same version");

    let folder = open(&slipway, &first).await.unwrap().unwrap();
    assert_eq!(Tree::read_dir(&folder).unwrap(), files("one"));
    assert_eq!(Version::parse(first.as_str()).as_ref(), Some(&first));
    assert_eq!(first.short().len(), 12);
    let left = std::fs::read_dir(folder.parent().unwrap()).unwrap().count();
    assert_eq!(left, 2, "nothing unfinished is left");
}

#[tokio::test]
async fn what_is_not_kept_is_not_found_and_links_are_refused() {
    let slipway = TestWorld::new().await.slipway;
    assert_eq!(open(&slipway, &Version::of(&files("one"))).await.unwrap(), None);
    assert_eq!(Version::parse("../../etc"), None);
    let mut tree = files("one");
    tree.insert("skeleton/all", File { link: true, ..File::text("/etc") }).unwrap();
    let refused = keep(&slipway, tree).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Conflict);
    assert!(refused.message.starts_with("skeleton/all is a symbolic link"), "{refused:?}");
}
