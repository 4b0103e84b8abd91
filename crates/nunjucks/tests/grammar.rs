//! Templates made by their grammar, so that most of them are valid and all reach deep into the interpreter; then cut off, nested and
//! spoilt. Nothing panics, and the same template says the same twice.

use proptest::prelude::*;
use serde_json::{Value, json};
use slipway_nunjucks::{Context, Dialect, Engine, Limits, Syntax, backstage};

fn engines() -> [Engine; 4] {
    let limits = Limits { work: 20_000, text_bytes: 1 << 20, ..Limits::default() };
    let engine = || backstage::engine(backstage::public_hosts()).with_limits(limits);
    [
        engine(),
        engine().with_dialect(Dialect::Legacy),
        engine().with_blocks(true, true),
        engine().with_syntax(Syntax::Cookiecutter),
    ]
}

fn context() -> Context {
    let context = json!({
        "s": "é😀 x\u{0}\u{feff}", "n": -3, "f": 2.5, "list": [3, "a", null, [1], {"k": []}], "e": [], "o": {"b": 1, "2": "x", "é": {"b": 2}},
        "t": true, "z": null, "big": 9_007_199_254_740_993_i64,
    });
    context.as_object().cloned().unwrap_or_default()
}

/// Outcomes of one source, in every engine and both ways.
fn outcomes(source: &str) -> Vec<Result<Value, String>> {
    let context = context();
    let mut all = Vec::new();
    for engine in engines() {
        all.push(engine.render(source, &context).map(Value::from).map_err(|error| error.to_string()));
        let evaluated = engine.evaluate(source, &context);
        all.push(evaluated.map(Option::unwrap_or_default).map_err(|error| error.to_string()));
    }
    all
}

fn name() -> impl Strategy<Value = String> {
    let names = ["s", "n", "f", "list", "e", "o", "t", "z", "big", "missing", "loop", "é", "values"];
    prop::sample::select(names.to_vec()).prop_map(str::to_owned)
}

fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i16>().prop_map(|n| n.to_string()),
        (0..1000_u32, 0..1000_u32).prop_map(|(a, b)| format!("{a}.{b}")),
        "[a-zé😀 %$'{}#|]{0,6}".prop_map(|text| format!("\"{text}\"")),
        prop::sample::select(vec!["true", "none", "null", "''", "[]", "{}", "r/a(b)?/gi"]).prop_map(str::to_owned),
    ]
}

/// An expression, valid in most cases.
fn expression() -> impl Strategy<Value = String> {
    prop_oneof![name(), literal()].prop_recursive(5, 40, 4, |inner| {
        let operators =
            ["+", "-", "*", "/", "//", "%", "**", "~", "==", "===", "!=", "<", ">=", "and", "or", "in", "not in"];
        let filters = [
            "abs",
            "batch(2)",
            "capitalize",
            "default('d')",
            "dictsort",
            "dump(2)",
            "first",
            "float",
            "groupby('b')",
            "indent(2)",
            "int",
            "join('-')",
            "last",
            "length",
            "list",
            "lower",
            "replace('a', 'é')",
            "reverse",
            "round(1)",
            "safe",
            "select('odd')",
            "selectattr('b')",
            "slice(2)",
            "sort(false, true)",
            "string",
            "striptags",
            "sum",
            "title",
            "trim",
            "truncate(3)",
            "upper",
            "urlencode",
            "urlize",
            "wordcount",
            "pick('b')",
            "projectSlug",
            "nothing",
        ];
        let tests = ["defined", "odd", "iterable", "mapping", "not string", "divisibleby(2)", "sameas(1)", "nothing"];
        let methods = [
            "slice(-2)",
            "split('')",
            "indexOf('a', -1)",
            "concat([1])",
            "flat(9)",
            "splice(0, 1)",
            "toFixed(2)",
            "at(-1)",
            "none()",
        ];
        prop_oneof![
            (inner.clone(), prop::sample::select(operators.to_vec()), inner.clone())
                .prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (inner.clone(), prop::sample::select(filters.to_vec())).prop_map(|(a, filter)| format!("{a} | {filter}")),
            (inner.clone(), prop::sample::select(tests.to_vec())).prop_map(|(a, test)| format!("{a} is {test}")),
            (inner.clone(), prop::sample::select(methods.to_vec())).prop_map(|(a, method)| format!("({a}).{method}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})[{b}]")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a})[{b}:{c}]")),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            (name(), inner.clone()).prop_map(|(key, value)| format!("{{{key}: {value}}}")),
            inner.clone().prop_map(|a| format!("-({a})")),
            inner.prop_map(|a| format!("not {a}")),
        ]
    })
}

