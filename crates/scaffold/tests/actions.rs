//! What the actions do to a workspace, and what they refuse.

use serde_json::{Map, Value, json};
use slipway_nunjucks::{Engine, backstage};
use slipway_scaffold::{
    Actions, File, Globs, NoFiles, Report, RunContext, Runner, Source, Status, Template, Tree, Verdict, import_report,
    lint, validate, with_defaults,
};

/// A folder with a file, at every address.
struct Everywhere(Tree);

impl Source for Everywhere {
    fn tree(&self, _: &str) -> Result<Tree, String> {
        Ok(self.0.clone())
    }

    fn file(&self, address: &str) -> Result<File, String> {
        self.0.get(address).cloned().ok_or_else(|| format!("{address} is not there"))
    }
}

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

fn template(steps: Value) -> String {
    json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "t" },
        "spec": { "type": "service", "steps": steps }
    })
    .to_string()
}

/// Runs steps in a workspace; everything that is fetched is in it at its start too.
fn run(steps: Value, workspace: &mut Tree, secrets: Value, stubs: Value) -> Report {
    let source = Everywhere(workspace.clone());
    let (template, _) = Template::read(&template(steps), "t.yaml", &source).unwrap();
    let (engine, actions) = (engine(), Actions::default());
    let stubs: Map<String, Value> = stubs.as_object().unwrap().clone();
    let runner = Runner { actions: &actions, source: &source, engine: &engine, stubs: &stubs, file: "t.yaml" };
    let secrets = secrets.as_object().unwrap().clone();
    let context = RunContext::new(engine.clone(), &Map::new(), &Value::Null, "run").with_secrets(secrets);
    runner.run(&template, context, workspace)
}

/// The workspace after one action: paths and texts, and folders with nothing.
fn after(files: &[(&str, &str)], action: &str, input: Value) -> Result<Vec<String>, String> {
    let mut workspace = tree(files);
    let report = run(json!([{ "action": action, "input": input }]), &mut workspace, json!({}), json!({}));
    if let Some(error) = report.errors.first() {
        return Err(error.message.clone());
    }
    let text = |file: &File| String::from_utf8_lossy(&file.bytes).into_owned();
    Ok(workspace.iter().map(|(path, file)| format!("{path}={}", text(file))).collect())
}

#[test]
fn files_are_deleted_by_pattern_and_folders_stay() {
    let files = [("a/1.txt", "1"), ("a/2.log", "2"), ("a/.h", "h"), ("b.txt", "b"), (".dot", "d")];
    let left = |pattern: &str| after(&files, "fs:delete", json!({ "files": [pattern] })).unwrap().len();
    assert_eq!(left("a"), 3, "hidden files are not in a folder's name");
    assert_eq!(left("a/*.log"), 4);
    assert_eq!(left("**/*.txt"), 3);
    assert_eq!(left(".dot"), 4);
    assert_eq!(left("{b.txt,a/1.txt}"), 3);
    assert_eq!(left("nothing"), 5);
    assert!(after(&files, "fs:delete", json!({ "files": ["a/../../x"] })).is_err());
    let mut workspace = tree(&files);
    run(
        json!([{ "action": "fs:delete", "input": { "files": ["a/*", "a/.h"] } }]),
        &mut workspace,
        json!({}),
        json!({}),
    );
    assert!(workspace.is_folder("a") && !workspace.contains("a/1.txt"));
}

#[test]
fn renaming_never_overwrites_unasked() {
    let files = [("a/x", "x"), ("b", "b")];
    let rename = |from: &str, to: &str, overwrite: bool| {
        after(&files, "fs:rename", json!({ "files": [{ "from": from, "to": to, "overwrite": overwrite }] }))
    };
    assert_eq!(rename("a", "c/d", false).unwrap(), ["b=b", "c/d/x=x"]);
    assert!(rename("b", "a/x", false).unwrap_err().contains("set overwrite"));
    assert_eq!(rename("b", "a/x", true).unwrap(), ["a/x=b"]);
    assert!(rename("none", "z", false).unwrap_err().contains("there is no"));
    assert!(rename("a", "a/b", false).is_err());
    assert!(rename("b", "../b", true).is_err());
}

