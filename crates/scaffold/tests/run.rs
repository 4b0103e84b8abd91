//! Whole templates with the outcome Backstage itself gave for them, run as the command line runs them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use slipway_nunjucks::backstage;
use slipway_scaffold::{
    Actions, ErrorHabit, File, Report, RunContext, Runner, Source, Status, Template, Tree, resolve,
};

/// Cases that come out differently. One that starts to pass must leave the list.
const KNOWN_GAPS: &[&str] = &[];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The folders that a case's `reads` gives for its addresses.
struct Reads {
    base: String,
    folders: BTreeMap<String, PathBuf>,
}

impl Reads {
    fn of(case: &Value) -> Self {
        let reads = case["reads"].as_array().unwrap().iter().filter_map(|read| {
            let local = read["local"].as_str()?.trim_start_matches("synthetic+cases/");
            Some((read["readTree"].as_str()?.to_owned(), fixtures().join("skeletons").join(local)))
        });
        Self { base: case["baseUrl"].as_str().unwrap().to_owned(), folders: reads.collect() }
    }
}

impl Source for Reads {
    fn tree(&self, address: &str) -> Result<Tree, String> {
        let address = resolve(&self.base, address);
        let folder = self.folders.get(&address).ok_or_else(|| format!("{address} cannot be read"))?;
        Tree::read_dir(folder).map_err(|error| error.to_string())
    }

    fn file(&self, address: &str) -> Result<File, String> {
        Err(format!("{address} cannot be read"))
    }
}

fn run(case: &Value) -> (Report, Tree) {
    let (template, _) = Template::read(&case["entity"].to_string(), "template.yaml", &Reads::of(case)).unwrap();
    let engine = backstage::engine(backstage::public_hosts());
    let actions = Actions::default();
    // What Backstage's run had in place of an action that reaches outside.
    let stubs: Map<String, Value> = template
        .steps
        .iter()
        .filter(|step| step.action == "stub:thing")
        .map(|step| (step.id.clone(), json!({})))
        .collect();
    let parameters = template.parameters(case["values"].as_object().unwrap(), "template.yaml").unwrap();
    let context = RunContext::new(engine.clone(), &parameters, &case["user"], "00000000-0000-4000-8000-000000000001")
        .with_secrets(case["secrets"].as_object().unwrap().clone())
        .with_habit(ErrorHabit::KeepText);
    let source = Reads::of(case);
    let runner = Runner { actions: &actions, source: &source, engine: &engine, stubs: &stubs, file: "template.yaml" };
    let mut workspace = Tree::default();
    let report = runner.run(&template, context, &mut workspace);
    (report, workspace)
}

/// Everything in a tree as the cases list it.
fn listed(tree: &Tree) -> BTreeMap<String, Value> {
    let mut list: BTreeMap<String, Value> =
        tree.folders().map(|folder| (format!("{folder}/"), json!({ "type": "dir" }))).collect();
    for (path, file) in tree.iter() {
        let content = String::from_utf8_lossy(&file.bytes).into_owned();
        let entry = match (file.link, file.executable) {
            (true, _) => json!({ "type": "symlink", "target": content }),
            (false, executable) => {
                json!({ "type": "file", "mode": if executable { "755" } else { "644" }, "text": content })
            }
        };
        list.insert(path.to_owned(), entry);
    }
    list
}

/// How a run differs from what the case expects.
fn difference(case: &Value) -> Option<String> {
    let (report, workspace) = run(case);
    let mut wrong = Vec::new();
    if (report.status == Status::Failed) != case["error"].is_string() {
        wrong.push(format!("wanted the error {}, got {:?}", case["error"], report.errors));
    }
    for (step, wanted) in report.steps.iter().zip(case["steps"].as_array().unwrap()) {
        let got = serde_json::to_value(step).unwrap();
        for key in ["id", "action", "status", "outputs"] {
            if got[key] != wanted[key] {
                wrong.push(format!("step {}: wanted {key} {}, got {}", step.id, wanted[key], got[key]));
            }
        }
        if Value::from(step.inputs.clone()) != wanted["inputs"] {
            wrong.push(format!("step {}: wanted inputs {}, got {:?}", step.id, wanted["inputs"], step.inputs));
        }
    }
    if report.output != case["output"] {
        wrong.push(format!("wanted output {}, got {}", case["output"], report.output));
    }
    let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
    for file in case["files"].as_array().unwrap() {
        let mut file = file.as_object().unwrap().clone();
        let path = file.shift_remove("path").unwrap().as_str().unwrap().to_owned();
        // Bytes that are no text: compared in the tests of fetch:template.
        if let Some(_bytes) = file.shift_remove("b64") {
            let bytes = workspace.get(&path).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
            file.insert("text".into(), bytes.into());
        }
        wanted.insert(path, file.into());
    }
    let got = listed(&workspace);
    if case["error"].is_null() && got != wanted {
        wrong.push(format!("wanted files {wanted:#?}\ngot {got:#?}"));
    }
    (!wrong.is_empty()).then(|| wrong.join("\n"))
}

#[test]
fn templates_come_out_as_in_backstage() {
    let mut failed = BTreeSet::new();
    let mut text = String::new();
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures().join("synthetic")).unwrap() {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        count += 1;
        if let Some(difference) = difference(&case) {
            let id = case["id"].as_str().unwrap();
            text += &format!("{id}: {difference}\n");
            failed.insert(id.to_owned());
        }
    }
    assert_eq!(count, 30);
    assert_eq!(failed, KNOWN_GAPS.iter().map(|id| (*id).to_owned()).collect(), "{text}");
}
