//! Trees and rendering at their edges: nothing gets out, and nothing half done stays.

use proptest::prelude::*;
use serde_json::{Value, json};
use slipway_nunjucks::{Engine, backstage};
use slipway_scaffold::{FetchTemplateOptions, File, Tree, TreeError, fetch_template, render_tree, safe_path};

fn engine() -> Engine {
    backstage::engine(backstage::public_hosts())
}

fn tree(files: &[(&str, &str)]) -> Tree {
    let mut tree = Tree::default();
    for (path, text) in files {
        tree.insert(path, File::text(*text)).unwrap();
    }
    tree
}

fn render(files: &[(&str, &str)], values: Value, options: &FetchTemplateOptions) -> Vec<(String, String)> {
    let tree = render_tree(&tree(files), &values, options, &engine()).unwrap();
    tree.iter().map(|(path, file)| (path.to_owned(), String::from_utf8(file.bytes.clone()).unwrap())).collect()
}

fn paths(files: &[&str], values: Value) -> Vec<String> {
    let files: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
    render(&files, values, &FetchTemplateOptions::default()).into_iter().map(|(path, _)| path).collect()
}

#[test]
fn an_empty_part_of_a_path_leaves_the_file_out() {
    let files = [
        "{% if values.on %}yes.txt{% endif %}",
        "{% if values.off %}no.txt{% endif %}",
        "{% if values.off %}gone{% endif %}/x.txt",
        "a/{% if values.off %}b{% endif %}/c.txt",
        "dir-${{ values.name }}/a.txt",
    ];
    assert_eq!(paths(&files, json!({ "on": true, "off": false, "name": "x" })), ["dir-x/a.txt", "yes.txt"]);
}

#[test]
fn a_value_may_make_folders_but_not_leave() {
    assert_eq!(paths(&["${{ values.p }}/f"], json!({ "p": "com/example" })), ["com/example/f"]);
    for evil in ["..", "../x", "a/../../x", "x\0y"] {
        let skeleton = tree(&[("${{ values.p }}/f", "")]);
        let error =
            render_tree(&skeleton, &json!({ "p": evil }), &FetchTemplateOptions::default(), &engine()).unwrap_err();
        assert!(error.message.ends_with("is not a path inside the folder"), "{error}");
    }
}

#[test]
fn an_error_names_the_file_and_leaves_the_workspace_alone() {
    let mut workspace = tree(&[("kept", "k")]);
    let before = workspace.clone();
    let skeleton = tree(&[("a.txt", "fine"), ("b/c.txt", "one\ntwo ${{ values.x | nofilter }}")]);
    let error =
        fetch_template(&mut workspace, &skeleton, &json!({}), &FetchTemplateOptions::default(), &engine()).unwrap_err();
    assert_eq!(error.to_string(), "b/c.txt:2:20: Unknown filter \"nofilter\"");
    assert_eq!(workspace, before);
}

#[test]
fn a_file_cannot_become_a_folder_or_go_through_a_link() {
    let mut workspace = tree(&[("a", "file"), ("d/e", "")]);
    let link = File { bytes: b"/etc".to_vec(), executable: false, link: true };
    workspace.insert("link", link).unwrap();
    for path in ["a/b", "link/passwd", "d"] {
        assert!(matches!(workspace.insert(path, File::text("")), Err(TreeError::Taken { .. })), "{path}");
    }
}

#[test]
fn options_pick_what_is_rendered() {
    let files = [("a.txt.njk", "${{ values.n }}"), ("b.txt", "${{ values.n }}")];
    let with = |options: Value| render(&files, json!({ "n": 1 }), &serde_json::from_value(options).unwrap());
    let text = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    assert_eq!(with(json!({})), [text("a.txt.njk", "1"), text("b.txt", "1")]);
    assert_eq!(
        with(json!({ "templateFileExtension": ".njk" })),
        [text("a.txt", "1"), text("b.txt", "${{ values.n }}")]
    );
    assert_eq!(
        with(json!({ "copyWithoutTemplating": ["*.txt"] })),
        [text("a.txt.njk", "1"), text("b.txt", "${{ values.n }}")]
    );
    assert_eq!(with(json!({ "targetPath": "./out/" })), [text("out/a.txt.njk", "1"), text("out/b.txt", "1")]);
    let both: FetchTemplateOptions =
        serde_json::from_value(json!({ "templateFileExtension": "njk", "copyWithoutTemplating": ["x"] })).unwrap();
    assert!(render_tree(&tree(&files), &json!({}), &both, &engine()).is_err());
    let outside: FetchTemplateOptions = serde_json::from_value(json!({ "targetPath": "../out" })).unwrap();
    assert!(render_tree(&tree(&files), &json!({}), &outside, &engine()).is_err());
}

#[test]
fn cookiecutter_has_its_own_delimiters_and_name() {
    let options = FetchTemplateOptions { cookiecutter_compat: true, ..FetchTemplateOptions::default() };
    let files = [(
        "{{cookiecutter.name}}",
        "{% for k, v in cookiecutter.o.items() %}{{ k }}={{ v }}{% endfor %} ${{ x }} {{ cookiecutter.o | jsonify }}",
    )];
    let rendered = render(&files, json!({ "name": "n", "o": { "a": 1 } }), &options);
    assert_eq!(rendered, [("n".to_owned(), "a=1 $ {\"a\":1}".to_owned())]);
}

#[test]
fn the_hash_changes_with_content_path_and_mode() {
    let base = tree(&[("a", "x")]);
    let mut executable = base.clone();
    executable.insert("a", File { executable: true, ..File::text("x") }).unwrap();
    let all = [
        base.hash(),
        tree(&[("b", "x")]).hash(),
        tree(&[("a", "y")]).hash(),
        executable.hash(),
        Tree::default().hash(),
    ];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
    assert_eq!(base.hash(), tree(&[("./a", "x")]).hash());
}

#[cfg(unix)]
#[test]
fn a_folder_is_read_without_following_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("d/empty")).unwrap();
    std::fs::write(folder.path().join("d/run"), "x").unwrap();
    std::fs::set_permissions(folder.path().join("d/run"), std::fs::Permissions::from_mode(0o755)).unwrap();
    symlink("/etc", folder.path().join("etc")).unwrap();
    let tree = Tree::read_dir(folder.path()).unwrap();
    let files: Vec<_> =
        tree.iter().map(|(path, file)| (path, file.executable, file.link, file.bytes.as_slice())).collect();
    assert_eq!(files, [("d/run", true, false, &b"x"[..]), ("etc", false, true, b"/etc")]);
    assert_eq!((tree.len(), tree.bytes(), tree.subtree("d").len()), (2, 5, 1));
}

proptest! {
    #[test]
    fn a_safe_path_never_leaves(path in "[./a\\\\-]{0,12}") {
        if let Ok(safe) = safe_path(&path) {
            prop_assert!(!safe.starts_with('/') && safe.split('/').all(|part| !matches!(part, "" | "." | "..")));
        }
    }
}
