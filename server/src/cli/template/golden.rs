//! Golden files: what a template makes of known inputs, kept beside it and compared with what it makes now.

use super::{
    find_templates, placed, read_object,
    run::{Case, run},
    tree,
};
use crate::cli::{counted, print};
use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Value};
use similar::TextDiff;
use slipway_nunjucks::Dialect;
use slipway_scaffold::{ErrorHabit, File, Globs, Status, Tree};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The file that holds how a run ended, beside what it made.
const RESULT: &str = "result.json";
/// The folder of what it made.
const FILES: &str = "files";
/// Most combinations of one case.
const MOST: usize = 1_000;

/// `slipway template test`
#[derive(clap::Args)]
pub struct Options {
    /// A folder with templates, or one template. Cases are in `tests/cases.yaml` beside it.
    #[arg(value_name = "FOLDER")]
    place: PathBuf,
    /// Write the golden files anew.
    #[arg(long)]
    update: bool,
    /// Only cases whose name has this in it.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Addresses that begin so are read from this folder.
    #[arg(long = "map", value_name = "PREFIX=FOLDER")]
    maps: Vec<String>,
}

/// `tests/cases.yaml`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Suite {
    user: Option<String>,
    /// Hosts of repositories beside the public ones, each with its kind.
    host: Map<String, Value>,
    map: Map<String, Value>,
    stub: Map<String, Value>,
    /// Which files are kept and compared, as patterns; all when none is said. Leaves out lock files, say.
    files: Vec<String>,
    cases: Map<String, Value>,
}

/// One case, with what it adds to the suite.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct CaseFile {
    values: Map<String, Value>,
    secrets: Map<String, Value>,
    stub: Map<String, Value>,
    user: Option<String>,
    /// Which files this case is about, in place of the suite's.
    files: Vec<String>,
    /// Of each parameter, the values to be tried, each with each.
    matrix: Map<String, Value>,
    /// It must not work, and say this.
    fails: Option<String>,
}

