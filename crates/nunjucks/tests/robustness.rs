//! No text makes the interpreter panic, run for ever or exhaust the stack.

use proptest::prelude::*;
use serde_json::json;
use slipway_nunjucks::{Engine, ErrorKind, Limits, Syntax, backstage};

fn engine() -> Engine {
    let limits = Limits { work: 20_000, text_bytes: 1 << 20, ..Limits::default() };
    backstage::engine(backstage::public_hosts()).with_limits(limits)
}

fn run(source: &str) {
    let context =
        json!({ "values": { "s": "é😀x y", "n": 3, "list": [3, "a", null, [1]], "o": { "b": 1, "2": "x", "1": [] } } });
    let context = context.as_object().unwrap();
    for engine in [engine(), engine().with_blocks(true, true), engine().with_syntax(Syntax::Cookiecutter)] {
        let _ = engine.render(source, context);
        let _ = engine.evaluate(source, context);
    }
}

/// Pieces that templates are made of, so that random texts get past the parser.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "${{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "-",
        "{{",
        " ",
        "\n",
        "if",
        "else",
        "elif",
        "endif",
        "for",
        "in",
        "endfor",
        "set",
        "endset",
        "macro",
        "endmacro",
        "call",
        "endcall",
        "filter",
        "endfilter",
        "switch",
        "case",
        "endswitch",
        "raw",
        "endraw",
        "x",
        "y",
        "loop",
        "values.s",
        "values.n",
        "values.list",
        "values.o",
        "values",
        "range",
        "cycler",
        "joiner",
        "caller",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "=",
        "==",
        "===",
        "<",
        "+",
        "~",
        "*",
        "**",
        "/",
        "//",
        "%",
        "|",
        "not",
        "and",
        "or",
        "is",
        "1",
        "0",
        "-1",
        "1e9",
        "2.5",
        "100000",
        "\"a\"",
        "'b'",
        "\"",
        "r/./g",
        "r/(a)|b*/",
        "null",
        "true",
        "upper",
        "replace",
        "join",
        "sort",
        "dump",
        "batch",
        "slice",
        "list",
        "center",
        "indent",
        "truncate",
        "groupby",
        "dictsort",
        "select",
        "round",
        "int",
        "striptags",
        "urlize",
        "push",
        "splice",
        "split",
        "fill",
        "flat",
        "concat",
        "copyWithin",
        "lastIndexOf",
        "substring",
        "toFixed",
        "toString",
        "length",
        "defined",
        "odd",
        "pick",
        "parseRepoUrl",
        "parseEntityRef",
        "é",
        "😀",
        "\\",
    ];
    prop_oneof![8 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)]
}

/// A filter, method or test applied to odd arguments.
fn expression() -> impl Strategy<Value = String> {
    let values = vec![
        "values.s",
        "values.n",
        "values.list",
        "values.o",
        "\"ab\"",
        "-1",
        "0",
        "2.5",
        "1/0",
        "0/0",
        "[]",
        "null",
        "zz",
        "r/a/g",
        "{}",
        "range",
    ];
    let names = vec![
        "abs",
        "batch",
        "capitalize",
        "center",
        "default",
        "dictsort",
        "dump",
        "escape",
        "first",
        "float",
        "groupby",
        "indent",
        "int",
        "join",
        "last",
        "length",
        "list",
        "nl2br",
        "random",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "round",
        "select",
        "selectattr",
        "slice",
        "sort",
        "string",
        "striptags",
        "sum",
        "title",
        "trim",
        "truncate",
        "urlencode",
        "urlize",
        "wordcount",
        "pick",
        "parseRepoUrl",
    ];
    let methods = vec![
        "at",
        "charAt",
        "charCodeAt",
        "concat",
        "copyWithin",
        "endsWith",
        "fill",
        "flat",
        "includes",
        "indexOf",
        "join",
        "lastIndexOf",
        "pop",
        "push",
        "replace",
        "reverse",
        "shift",
        "slice",
        "sort",
        "splice",
        "split",
        "startsWith",
        "substring",
        "toExponential",
        "toFixed",
        "toPrecision",
        "toString",
        "trim",
        "unshift",
        "test",
    ];
    let value = prop::sample::select(values);
    let args = prop::collection::vec(value.clone(), 0..4).prop_map(|args| args.join(", "));
    (value, prop::sample::select(names), prop::sample::select(methods), args, any::<bool>()).prop_map(
        |(value, name, method, args, filter)| {
            if filter {
                format!("${{{{ {value} | {name}({args}) | dump }}}}")
            } else {
                format!("${{{{ ({value}).{method}({args}) }}}}")
            }
        },
    )
}

proptest! {
    #[test]
    fn any_text_is_handled(source in any::<String>()) {
        run(&source);
    }

    #[test]
    fn any_tag_soup_is_handled(pieces in prop::collection::vec(piece(), 0..40)) {
        run(&pieces.concat());
        run(&pieces.join(" "));
        run(&format!("${{{{ {} }}}}", pieces.join(" ")));
    }

    #[test]
    fn any_call_is_handled(source in expression()) {
        run(&source);
    }

    /// Text without tags is its own rendering.
    #[test]
    fn plain_text_stays(source in "[^{}#]*") {
        prop_assert_eq!(engine().render(&source, &Default::default()).unwrap(), source);
    }
}

/// Runs on a stack as small as a server's worker threads have.
fn limited(source: &str) {
    let source = source.to_owned();
    let run = move || engine().render(&source, &Default::default());
    let result = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    assert_eq!(result.unwrap_err().kind, ErrorKind::Limit);
}

#[test]
fn deep_and_endless_templates_hit_a_limit() {
    limited(&format!("${{{{ {}1{} }}}}", "(".repeat(5000), ")".repeat(5000)));
    limited(&format!("${{{{ {}1{} }}}}", "[".repeat(5000), "]".repeat(5000)));
    limited(&format!("${{{{ 1{} }}}}", " ~ 1".repeat(5000)));
    limited(&format!("${{{{ 1{} }}}}", "|string".repeat(5000)));
    limited(&format!("${{{{ x{} }}}}", ".a".repeat(5000)));
    limited(&format!("${{{{ {}x }}}}", "not ".repeat(5000)));
    limited(&"{% if 1 %}".repeat(5000));
    limited("{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}");
    limited("{% for i in range(1000000000) %}x{% endfor %}");
    limited("{% set s = 'ab' %}{% for i in range(64) %}{% set s = s ~ s %}{% endfor %}${{ s }}");
    limited("{% set a = [1] %}{% for i in range(64) %}{% set a = [a, a] %}{% endfor %}${{ a }}");
    limited("{% set a = [1] %}{% for i in range(5000) %}{% set a = [a] %}{% endfor %}${{ a | dump }}");
    limited("${{ 'a' | center(1000000000) }}");
    limited("${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | replace('', 'x' | center(100000)) }}");
}

#[test]
fn the_deepest_template_that_is_allowed_fits_a_worker_thread() {
    let nested = format!(
        "{}${{{{ {}1{} }}}}{}",
        "{% if 1 %}".repeat(30),
        "(".repeat(30),
        ")".repeat(30),
        "{% endif %}".repeat(30)
    );
    let run = move || Engine::default().render(&nested, &Default::default());
    let result = std::thread::Builder::new().stack_size(2 << 20).spawn(run).unwrap().join().unwrap();
    assert_eq!(result.unwrap(), "1");
}

#[test]
fn a_list_cannot_hold_itself() {
    let error = engine().render("{% set a = [] %}${{ a.push(a) }}", &Default::default()).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 23: A list cannot be put into itself");
}
