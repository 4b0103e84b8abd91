//! Whole templates with the files Backstage made of them: the cases of `fetch:template`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use slipway_nunjucks::{Engine, backstage};
use slipway_scaffold::{FetchTemplateOptions, RunContext, Template, Tree, fetch_template};

/// Cases that come out differently. One that starts to pass must leave the list.
const KNOWN_GAPS: &[&str] = &[];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn engine() -> Engine {
    backstage::engine(backstage::public_hosts())
}

/// The template of a case, through our own parser.
fn template(case: &Value) -> Template {
    let mut entity = case["entity"].clone();
    entity["spec"]["parameters"] = Value::Null;
    Template::parse(&entity.to_string(), "template.yaml").unwrap()
}

/// The folder that the case's `reads` gives for a step's relative address.
fn skeleton(case: &Value, url: &str) -> Option<Tree> {
    let name = url.trim_start_matches("./").trim_start_matches("../");
    let reads = case["reads"].as_array().unwrap().iter();
    let read = reads.rev().find(|read| read["readTree"].as_str().unwrap().ends_with(name))?;
    let folder = read["local"].as_str().unwrap().trim_start_matches("synthetic+cases/").to_owned();
    Some(Tree::read_dir(&fixtures().join("skeletons").join(folder)).unwrap())
}

/// Runs the steps of a case that has nothing but `fetch:template`.
fn run(case: &Value) -> Result<Tree, String> {
    let template = template(case);
    let context = RunContext::new(engine(), case["values"].as_object().unwrap(), &case["user"], "run");
    let mut workspace = Tree::default();
    for step in &template.steps {
        let input = context.input(step, None).map_err(|e| e.to_string())?;
        let options: FetchTemplateOptions = serde_json::from_value(input.clone()).map_err(|e| e.to_string())?;
        let source = skeleton(case, input["url"].as_str().unwrap()).unwrap_or_default();
        fetch_template(&mut workspace, &source, &input["values"], &options, &engine()).map_err(|e| e.to_string())?;
    }
    Ok(workspace)
}

/// What the case expects at each path: kind or mode, and content.
fn expected(case: &Value) -> BTreeMap<String, (String, String)> {
    let files = case["files"].as_array().unwrap().iter().filter(|file| file["type"] != "dir");
    files
        .map(|file| {
            let content = file["text"].as_str().or(file["b64"].as_str()).or(file["target"].as_str()).unwrap();
            let mode = if file["type"] == "symlink" { "link" } else { file["mode"].as_str().unwrap() };
            (file["path"].as_str().unwrap().to_owned(), (mode.to_owned(), content.to_owned()))
        })
        .collect()
}

/// The same of a tree; what is not UTF-8 is in Base64, as the cases have it.
fn actual(tree: &Tree, expected: &BTreeMap<String, (String, String)>) -> BTreeMap<String, (String, String)> {
    tree.iter()
        .map(|(path, file)| {
            let mode = match (file.link, file.executable) {
                (true, _) => "link",
                (false, true) => "755",
                (false, false) => "644",
            };
            let text = String::from_utf8(file.bytes.clone()).ok();
            let wanted = expected.get(path).map(|(_, content)| content.clone());
            let content = match text {
                Some(text) if Some(&text) == wanted.as_ref() => text,
                text => match base64(&file.bytes) {
                    encoded if Some(&encoded) == wanted.as_ref() => encoded,
                    encoded => text.unwrap_or(encoded),
                },
            };
            (path.to_owned(), (mode.to_owned(), content))
        })
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().chain([0; 3].iter()).take(3).fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        for i in 0..4 {
            let digit = ALPHABET[(word >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

/// Both refuse a path, or both point to the same place of a file.
fn same_error(ours: &str, theirs: &str) -> bool {
    if theirs.starts_with("NotAllowedError") {
        return ours.ends_with("is not a path inside the folder");
    }
    let place = theirs.split_once("line ").and_then(|(_, rest)| rest.split_once(": "));
    place.is_some_and(|(place, _)| ours.contains(&format!(":{}:", place.replace(", column ", ":"))))
}

#[test]
fn skeletons_come_out_as_in_backstage() {
    let mut failed = BTreeSet::new();
    let mut report = String::new();
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures().join("synthetic")).unwrap() {
        let case: Value = serde_json::from_str(&std::fs::read_to_string(entry.unwrap().path()).unwrap()).unwrap();
        let steps = case["entity"]["spec"]["steps"].as_array().unwrap();
        if !steps.iter().all(|step| step["action"] == "fetch:template") {
            continue;
        }
        count += 1;
        let id = case["id"].as_str().unwrap().to_owned();
        let problem = match (run(&case), case["error"].as_str()) {
            (Ok(tree), None) => {
                let expected = expected(&case);
                let actual = actual(&tree, &expected);
                (actual != expected).then(|| format!("wanted {expected:#?}\ngot {actual:#?}"))
            }
            (Ok(_), Some(error)) => Some(format!("wanted the error {error}")),
            (Err(error), None) => Some(error),
            (Err(error), Some(wanted)) => {
                (!same_error(&error, wanted)).then(|| format!("wanted {wanted}\ngot {error}"))
            }
        };
        if let Some(problem) = problem {
            report += &format!("{id}: {problem}\n");
            failed.insert(id);
        }
    }
    assert_eq!(count, 22, "cases of fetch:template among the fixtures");
    assert_eq!(failed, KNOWN_GAPS.iter().map(|id| (*id).to_owned()).collect(), "{report}");
}

#[test]
fn a_file_that_is_too_large_says_how_it_gets_through() {
    let mut skeleton = Tree::default();
    skeleton.insert("data.csv", slipway_scaffold::File::text("a".repeat((4 << 20) + 1))).unwrap();
    let fetch = |options: FetchTemplateOptions| {
        let mut made = Tree::default();
        fetch_template(&mut made, &skeleton, &Value::Null, &options, &engine()).map(|()| made.len())
    };
    let error = fetch(FetchTemplateOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("data.csv:") && error.contains("copyWithoutTemplating"), "{error}");
    let copied =
        FetchTemplateOptions { copy_without_templating: vec!["*.csv".to_owned()], ..FetchTemplateOptions::default() };
    assert_eq!(fetch(copied).unwrap(), 1);
}
