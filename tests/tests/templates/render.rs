//! From a golden path and an input to a folder, by the program itself.

use crate::tools;
use serde_json::{Value, json};
use slipway_tests::needs;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// Set: every input instead of one.
const ALL: &str = "SLIPWAY_TEST_ALL_TEMPLATES";

/// The folder of the sources.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests has a parent").to_path_buf()
}

/// The names of the golden paths that ship.
pub fn templates() -> Vec<String> {
    let entries = fs::read_dir(root().join("templates")).expect("there are templates");
    let entries = entries.map(|entry| entry.expect("a readable folder"));
    let with_template = entries.filter(|entry| entry.path().join("template.yaml").is_file());
    let mut names: Vec<String> =
        with_template.map(|entry| entry.file_name().into_string().expect("names are ASCII")).collect();
    names.sort();
    assert!(names.len() >= 9, "{names:?}");
    names
}

/// What a golden path made of an input.
pub struct Rendered {
    /// The golden path's name.
    pub template: String,
    /// Where it is.
    pub folder: PathBuf,
}

/// The pipelines that a service can have.
const PIPELINES: [&str; 3] = ["github", "gitlab", "codepipeline"];

/// The pipeline that a golden path is built with, where one will do: each another one, so that all are.
fn usual_pipeline(template: &str) -> &'static str {
    let place = templates().iter().position(|name| name == template).expect("a golden path");
    PIPELINES[place % PIPELINES.len()]
}

/// The inputs that are tried with a golden path: each with the name of its folder. One for each of `pipelines`, or the whole matrix.
fn inputs(pipelines: &[&str]) -> Vec<(String, Value)> {
    let usual = json!({
        "name": "order-intake", "description": "Takes \"orders\": from the shop & the <web>, to the warehouse.",
        "owner": "group:default/orders", "system": "system:default/shop", "port": 8080, "cpu": 512, "memory": 1024,
        "replicas": 2, "logLevel": "info",
    });
    if needs::path(ALL).is_none() {
        let with = |ci: &&str| {
            let mut input = usual.clone();
            input["ci"] = json!(ci);
            ((*ci).to_owned(), input)
        };
        return pipelines.iter().map(with).collect();
    }
    let mut all = Vec::new();
    for ci in PIPELINES {
        for whole in [true, false] {
            let mut input = usual.clone();
            input["ci"] = json!(ci);
            if whole {
                input["queueUrl"] = json!("https://sqs.eu-central-1.amazonaws.com/123456789012/orders");
                input["modelUrl"] = json!("https://models.example.com/v1");
            } else {
                // The longest name, and nothing that can be left out.
                input["name"] = json!("a".repeat(40));
                input["port"] = json!(65535);
                input.as_object_mut().expect("an object").remove("system");
            }
            all.push((format!("{ci}-{}", if whole { "whole" } else { "bare" }), input));
        }
    }
    all
}

/// A golden path with one input, or every one of the matrix; nothing, and a word about it, when the program is not there.
pub fn render(template: &str, purpose: &str) -> Vec<Rendered> {
    render_with(template, purpose, &[usual_pipeline(template)])
}

/// As [`render`], with each pipeline that a service can have.
pub fn render_pipelines(template: &str, purpose: &str) -> Vec<Rendered> {
    render_with(template, purpose, &PIPELINES)
}

fn render_with(template: &str, purpose: &str, pipelines: &[&str]) -> Vec<Rendered> {
    if !needs::met(&format!("{template}: {purpose}"), &[needs::PROGRAM]) {
        return Vec::new();
    }
    let program = needs::path(needs::PROGRAM).expect("it is set");
    let place = tools::target_folder().join("rendered").join(purpose.replace(' ', "-")).join(template);
    let one = |(name, input): (String, Value)| {
        let folder = place.join(&name);
        if folder.exists() {
            fs::remove_dir_all(&folder).expect("what was rendered before can be removed");
        }
        fs::create_dir_all(&place).expect("a folder can be made");
        let values = place.join(format!("{name}.json"));
        fs::write(&values, input.to_string()).expect("a file can be written");
        let template_file = root().join("templates").join(template).join("template.yaml");
        let mut command = Command::new(&program);
        command.args(["template", "run"]).arg(template_file).arg("--values").arg(values).arg("--out").arg(&folder);
        tools::run(&mut command);
        Rendered { template: template.to_owned(), folder }
    };
    inputs(pipelines).into_iter().map(one).collect()
}