impl Options {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let (mut count, mut failed) = (0, 0);
        for template in find_templates(&self.place)? {
            let suite_file = template.with_file_name("tests").join("cases.yaml");
            if !suite_file.is_file() {
                eprintln!("{}: no cases; write {}", template.display(), suite_file.display());
                continue;
            }
            let suite: Suite = typed(Value::Object(read_object(&suite_file)?), &suite_file, "")?;
            let golden = template.with_file_name("tests").join("golden");
            let mut names = BTreeSet::new();
            for (name, body) in &suite.cases {
                if !is_file_name(name) {
                    bail!(
                        "{}: cases.{name}: a case is called as the folder of its golden files is; leave out / and dots alone",
                        placed(&suite_file, &format!("cases.{name}"))
                    );
                }
                let case: CaseFile = typed(body.clone(), &suite_file, &format!("cases.{name}."))?;
                for (name, case) in combinations(name, &case)? {
                    if !names.insert(name.clone()) {
                        bail!(
                            "{}: two cases are called {name}; their golden files would be the same",
                            suite_file.display()
                        );
                    }
                    if self.case.as_ref().is_some_and(|wanted| !name.contains(wanted.as_str())) {
                        continue;
                    }
                    count += 1;
                    let problems = self.one(&template, &suite, &case, &golden.join(&name))?;
                    if problems.is_empty() {
                        print(&format!("ok      {}: {name}", template.display()));
                    } else {
                        failed += 1;
                        print(&format!("FAILED  {}: {name}", template.display()));
                        problems.iter().for_each(|problem| print(problem));
                    }
                }
            }
            if self.case.is_none() {
                failed += self.leftovers(&golden, &names)?;
            }
        }
        eprintln!("{}, {failed} failed", counted(count, "case"));
        if count == 0 {
            eprintln!("nothing was tested");
        }
        Ok(if failed > 0 || count == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// What is wrong with one case; nothing when the golden files were written.
    fn one(&self, template: &Path, suite: &Suite, case: &CaseFile, golden: &Path) -> anyhow::Result<Vec<String>> {
        let mut maps = self.maps.clone();
        let beside = |folder: &str| template.with_file_name("tests").join(folder).display().to_string();
        maps.extend(
            suite
                .map
                .iter()
                .map(|(prefix, folder)| format!("{prefix}={}", beside(folder.as_str().unwrap_or_default()))),
        );
        let hosts: Vec<String> =
            suite.host.iter().map(|(host, kind)| format!("{host}={}", kind.as_str().unwrap_or_default())).collect();
        let mut stubs = suite.stub.clone();
        stubs.extend(case.stub.clone());
        let done = run(
            template,
            Case {
                values: &case.values,
                secrets: case.secrets.clone(),
                user: case.user.as_deref().or(suite.user.as_deref()),
                maps: &maps,
                hosts: &hosts,
                stubs: &stubs,
                habit: ErrorHabit::Fail,
                dialect: Dialect::default(),
                // The same in every run, so that files which carry it stay the same.
                task: "00000000-0000-4000-8000-000000000000".to_owned(),
            },
        );
        let error = match &done {
            Err(error) => Some(format!("{error:#}")),
            Ok((report, _)) if report.status == Status::Failed => {
                Some(report.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
            }
            Ok(_) => None,
        };
        match (&case.fails, error) {
            (Some(wanted), Some(error)) if error.contains(wanted.as_str()) => return Ok(Vec::new()),
            (Some(wanted), Some(error)) => return Ok(vec![format!("  it should say \"{wanted}\", but says: {error}")]),
            (Some(wanted), None) => return Ok(vec![format!("  it should not work, and say \"{wanted}\"")]),
            (None, Some(error)) => return Ok(vec![format!("  {error}")]),
            (None, None) => {}
        }
        let (report, workspace) = done?;
        let workspace = kept(&workspace, if case.files.is_empty() { &suite.files } else { &case.files })?;
        let result = format!("{}\n", serde_json::to_string_pretty(&report)?);
        if self.update {
            if golden.exists() {
                fs::remove_dir_all(golden).with_context(|| format!("{} cannot be removed", golden.display()))?;
            }
            fs::create_dir_all(golden.join(FILES))?;
            tree::write(&workspace, &golden.join(FILES))?;
            fs::write(golden.join(RESULT), result)?;
            return Ok(Vec::new());
        }
        if !golden.is_dir() {
            return Ok(vec![format!("  there are no golden files in {}; write them with --update", golden.display())]);
        }
        let mut problems = Vec::new();
        let known = fs::read_to_string(golden.join(RESULT)).unwrap_or_default();
        problems.extend(difference(RESULT, &known, &result));
        let files = golden.join(FILES);
        let known = if files.is_dir() { Tree::read_dir(&files)? } else { Tree::default() };
        problems.extend(differences(&known, &workspace));
        Ok(problems)
    }

    /// Golden files of cases that are no more: taken away, or told.
    fn leftovers(&self, golden: &Path, names: &BTreeSet<String>) -> anyhow::Result<usize> {
        let mut found = 0;
        let Ok(entries) = fs::read_dir(golden) else { return Ok(0) };
        for entry in entries {
            let entry = entry?;
            if !entry.file_type()?.is_dir() || names.contains(entry.file_name().to_string_lossy().as_ref()) {
                continue;
            }
            if self.update {
                fs::remove_dir_all(entry.path())?;
            } else {
                println!(
                    "FAILED  {}: there is no such case any more; --update takes its files away",
                    entry.path().display()
                );
                found += 1;
            }
        }
        Ok(found)
    }
}

/// The files that a case is about.
fn kept(workspace: &Tree, patterns: &[String]) -> anyhow::Result<Tree> {
    if patterns.is_empty() {
        return Ok(workspace.clone());
    }
    let globs = Globs::new(patterns, workspace, true)?;
    let mut kept = Tree::default();
    for (path, file) in workspace.iter().filter(|(path, _)| globs.matches(path)) {
        kept.insert(path, file.clone())?;
    }
    Ok(kept)
}

fn typed<T: serde::de::DeserializeOwned>(value: Value, file: &Path, at: &str) -> anyhow::Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let field = format!("{at}{}", error.path());
        anyhow::anyhow!("{}: {field}: {}", placed(file, &field), error.inner())
    })
}

/// Whether a text is the name of one folder.
fn is_file_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0'])
}

/// A case for each combination of its matrix, named by what differs.
fn combinations(name: &str, case: &CaseFile) -> anyhow::Result<Vec<(String, CaseFile)>> {
    let mut list = vec![(name.to_owned(), CaseFile { matrix: Map::new(), ..case.clone() })];
    for (parameter, choices) in &case.matrix {
        let Some(choices) = choices.as_array().filter(|choices| !choices.is_empty()) else {
            bail!("cases.{name}.matrix.{parameter}: a list of values is needed");
        };
        if list.len() * choices.len() > MOST {
            bail!("cases.{name}.matrix: more than {MOST} combinations; make several cases of it");
        }
        let with = |(name, case): &(String, CaseFile), choice: &Value| {
            let mut case = case.clone();
            case.values.insert(parameter.clone(), choice.clone());
            (format!("{name},{parameter}={}", safe(choice)), case)
        };
        list = list.iter().flat_map(|so_far| choices.iter().map(move |choice| with(so_far, choice))).collect();
    }
    Ok(list)
}

