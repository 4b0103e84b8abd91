//! What golden paths have in common is a copy in each of them, since a template may fetch only what is beside it.

use crate::{
    render::{root, templates},
    tools,
};
use slipway_scaffold::Tree;
use slipway_tests::needs;
use std::{fs, path::Path, process::Command};

#[test]
fn copies_of_shared_folders_are_the_same_as_what_they_are_copies_of() {
    let folder = root().join("templates");
    for template in templates() {
        let copies = folder.join(&template).join("shared");
        let names = fs::read_dir(&copies).unwrap_or_else(|error| panic!("{}: {error}", copies.display()));
        let mut count = 0;
        for name in names.map(|entry| entry.expect("a readable folder").file_name()) {
            let mend = "run `sh templates/shared/copy.sh`";
            assert_same(&folder.join("shared").join(&name), &copies.join(&name), mend);
            count += 1;
        }
        assert!(count >= 4, "{template} has what every service has, and each pipeline");
    }
}

fn assert_same(original: &Path, copy: &Path, mend: &str) {
    let read = |folder: &Path| Tree::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let (original, of) = (read(original), original);
    let copied = read(copy);
    for (path, file) in original.iter() {
        assert!(copied.get(path) == Some(file), "{}/{path} differs from {}: {mend}", copy.display(), of.display());
    }
    assert_eq!(copied.len(), original.len(), "{} has more files than {}: {mend}", copy.display(), of.display());
}

#[test]
fn every_golden_path_asks_for_a_service_and_its_pipeline_in_the_same_words() {
    let text = |template: &str| {
        let file = root().join("templates").join(template).join("template.yaml");
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    let between = |text: &str, from: &str, to: &str| {
        let start = text.find(from).unwrap_or_else(|| panic!("no {from:?}"));
        let end = text[start..].find(to).unwrap_or_else(|| panic!("no {to:?} after {from:?}"));
        text[start..start + end].to_owned()
    };
    let common = |text: &str| {
        [
            between(text, "    - title: The service\n", "    - title: How it runs\n"),
            between(text, "        ci:\n", "  steps:\n"),
            between(text, "    - id: repository\n", "          2. Start it"),
        ]
    };
    let first = common(&text("rust-axum-service"));
    for template in templates() {
        assert_eq!(common(&text(&template)), first, "{template}");
    }
}

#[test]
fn golden_files_are_what_comes_out_and_there_is_no_mistake_in_any_template() {
    if !needs::met("golden files", &[needs::PROGRAM]) {
        return;
    }
    let program = needs::path(needs::PROGRAM).expect("it is set");
    let folder = root().join("templates");
    for arguments in [["template", "test"].as_slice(), &["template", "lint", "--strict"]] {
        tools::run(Command::new(&program).args(arguments).arg(&folder));
    }
}
