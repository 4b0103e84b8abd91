//! Each service is built, and its own tests are run: they start it, ask its health, and stop it with SIGTERM.

use crate::{
    render::render,
    tools::{attempt, command, find, run, target_folder},
};
use std::path::{Path, PathBuf};

const PURPOSE: &str = "build and tests";

/// Lints and tests a service in Python.
fn python(template: &str) {
    let Some(uv) = find("uv", template) else { return };
    for rendered in render(template, PURPOSE) {
        let uv = |arguments: &[&str]| {
            let mut command = command(&uv, &rendered.folder);
            // One that is kept, so that nothing is fetched twice.
            command.env("UV_PROJECT_ENVIRONMENT", target_folder().join("rendered/venv").join(template));
            command.env("UV_PYTHON_DOWNLOADS", "never");
            run(command.args(arguments))
        };
        uv(&["sync", "--locked"]);
        uv(&["run", "ruff", "format", "--check"]);
        uv(&["run", "ruff", "check"]);
        uv(&["run", "mypy"]);
        let said = uv(&["run", "pytest", "--quiet"]);
        assert!(said.contains(" passed"), "it has tests:\n{said}");
    }
}

#[test]
fn python_fastapi_service() {
    python("python-fastapi-service");
}

#[test]
fn python_worker() {
    python("python-worker");
}

#[test]
fn ai_chatbot_service() {
    python("ai-chatbot-service");
}

/// Lints and tests what comes with a `package.json`.
fn node(template: &str) {
    let Some(npm) = find("npm", template) else { return };
    for rendered in render(template, PURPOSE) {
        let npm = |arguments: &[&str]| run(command(&npm, &rendered.folder).args(arguments));
        npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        // Its formatter passes over what git passes over, and reads that from a repository.
        if let Some(git) = find("git", template) {
            run(command(&git, &rendered.folder).args(["init", "--quiet"]));
        }
        npm(&["run", "lint"]);
        let said = npm(&["test"]);
        assert!(said.contains("# fail 0") && !said.contains("# pass 0"), "it has tests:\n{said}");
    }
}

#[test]
fn typescript_fastify_service() {
    node("typescript-fastify-service");
}

#[test]
fn static_site() {
    node("static-site");
}

#[test]
fn go_service() {
    let template = "go-service";
    let Some(go) = find("go", template) else { return };
    for rendered in render(template, PURPOSE) {
        let go = |arguments: &[&str]| {
            // It has no dependencies: nothing may be fetched.
            run(command(&go, &rendered.folder).args(arguments).env("GOPROXY", "off").env("GOTOOLCHAIN", "local"))
        };
        let unformatted = go(&["fmt", "./..."]);
        assert_eq!(unformatted.trim(), "", "gofmt would change these");
        go(&["vet", "./..."]);
        let said = go(&["test", "./..."]);
        assert!(said.contains("ok  \tservice"), "it has tests:\n{said}");
    }
}

#[test]
fn rust_axum_service() {
    let cargo = PathBuf::from(env!("CARGO"));
    for rendered in render("rust-axum-service", PURPOSE) {
        let mut command = command(&cargo, &rendered.folder);
        // One that is kept: its dependencies are compiled once.
        command.args(["test", "--locked", "--target-dir"]).arg(target_folder().join("rendered/target"));
        let said = run(&mut command);
        assert!(said.contains("test result: ok"), "it has tests:\n{said}");
    }
}

#[test]
fn java_spring_boot_service() {
    let template = "java-spring-boot-service";
    let (Some(java), Some(maven)) = (find("java", template), find("mvn", template)) else { return };
    for rendered in render(template, PURPOSE) {
        // What no library is needed for: that it is Java.
        let parser = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates/Parse.java");
        run(command(&java, &rendered.folder).arg(parser).arg("src"));
        let (success, said) =
            attempt(command(&maven, &rendered.folder).args(["--batch-mode", "--no-transfer-progress", "verify"]));
        if said.contains("Could not transfer artifact") || said.contains("Unknown host") {
            println!("SKIPPED {template}: no repository of Maven's can be reached, so it is parsed and not built");
            continue;
        }
        assert!(success, "mvn verify in {}:\n{said}", rendered.folder.display());
    }
}

/// The modules of a service in Elixir that take nothing of a library in when they are compiled.
fn without_libraries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("lib/service")).expect("the service's own modules");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let alone = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).expect("a readable file");
        !["use Phoenix", "use Plug", "import Plug", "import Telemetry"].iter().any(|words| text.contains(words))
    };
    let found: Vec<PathBuf> = paths.filter(alone).collect();
    assert!(found.len() >= 4, "{found:?}");
    found
}

#[test]
fn elixir_phoenix_service() {
    let template = "elixir-phoenix-service";
    let Some(mix) = find("mix", template) else { return };
    for rendered in render(template, PURPOSE) {
        let mix = |arguments: &[&str]| attempt(command(&mix, &rendered.folder).args(arguments).env("MIX_ENV", "test"));
        // What cannot be read cannot be formatted.
        let (formatted, said) = mix(&["format", "--check-formatted"]);
        assert!(formatted, "mix format in {}:\n{said}", rendered.folder.display());
        let (fetched, _) = mix(&["deps.get"]);
        if !fetched {
            println!(
                "SKIPPED {template}: no packages of Hex can be had, so it is parsed, compiled where it needs none, and not built"
            );
            if let Some(compiler) = find("elixirc", template) {
                let out = rendered.folder.join("_build/alone");
                std::fs::create_dir_all(&out).expect("a folder can be made");
                let mut compile = command(&compiler, &rendered.folder);
                run(compile
                    .arg("--ignore-module-conflict")
                    .arg("-o")
                    .arg(&out)
                    .args(without_libraries(&rendered.folder)));
            }
            continue;
        }
        let (success, said) = mix(&["test", "--warnings-as-errors"]);
        assert!(success, "mix test in {}:\n{said}", rendered.folder.display());
    }
}