/// A value as a part of a file name.
fn safe(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().take(40).map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect()
}

/// How two trees differ, file by file; folders do not count, since Git does not keep empty ones.
fn differences(known: &Tree, now: &Tree) -> Vec<String> {
    let paths: BTreeSet<&str> = known.iter().chain(now.iter()).map(|(path, _)| path).collect();
    let mut problems = Vec::new();
    for path in paths {
        match (known.get(path), now.get(path)) {
            (Some(_), None) => problems.push(format!("  {path}: is not made any more")),
            (None, Some(_)) => problems.push(format!("  {path}: is new")),
            (Some(known), Some(now)) => {
                if (known.executable, known.link) != (now.executable, now.link) {
                    problems.push(format!("  {path}: was {}, is {}", kind(known), kind(now)));
                }
                match (std::str::from_utf8(&known.bytes), std::str::from_utf8(&now.bytes)) {
                    (Ok(known), Ok(now)) => problems.extend(difference(path, known, now)),
                    _ if known.bytes != now.bytes => problems.push(format!("  {path}: other bytes")),
                    _ => {}
                }
            }
            (None, None) => {}
        }
    }
    problems
}

fn kind(file: &File) -> &'static str {
    match (file.link, file.executable) {
        (true, _) => "a link",
        (false, true) => "executable",
        (false, false) => "a plain file",
    }
}

/// Two texts as a unified diff, if they differ.
fn difference(path: &str, known: &str, now: &str) -> Option<String> {
    if known == now {
        return None;
    }
    let diff = TextDiff::from_lines(known, now);
    Some(diff.unified_diff().header(&format!("golden/{path}"), &format!("now/{path}")).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_matrix_is_each_with_each() {
        let case: CaseFile = serde_json::from_value(json!({
            "values": { "name": "x" }, "matrix": { "a": [1, 2], "b": ["u/v", true] }
        }))
        .unwrap();
        let all = combinations("c", &case).unwrap();
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["c,a=1,b=u_v", "c,a=1,b=true", "c,a=2,b=u_v", "c,a=2,b=true"]);
        assert_eq!(all[3].1.values, json!({ "name": "x", "a": 2, "b": true }).as_object().unwrap().clone());
    }

    #[test]
    fn a_case_cannot_be_called_so_that_other_folders_are_taken_for_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("my-path");
        let new = super::super::new::Options { folder: place.clone(), owner: "platform".to_owned() };
        new.run().unwrap();
        for name in ["a/b", "..", "../../elsewhere"] {
            fs::write(place.join("tests/cases.yaml"), format!("cases:\n  \"{name}\": {{}}\n")).unwrap();
            let options = Options { place: place.clone(), update: true, case: None, maps: Vec::new() };
            let error = options.run().unwrap_err().to_string();
            assert!(error.contains("cases.yaml:2:") && error.contains("a case is called"), "{error}");
        }
        assert!(place.join("template.yaml").is_file());
    }

    #[test]
    fn a_case_keeps_the_files_it_is_about() {
        let mut made = Tree::default();
        for path in ["uv.lock", "src/app.py", ".gitlab-ci.yml"] {
            made.insert(path, File::default()).unwrap();
        }
        let paths = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            let kept = kept(&made, &patterns).unwrap();
            kept.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(paths(&[]).len(), 3);
        assert_eq!(paths(&["**", "!uv.lock"]), [".gitlab-ci.yml", "src/app.py"]);
        assert_eq!(paths(&[".gitlab-ci.yml"]), [".gitlab-ci.yml"]);
    }

    /// What `new` writes has no mistake in it, and its cases work as they are.
    #[test]
    fn a_new_template_is_fit_for_ci() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("my-path");
        let done = super::super::new::Options { folder: place.clone(), owner: "group:default/team".to_owned() };
        assert_eq!(done.run().unwrap(), ExitCode::SUCCESS);
        let test = |update| {
            let options = Options { place: place.clone(), update, case: None, maps: Vec::new() };
            options.run().unwrap()
        };
        assert_eq!(test(false), ExitCode::FAILURE);
        assert_eq!(test(true), ExitCode::SUCCESS);
        assert_eq!(test(false), ExitCode::SUCCESS);
        let made = place.join("tests/golden/usual,port=9090/files/README.md");
        assert!(fs::read_to_string(&made).unwrap().contains("port 9090"));
        fs::write(&made, "other").unwrap();
        assert_eq!(test(false), ExitCode::FAILURE);
        let lint = super::super::lint::Options { place, maps: Vec::new(), strict: true };
        assert_eq!(lint.run().unwrap(), ExitCode::SUCCESS);
    }
}