#[test]
fn one_file_is_rendered_and_stays_when_it_is_there() {
    let files = [("t", "v=${{ values.v }}"), ("old", "old")];
    let render = |target: &str, replace: bool| {
        let input = json!({ "url": "t", "targetPath": target, "values": { "v": 1 }, "replace": replace });
        after(&files, "fetch:template:file", input).unwrap()
    };
    assert!(render("new", false).contains(&"new=v=1".to_owned()));
    assert!(render("old", false).contains(&"old=old".to_owned()));
    assert!(render("old", true).contains(&"old=v=1".to_owned()));
    let input = json!({ "sourcePath": "t", "targetPath": "w", "values": { "v": 2 } });
    assert!(after(&files, "workspace:template:file", input).unwrap().contains(&"w=v=2".to_owned()));
    let error = after(&[("t", "x\n${{ 1 + }}")], "fetch:template:file", json!({ "url": "t", "targetPath": "o" }));
    assert!(error.unwrap_err().contains("t:2:"));
}

#[test]
fn a_folder_of_the_workspace_is_rendered_elsewhere_only() {
    let files = [("tpl/${{ values.n }}", "${{ values.n }}")];
    let input = |target: &str| json!({ "sourcePath": "tpl", "targetPath": target, "values": { "n": "x" } });
    assert!(after(&files, "workspace:template", input("out")).unwrap().contains(&"out/x=x".to_owned()));
    for inside in ["tpl", "tpl/in", "./tpl/"] {
        assert!(after(&files, "workspace:template", input(inside)).unwrap_err().contains("targetPath"));
    }
}

#[test]
fn a_folder_is_packed_and_the_same_files_are_the_same_bytes() {
    let files = [("a/1.txt", "one"), ("a/b/2.txt", "two"), ("c.txt", "three")];
    let pack = |workspace: &mut Tree, path: &str, to: &str| {
        let input = json!({ "path": path, "outputPath": to });
        run(json!([{ "id": "z", "action": "roadiehq:utils:zip", "input": input }]), workspace, json!({}), json!({}))
    };
    let names = |workspace: &Tree, path: &str| {
        let bytes = workspace.get(path).unwrap().bytes.clone();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut names = Vec::new();
        for n in 0..archive.len() {
            let mut text = String::new();
            let mut entry = archive.by_index(n).unwrap();
            std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
            names.push(format!("{}={text}", entry.name().unwrap()));
        }
        names
    };
    let mut workspace = tree(&files);
    pack(&mut workspace, "a", "out/a.zip");
    assert_eq!(names(&workspace, "out/a.zip"), ["1.txt=one", "b/2.txt=two"]);
    pack(&mut workspace, "c.txt", "c.zip");
    assert_eq!(names(&workspace, "c.zip"), ["c.txt=three"]);
    // Done again, it is no part of itself.
    let mut whole = tree(&files);
    pack(&mut whole, ".", "all.zip");
    let once = whole.get("all.zip").unwrap().bytes.clone();
    pack(&mut whole, ".", "all.zip");
    assert_eq!(whole.get("all.zip").unwrap().bytes, once);
    assert_eq!(names(&whole, "all.zip").len(), 3);
    let refused = |path: &str, to: &str| after(&files, "roadiehq:utils:zip", json!({ "path": path, "outputPath": to }));
    assert!(refused("none", "x.zip").unwrap_err().contains("there is no file or folder"));
    assert!(refused("../x", "x.zip").is_err() && refused("a", "../x.zip").is_err() && refused("a", ".").is_err());
}

#[test]
fn jsonata_is_refused_with_its_reason() {
    let text = template(json!([{ "action": "roadiehq:utils:jsonata", "input": { "expression": "a" } }]));
    let report = import_report(&text, "template.yaml", &NoFiles, &Actions::default(), &engine());
    assert_eq!(report.verdict, Verdict::Refused);
    assert!(report.actions[0].why.starts_with("JSONata is a language of its own"), "{}", report.actions[0].why);
}

#[test]
fn entities_are_written_with_their_template() {
    let entity = json!({ "kind": "Component", "metadata": { "name": "svc", "annotations": { "a": "b" } } });
    let written = after(&[], "catalog:write", json!({ "entity": entity })).unwrap();
    let text = "catalog-info.yaml=kind: Component\nmetadata:\n  name: svc\n  annotations:\n    a: b\n    backstage.io/source-template: template:default/t\n";
    assert_eq!(written, [text]);
}

