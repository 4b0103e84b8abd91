//! What the golden paths render is software that compiles and whose own tests pass.

use serde_json::{Value, json};
use slipway_nunjucks::Engine;
use slipway_scaffold::{FetchTemplateOptions, RunContext, Template, Tree, fetch_template};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn a_rust_service_compiles_and_its_tests_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests has a parent").to_path_buf();
    let input = json!({
        "name": "order-intake", "description": "Takes orders from the shop and hands them to the warehouse.",
        "owner": "group:default/orders", "system": "system:default/shop", "port": 8080, "cpu": 256, "memory": 512,
        "replicas": 2, "logLevel": "info",
    });
    let tree = render(&root.join("templates/rust-axum-service"), &input);
    assert!(tree.len() >= 20, "a whole service: {} files", tree.len());

    let target = target_folder(&root);
    let folder = target.join("rendered/order-intake");
    write(&tree, &folder);
    let output = Command::new(env!("CARGO"))
        .args(["test", "--locked", "--target-dir"])
        // One that is kept: its dependencies are compiled once.
        .arg(target.join("rendered/target"))
        .current_dir(&folder)
        // It is a workspace of its own, built as anybody would.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .expect("cargo runs");
    let said = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "cargo test in {}:\n{said}", folder.display());
    assert!(said.contains("test result: ok"), "it has tests:\n{said}");
}

/// Everything that the steps `fetch:template` of a template render from `input`.
fn render(folder: &Path, input: &Value) -> Tree {
    let file = folder.join("template.yaml");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let template = Template::parse(&text, "template.yaml").unwrap_or_else(|error| panic!("{error}"));
    let engine = Engine::default();
    let parameters = input.as_object().expect("an object");
    let context =
        RunContext::new(engine.clone(), parameters, &json!({"ref": "user:default/ada", "entity": {}}), "test");
    let mut workspace = Tree::default();
    for step in template.steps.iter().filter(|step| step.action == "fetch:template") {
        let input = context.input(step, None).unwrap_or_else(|error| panic!("{error}"));
        let options: FetchTemplateOptions =
            serde_json::from_value(input.clone()).unwrap_or_else(|error| panic!("{error}"));
        let skeleton = folder.join(input["url"].as_str().expect("an url"));
        let skeleton = Tree::read_dir(&skeleton).unwrap_or_else(|error| panic!("{error}"));
        let rendered = fetch_template(&mut workspace, &skeleton, &input["values"], &options, &engine);
        rendered.unwrap_or_else(|error| panic!("{error}"));
    }
    workspace
}

/// Puts a tree on the disk in place of what is there. Files that stay the same keep their times, so that cargo sees it.
fn write(tree: &Tree, folder: &Path) {
    if let Ok(before) = Tree::read_dir(folder) {
        for (path, _) in before.iter().filter(|(path, _)| tree.get(path).is_none() && !path.starts_with("target/")) {
            fs::remove_file(folder.join(path)).expect("an old file can be removed");
        }
    }
    for (path, file) in tree.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
        if fs::read(&path).ok().as_ref() != Some(&file.bytes) {
            fs::write(&path, &file.bytes).expect("a file can be written");
        }
    }
}

/// The workspace's own target folder: where this test was built.
fn target_folder(root: &Path) -> PathBuf {
    let program = std::env::current_exe().expect("this is a program");
    // <target>/<profile>/deps/<program>
    program.ancestors().nth(3).map_or_else(|| root.join("target"), Path::to_path_buf)
}
