//! What a step fetches: that it is there, that it can be rendered, and what would silently go wrong in it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use slipway_nunjucks::Engine;

use super::{Finding, Level, has_expression};
use crate::binary::is_binary;
use crate::glob::Globs;
use crate::render::FetchTemplateOptions;
use crate::source::Source;
use crate::template::{Template, TemplateError};
use crate::tree::Tree;

/// Names that GitHub's workflows use and templates never have.
static WORKFLOW: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\$\{\{-?\s*(secrets|github|env|vars|matrix|needs|runner|inputs|jobs|steps)\.").ok());
static VALUE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\bvalues\.([A-Za-z_$][\w$]*)").ok());
static UNQUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:- )?[\w./-]+:\s+(?:[^'\x22|>\s#].*)?\$\{\{-?\s*values\.([\w$]+)\s*-?\}\}").ok()
});

pub(super) fn check(
    template: &Template,
    index: usize,
    file: &str,
    source: &dyn Source,
    engine: &Engine,
    findings: &mut Vec<Finding>,
) {
    let step = &template.steps[index];
    let field = format!("spec.steps.{index}.input.url");
    let Some(url) = step.input["url"].as_str().filter(|url| !has_expression(&Value::from(*url))) else { return };
    let renders = step.action == "fetch:template";
    if !renders && step.action != "fetch:plain" {
        return;
    }
    let tree = match source.tree(url) {
        Ok(tree) => tree,
        // An address elsewhere is none of the template's mistakes.
        Err(why) => {
            let level = if crate::is_absolute(url) { Level::Warning } else { Level::Error };
            findings.push(Finding { level, problem: template.error(file, &field, why) });
            return;
        }
    };
    let Some(options) = FetchTemplateOptions::from_input(&step.input).ok().filter(|_| renders) else { return };
    let folder = called(file, url);
    let skeleton = Skeleton { template, values: &step.input["values"], options: &options, engine, folder };
    skeleton.check(&tree, findings);
}

/// What a fetched folder is called: by its address, or by its path beside the template.
fn called(file: &str, url: &str) -> String {
    let url = url.trim_end_matches('/');
    match file.rsplit_once('/') {
        Some((folder, _)) if !crate::is_absolute(url) && !url.starts_with('/') => {
            format!("{folder}/{}", url.trim_start_matches("./"))
        }
        _ => url.to_owned(),
    }
}

struct Skeleton<'a> {
    template: &'a Template,
    values: &'a Value,
    options: &'a FetchTemplateOptions,
    engine: &'a Engine,
    folder: String,
}

impl Skeleton<'_> {
    fn check(&self, tree: &Tree, findings: &mut Vec<Finding>) {
        let Ok(copied) = Globs::new(&self.options.copy_without_templating, tree, true) else { return };
        let extension =
            self.options.template_file_extension.as_deref().map(|e| format!(".{}", e.trim_start_matches('.')));
        let engine = self.options.engine(self.engine);
        for (path, file) in tree.iter() {
            if let Err(error) = engine.check(path) {
                findings.push(self.finding(Level::Error, path, (1, 1), format!("The file's name: {}", error.message)));
            }
            let rendered =
                extension.as_deref().map_or_else(|| !copied.matches(path), |extension| path.ends_with(extension));
            if !rendered || file.link || is_binary(&file.bytes) {
                continue;
            }
            let text = String::from_utf8_lossy(&file.bytes);
            if let Err(error) = engine.check(&text) {
                let place = error.position.map_or((1, 1), |at| (at.line, at.column));
                findings.push(self.finding(Level::Error, path, place, error.message));
                continue;
            }
            for error in engine.unknown_names(&text) {
                let place = error.position.map_or((1, 1), |at| (at.line, at.column));
                findings.push(self.finding(Level::Error, path, place, error.message));
            }
            if !self.options.cookiecutter_compat {
                self.lines(path, &text, findings);
            }
        }
    }

    fn lines(&self, path: &str, text: &str, findings: &mut Vec<Finding>) {
        let (Some(workflow), Some(value), Some(unquoted)) = (&*WORKFLOW, &*VALUE, &*UNQUOTED) else { return };
        let yaml = path.ends_with(".yaml") || path.ends_with(".yml");
        let mut raw = false;
        for (number, line) in text.lines().enumerate() {
            let place =
                |at: usize| (u32::try_from(number + 1).unwrap_or(u32::MAX), u32::try_from(at + 1).unwrap_or(u32::MAX));
            if line.contains("{% raw") || line.contains("{%- raw") || line.contains("verbatim") {
                raw = !line.contains("endraw") && !line.contains("endverbatim");
                continue;
            }
            if raw {
                raw = !(line.contains("endraw") || line.contains("endverbatim"));
                continue;
            }
            if let Some(found) = workflow.find(line) {
                let message = "This is rendered, to nothing; name the file in copyWithoutTemplating, or put it between {% raw %} and {% endraw %}";
                findings.push(self.finding(Level::Warning, path, place(found.start()), message.into()));
            }
            if let Some(given) = self.values.as_object() {
                for found in value.captures_iter(line).filter_map(|found| found.get(1)) {
                    if !given.contains_key(found.as_str()) && line.contains("{{") {
                        let message = format!("The step gives no value \"{}\", so this is undefined", found.as_str());
                        findings.push(self.finding(Level::Warning, path, place(found.start()), message));
                    }
                }
            }
            if let Some(found) = unquoted.captures(line).filter(|_| yaml).and_then(|found| found.get(1))
                // Within quotes further on in the line: {name: "…"}.
                && line[..found.start()].matches('"').count() % 2 == 0
                && self.is_free_text(found.as_str())
            {
                let message = format!(
                    "values.{} is any text; a colon in it breaks this YAML. Write ${{{{ values.{} | dump }}}}",
                    found.as_str(),
                    found.as_str()
                );
                findings.push(self.finding(Level::Warning, path, place(found.start()), message));
            }
        }
    }

    /// Whether a value is a parameter that may be any text.
    fn is_free_text(&self, value: &str) -> bool {
        let Some(written) = self.values[value].as_str() else { return false };
        let inside = written.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
        let Some(name) = inside.and_then(|inside| inside.strip_prefix("parameters.")) else { return false };
        let schema =
            self.template.pages().into_iter().map(|page| page["properties"][name].clone()).find(|s| !s.is_null());
        schema.is_some_and(|schema| {
            let bound = ["enum", "pattern", "format", "const", "ui:field"].iter().any(|key| schema.get(*key).is_some());
            schema["type"] == "string" && !bound
        })
    }

    fn finding(&self, level: Level, path: &str, place: (u32, u32), message: String) -> Finding {
        let file = format!("{}/{path}", self.folder);
        Finding {
            level,
            problem: TemplateError { file, line: place.0, column: place.1, field: String::new(), message },
        }
    }
}