/// A template of texts and statements, valid in most cases.
fn template() -> impl Strategy<Value = String> {
    let text = "[a-zé😀\\s$%#]{0,6}";
    prop_oneof![text.prop_map(String::from), expression().prop_map(|e| format!("${{{{ {e} }}}}"))].prop_recursive(
        4,
        24,
        3,
        |inner| {
            let dash = || prop::sample::select(vec!["", "-"]);
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
                (expression(), inner.clone(), inner.clone(), dash(), dash())
                    .prop_map(|(e, a, b, l, r)| format!("{{%{l} if {e} {r}%}}{a}{{%{r} else {l}%}}{b}{{% endif %}}")),
                (name(), expression(), inner.clone(), dash()).prop_map(|(n, e, a, l)| format!(
                    "{{%{l} for {n} in {e} %}}{a}${{{{ loop.index }}}}{{% else %}}-{{% endfor %}}"
                )),
                (name(), expression()).prop_map(|(n, e)| format!("{{% set {n} = {e} %}}")),
                (name(), inner.clone()).prop_map(|(n, a)| format!("{{% set {n} %}}{a}{{% endset %}}${{{{ {n} }}}}")),
                (name(), name(), inner.clone(), expression())
                    .prop_map(|(m, n, a, e)| format!("{{% macro {m}({n}) %}}{a}{{% endmacro %}}${{{{ {m}({e}) }}}}")),
                (expression(), literal(), inner.clone()).prop_map(|(e, l, a)| format!(
                    "{{% switch {e} %}}{{% case {l} %}}{a}{{% default %}}{a}{{% endswitch %}}"
                )),
                inner.clone().prop_map(|a| format!("{{% raw %}}{a}{{% endraw %}}")),
                inner.clone().prop_map(|a| format!("{{% filter upper %}}{a}{{% endfilter %}}")),
                inner.prop_map(|a| format!("{{#- {a} -#}}")),
            ]
        },
    )
}

/// Where a text may be cut: the place of a letter, counted in hundredths of it.
fn cut(text: &str, hundredths: usize) -> usize {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    places.get((places.len() - 1) * hundredths / 100).copied().unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn a_template_says_the_same_twice(source in template()) {
        prop_assert_eq!(outcomes(&source), outcomes(&source));
    }

    #[test]
    fn one_expression_is_evaluated_or_refused(expression in expression()) {
        let source = format!("${{{{ {expression} }}}}");
        prop_assert_eq!(outcomes(&source), outcomes(&source));
    }

    /// As it is while somebody types it, and pasted into another at any place.
    #[test]
    fn a_template_that_is_cut_off_or_pasted_is_handled(source in template(), other in template(), at in 0..=100_usize, from in 0..=100_usize) {
        let (at, from) = (cut(&source, at), cut(&other, from));
        outcomes(&source[..at]);
        outcomes(&source[at..]);
        outcomes(&[&source[..at], &other[from..], &source[at..]].concat());
    }

    #[test]
    fn a_template_with_any_letter_in_it_is_handled(source in template(), letter in any::<char>(), at in 0..=100_usize) {
        let at = cut(&source, at);
        let spoilt = format!("{}{letter}{}", &source[..at], source[at..].chars().skip(1).collect::<String>());
        outcomes(&spoilt);
    }

    /// An error says where it is: a line and a column that are there.
    #[test]
    fn errors_point_into_the_template(source in template(), at in 0..=100_usize) {
        let cut_off = &source[..cut(&source, at)];
        for engine in engines() {
            if let Err(error) = engine.render(cut_off, &context()) {
                let lines = u32::try_from(cut_off.split('\n').count()).unwrap();
                let line = error.position.map_or(1, |at| at.line);
                prop_assert!((1..=lines).contains(&line), "{error}: {cut_off:?}");
            }
        }
    }
}