#[test]
fn roadies_utilities_work_on_files() {
    let written = after(&[], "roadiehq:utils:fs:write", json!({ "path": "d/x", "content": "c" })).unwrap();
    assert_eq!(written, ["d/x=c"]);
    let files = [("a.json", "{\"a\":[1],\"b\":{\"c\":1}}"), ("a.yaml", "a: 1\n---\nk: two\n")];
    let content = json!({ "a": [2], "b": { "d": 2 } });
    let input = json!({ "path": "a.json", "content": content, "mergeArrays": true });
    let merged = after(&files[..1], "roadiehq:utils:merge", input).unwrap();
    assert_eq!(merged, ["a.json={\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {\n    \"c\": 1,\n    \"d\": 2\n  }\n}"]);
    let place =
        json!({ "path": "a.yaml", "content": "x: y", "useDocumentIncludingField": { "key": "k", "value": "two" } });
    assert_eq!(after(&files[1..], "roadiehq:utils:merge", place).unwrap(), ["a.yaml=a: 1\n---\nk: two\nx: y\n"]);
    let replaced =
        json!({ "files": [{ "file": "*.txt", "find": "(a)b", "matchRegex": true, "replaceWith": "$1-$$" }] });
    assert_eq!(after(&[("x.txt", "ab ab")], "roadiehq:utils:fs:replace", replaced).unwrap(), ["x.txt=a-$ a-$"]);
}

#[test]
fn outputs_come_from_stubs_or_examples() {
    let steps = json!([
        { "id": "p", "action": "publish:github", "input": { "repoUrl": "github.com?owner=a&repo=b" } },
        { "id": "q", "action": "publish:gitlab", "input": { "repoUrl": "x" } },
        { "id": "c", "action": "catalog:fetch", "input": { "entityRef": "component:shop/svc" } },
        { "id": "n", "action": "acme:own", "each": [1, 2], "input": {} }
    ]);
    let stubs = json!({ "p": { "remoteUrl": "u" }, "n": { "o": 1 } });
    let report = run(steps.clone(), &mut Tree::default(), json!({}), stubs);
    assert_eq!(report.status, Status::Completed, "{:?}", report.errors);
    assert_eq!(report.steps[0].outputs, json!({ "remoteUrl": "u" }));
    assert_eq!(report.steps[1].outputs["projectId"], 0);
    assert_eq!(report.steps[1].outputs["remoteUrl"], "<example>");
    assert_eq!(report.steps[2].outputs["entity"]["metadata"]["namespace"], "shop");
    assert_eq!(report.steps[3].outputs, json!({ "o": [1, 1] }));
    // Nothing runs when one action is not known.
    let refused = run(steps, &mut Tree::default(), json!({}), json!({}));
    assert!(refused.steps.is_empty() && refused.errors[0].message.contains("acme:own"));
}

#[test]
fn secrets_are_not_told() {
    let steps = json!([
        { "id": "l", "action": "debug:log", "input": { "message": "token ${{ secrets.TOKEN }} and ${{ secrets.TOKEN | upper }}" } },
        { "id": "p", "action": "roadiehq:utils:serialize:json", "input": { "data": { "t": "${{ secrets.TOKEN }}" } } },
        { "id": "x", "action": "fs:rename", "input": { "files": [{ "from": "${{ secrets.TOKEN }}", "to": "b" }] } }
    ]);
    let report = run(steps, &mut Tree::default(), json!({ "TOKEN": "hunter2" }), json!({}));
    let told = format!("{}\n{:?}\n{:?}", serde_json::to_string(&report).unwrap(), report.log, report.errors);
    assert!(!told.to_lowercase().contains("hunter2"), "{told}");
    assert_eq!(report.status, Status::Failed);
}

#[test]
fn placeholders_are_filled_before_anything_is_checked() {
    let source = Everywhere(tree(&[
        ("step.yaml", "id: s\naction: debug:log\ninput: { message: { $text: ./x } }\n"),
        ("page.json", "{\"title\":\"P\"}"),
        ("two.yaml", "a: 1\n---\nb: 2\n"),
    ]));
    let text = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "t", "k": { "$text": "page.json", "x": 1 } },
        "spec": { "type": "service", "parameters": { "$json": "page.json" }, "steps": [{ "$yaml": "step.yaml" }] }
    });
    let (template, _) = Template::read(&text.to_string(), "t.yaml", &source).unwrap();
    assert_eq!((template.steps[0].id.as_str(), template.form.pages[0].title.as_str()), ("s", "P"));
    // What was inserted is not looked at again, and an object with more keys is left alone.
    assert_eq!(template.steps[0].input["message"]["$text"], "./x");
    assert_eq!(template.entity["metadata"]["k"]["x"], 1);
    for missing in ["none.yaml", "two.yaml"] {
        let broken = text.to_string().replace("step.yaml", missing);
        let error = Template::read(&broken, "t.yaml", &source).unwrap_err();
        assert!(error.message.contains(missing) || error.message.contains("document"), "{error}");
    }
}

#[test]
fn parameters_get_the_defaults_of_the_branch_they_are_in() {
    let page = json!({
        "properties": { "ci": { "type": "string", "enum": ["a", "b"], "default": "a" }, "o": { "type": "object", "properties": { "x": { "default": 1 } } } },
        "dependencies": { "ci": { "oneOf": [
            { "properties": { "ci": { "enum": ["a"] }, "forA": { "default": "A" } } },
            { "properties": { "ci": { "enum": ["b"] }, "forB": { "default": "B" } }, "required": ["forB"] }
        ] } },
        "allOf": [{ "if": { "properties": { "forB": { "const": "B" } }, "required": ["forB"] }, "then": { "properties": { "deep": { "default": true } } } }]
    });
    let fill = |values: Value| Value::Object(with_defaults(std::slice::from_ref(&page), values.as_object().unwrap()));
    assert_eq!(fill(json!({})), json!({ "ci": "a", "o": { "x": 1 }, "forA": "A" }));
    assert_eq!(
        fill(json!({ "ci": "b", "o": { "x": 2 } })),
        json!({ "ci": "b", "o": { "x": 2 }, "forB": "B", "deep": true })
    );
    assert!(validate(&page, &fill(json!({ "ci": "b" }))).is_empty());
    assert!(!validate(&page, &json!({ "ci": "b" })).is_empty());
}

#[test]
fn schemas_say_what_draft_seven_says() {
    let wrong = |schema: Value, value: Value| validate(&schema, &value).len();
    for (schema, good, bad) in [
        (json!({ "pattern": "^(?!x).+$" }), json!("ab"), json!("xb")),
        (json!({ "exclusiveMinimum": 1 }), json!(2), json!(1)),
        (json!({ "multipleOf": 0.1 }), json!(0.3), json!(0.25)),
        (json!({ "uniqueItems": true }), json!([1, 2]), json!([1, 1.0])),
        (json!({ "items": [{ "type": "string" }], "additionalItems": false }), json!(["a"]), json!(["a", "b"])),
        (json!({ "contains": { "const": 1 } }), json!([0, 1]), json!([0])),
        (
            json!({ "patternProperties": { "^x-": { "type": "number" } }, "additionalProperties": false }),
            json!({ "x-a": 1 }),
            json!({ "y": 1 }),
        ),
        (json!({ "propertyNames": { "maxLength": 1 } }), json!({ "a": 1 }), json!({ "ab": 1 })),
        (json!({ "if": { "const": 1 }, "then": false }), json!(2), json!(1)),
        (json!({ "not": { "type": "null" } }), json!(1), json!(null)),
        (
            json!({ "definitions": { "n": { "type": "number" } }, "properties": { "a": { "$ref": "#/definitions/n" } } }),
            json!({ "a": 1 }),
            json!({ "a": "1" }),
        ),
        (json!({ "dependencies": { "a": ["b"] } }), json!({ "a": 1, "b": 1 }), json!({ "a": 1 })),
        (json!({ "format": "email" }), json!("a@b"), json!("ab")),
        (json!({ "type": ["integer", "null"] }), json!(2.0), json!(2.5)),
    ] {
        assert_eq!((wrong(schema.clone(), good), wrong(schema.clone(), bad)), (0, 1), "{schema}");
    }
    assert_eq!(wrong(json!({ "$ref": "#" }), json!(1)), 1, "a circle ends");
}

#[test]
fn patterns_are_globbys() {
    let files = tree(&[
        ("docs/a.md", ""),
        ("docs/.h/b", ""),
        ("x.tpl", ""),
        ("d/y.tpl", ""),
        (".hid", ""),
        ("{{ n }}.txt", ""),
        ("f[1]", ""),
    ]);
    let fits = |patterns: &[&str], dot: bool| -> Vec<String> {
        let globs = Globs::new(patterns, &files, dot).unwrap();
        files.iter().map(|(path, _)| path).filter(|path| globs.matches(path)).map(str::to_owned).collect()
    };
    assert_eq!(fits(&["docs"], true), ["docs/.h/b", "docs/a.md"]);
    assert_eq!(fits(&["docs/"], false), ["docs/a.md"]);
    assert_eq!(fits(&["*.tpl"], true), ["x.tpl"]);
    assert_eq!(fits(&["**/*.tpl"], true), ["d/y.tpl", "x.tpl"]);
    assert_eq!(fits(&["*"], true), [".hid", "f[1]", "x.tpl", "{{ n }}.txt"]);
    assert_eq!(fits(&["**", "!docs", "!**/*.tpl"], true), [".hid", "f[1]", "{{ n }}.txt"]);
    assert_eq!(fits(&["{x,d/y}.tpl", "@(.hid|q)"], true), [".hid", "d/y.tpl", "x.tpl"]);
    assert_eq!(fits(&["{{ n }}.txt", "f[1]"], true), ["f[1]", "{{ n }}.txt"]);
    assert_eq!(fits(&["?.[st]pl", "d/[!x].tpl"], true), ["d/y.tpl", "x.tpl"]);
    assert!(
        Globs::new(&["!(a)"], &files, true).unwrap().matches("x")
            || !Globs::new(&["!(a)"], &files, true).unwrap().matches("a")
    );
}

#[test]
fn lint_finds_what_would_go_wrong_silently() {
    let skeleton = tree(&[
        ("quoted.yaml", "metadata: {name: \"${{ values.name }}\"}\n"),
        ("ci.yaml", "run: ${{ secrets.X }}\nname: ${{ values.name }}\nother: ${{ values.gone }}\n"),
        ("raw.yaml", "{% raw %}\nrun: ${{ secrets.X }}\n{% endraw %}\n"),
        ("bad.txt", "one\n${{ values. }}"),
        ("now.txt", "${{ 'x' | now if values.name is nowhere }}"),
    ]);
    let text = json!({
        "apiVersion": "scaffolder.backstage.io/v1beta3", "kind": "Template", "metadata": { "name": "t" },
        "spec": {
            "type": "service",
            "parameters": { "properties": { "name": { "type": "string" } } },
            "steps": [
                { "id": "a-b", "action": "fetch:template", "if": "${{ secrets.T }}", "input": { "url": "./sk", "values": { "name": "${{ parameters.name }}" }, "copyWithoutRender": [] } },
                { "id": "c", "action": "debug:log", "input": { "message": "${{ steps.a-b.output.x }} ${{ parameters.nope }} ${{ steps.later.output }}", "mesage": 1 } },
                { "id": "later", "action": "acme:own" }
            ]
        }
    });
    let found = lint(&text.to_string(), "paths/t.yaml", &Everywhere(skeleton), &Actions::default(), &engine());
    let all: Vec<String> = found.iter().map(|finding| finding.problem.to_string()).collect();
    for (part, times) in [
        ("paths/sk/ci.yaml:1:6: This is rendered, to nothing", 1),
        ("raw.yaml", 0),
        ("quoted.yaml", 0),
        ("ci.yaml:2:", 1),
        ("gives no value \"gone\"", 1),
        ("bad.txt:2:", 1),
        ("now.txt:1:11: Unknown filter", 1),
        ("now.txt:1:", 2),
        ("Secrets are seen only", 1),
        ("copyWithoutRender is passed over", 1),
        ("read as a subtraction", 1),
        ("parameter \"nope\"", 1),
        ("No earlier step has the id \"later\"", 1),
        ("mesage", 1),
        ("There is no action acme:own", 1),
    ] {
        assert_eq!(all.iter().filter(|line| line.contains(part)).count(), times, "{part} in {all:#?}");
    }
}

#[test]
fn a_report_says_what_becomes_of_each_action() {
    let text = template(
        json!([{ "action": "fetch:template" }, { "action": "publish:github" }, { "action": "fetch:template" }, { "action": "acme:own" }]),
    );
    let report = import_report(&text, "t.yaml", &NoFiles, &Actions::default(), &engine());
    let seen: Vec<_> = report.actions.iter().map(|a| (a.action.as_str(), a.steps, a.verdict)).collect();
    assert_eq!(
        seen,
        [
            ("fetch:template", 2, Verdict::Supported),
            ("publish:github", 1, Verdict::Emulated),
            ("acme:own", 1, Verdict::Refused)
        ]
    );
    assert_eq!(report.verdict, Verdict::Refused);
    assert_eq!(import_report("kind: [", "t.yaml", &NoFiles, &Actions::default(), &engine()).verdict, Verdict::Refused);
}
