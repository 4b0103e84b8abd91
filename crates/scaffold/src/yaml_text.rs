//! YAML as the `yaml` package of npm writes it, which is what Backstage's actions leave in a workspace.

use serde_json::Value;

/// How long a line may get before it is folded, in characters.
const LINE: usize = 80;
/// Least room for content, however deep it stands.
const LEAST: usize = 20;

/// A value as a YAML document.
#[must_use]
pub fn to_yaml(value: &Value) -> String {
    let mut text = match value {
        Value::String(text) => scalar(text, "", None),
        value => node(value, ""),
    };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// A value whose further lines stand at `indent`.
fn node(value: &Value, indent: &str) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number_text(number),
        Value::String(text) => scalar(text, indent, None),
        Value::Array(items) if items.is_empty() => "[]".into(),
        Value::Object(map) if map.is_empty() => "{}".into(),
        Value::Array(items) => {
            let inner = format!("{indent}  ");
            let lines = items.iter().map(|item| format!("- {}", node(item, &inner)));
            join(lines, indent)
        }
        Value::Object(map) => join(map.iter().map(|(key, value)| pair(key, value, indent)), indent),
    }
}

/// Lines after each other. A block of text that keeps its last line break brings its own.
fn join(lines: impl Iterator<Item = String>, indent: &str) -> String {
    let mut text = String::new();
    for line in lines {
        if !text.is_empty() {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(indent);
        }
        text.push_str(&line);
    }
    text
}

fn pair(key: &str, value: &Value, indent: &str) -> String {
    let key = key_text(key);
    let inner = format!("{indent}  ");
    match value {
        Value::String(text) => format!("{key}: {}", scalar(text, &inner, Some(key.chars().count() + 2))),
        Value::Array(items) if !items.is_empty() => format!("{key}:\n{inner}{}", node(value, &inner)),
        Value::Object(map) if !map.is_empty() => format!("{key}:\n{inner}{}", node(value, &inner)),
        value => format!("{key}: {}", node(value, &inner)),
    }
}

fn key_text(key: &str) -> String {
    if key.contains('\n') || !is_plain(key) { quoted(key, "", None, false) } else { key.to_owned() }
}

fn number_text(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
        _ => number.to_string(),
    }
}

/// A text. `start` is the column it begins at, if that is known.
fn scalar(text: &str, indent: &str, start: Option<usize>) -> String {
    if text.contains('\n') {
        return block(text, indent, start);
    }
    if is_plain(text) { fold(text, indent, start, false) } else { quoted(text, indent, start, true) }
}

/// Whether a text can stand without quotes and is still a text.
fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let (first, second) = (chars.next(), chars.next());
    let Some(first) = first else { return false };
    let indicator = "\n\t ,[]{}#&*!|>'\"%@`".contains(first);
    let marker = matches!(first, '?' | '-') && second.is_none_or(|c| c == ' ' || c == '\t');
    let inside = [": ", ":\t", " #", "\t#"].iter().any(|part| text.contains(part));
    let control = text.chars().any(|c| c.is_control() && c != '\t');
    !(indicator || marker || inside || control || text.ends_with([' ', '\t', ':']) || reads_as_other(text))
}

/// Whether YAML 1.2 reads an unquoted text as something that is no text.
fn reads_as_other(text: &str) -> bool {
    if matches!(text, "~" | "null" | "Null" | "NULL" | "true" | "True" | "TRUE" | "false" | "False" | "FALSE") {
        return true;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let all = |text: &str, digit: fn(char) -> bool| !text.is_empty() && text.chars().all(digit);
    if text.strip_prefix("0x").is_some_and(|rest| all(rest, |c| c.is_ascii_hexdigit()))
        || text.strip_prefix("0o").is_some_and(|rest| all(rest, |c| ('0'..='7').contains(&c)))
    {
        return true;
    }
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let whole = mantissa.split_once('.').map_or_else(
        || all(mantissa, |c| c.is_ascii_digit()),
        |(before, after)| digits(before) && digits(after) && !(before.is_empty() && after.is_empty()),
    );
    whole
        && exponent
            .is_none_or(|exponent| all(exponent.strip_prefix(['-', '+']).unwrap_or(exponent), |c| c.is_ascii_digit()))
}

fn quoted(text: &str, indent: &str, start: Option<usize>, folds: bool) -> String {
    if text.contains('"') && !text.contains('\'') && !text.contains('\n') && !text.chars().any(char::is_control) {
        let single = format!("'{text}'");
        return if folds { fold(&single, indent, start, false) } else { single };
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_control() && (c as u32) < 0x100 => out.push_str(&format!("\\x{:02x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    if folds { fold(&out, indent, start, true) } else { out }
}

/// A text of several lines.
fn block(text: &str, indent: &str, start: Option<usize>) -> String {
    let trailing_blanks =
        text.rsplit('\n').next().is_some_and(|last| !last.is_empty() && last.trim_matches([' ', '\t']).is_empty());
    if trailing_blanks || text.chars().any(|c| c.is_control() && !"\n\t".contains(c)) {
        return quoted(text, indent, start, true);
    }
    let room = LINE.saturating_sub(indent.len());
    let content = text.trim_end_matches(['\n', '\t', ' ']);
    let end = &text[content.len()..];
    let chomp = match end.find('\n') {
        None => "-",
        Some(at) if content.is_empty() || at + 1 != end.len() => "+",
        Some(_) => "",
    };
    let first = text.trim_start_matches('\n');
    let hint = if first.starts_with([' ', '\t']) { if indent.is_empty() { "1" } else { "2" } } else { "" };
    let literal = text.lines().all(|line| line.chars().count() <= room);
    let inner = if indent.is_empty() && !hint.is_empty() { " " } else { indent };
    let body = if literal { content.to_owned() } else { folded(content, inner) };
    let lines = indented(&body, inner);
    let end = end.strip_suffix('\n').unwrap_or(end);
    let end: String = if end.is_empty() { String::new() } else { indented(end, inner) };
    let header = if literal { '|' } else { '>' };
    let close = if chomp == "-" { "" } else { "\n" };
    format!("{header}{hint}{chomp}\n{inner}{lines}{end}{close}")
}

fn indented(text: &str, indent: &str) -> String {
    let mut out = String::new();
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(indent);
            }
        }
        out.push_str(line);
    }
    out
}

/// Lines folded: where breaks stay there is one more of them, unless a line beside them is indented more.
fn folded(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let more = |line: &str| line.starts_with([' ', '\t']);
    let mut before: Option<&str> = None;
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        if line.is_empty() {
            continue;
        }
        if before.is_some_and(|before| !more(before)) && !more(line) {
            out.push('\n');
        }
        let folded = if more(line) { line.to_owned() } else { fold(line, indent, None, false) };
        out.push_str(&folded.replace(&format!("\n{indent}"), "\n"));
        before = Some(line);
    }
    out
}

/// Breaks a line at its spaces where it gets too long. In double quotes it is broken anywhere if it must.
fn fold(text: &str, indent: &str, start: Option<usize>, in_quotes: bool) -> String {
    let chars: Vec<char> = text.chars().collect();
    let step = (1 + LEAST).max(1 + LINE.saturating_sub(indent.len()));
    if chars.len() <= step {
        return text.to_owned();
    }
    // Each with whether it is within a word, which needs a backslash.
    let mut folds: Vec<(usize, bool)> = Vec::new();
    let mut end = LINE.saturating_sub(indent.len());
    match start {
        Some(start) if start > LINE - LEAST => folds.push((0, false)),
        Some(start) => end = LINE - start,
        None => {}
    }
    let (mut split, mut escape) = (None, (usize::MAX, 0));
    let mut at = 0;
    let blank = |c: Option<&char>| c.is_none_or(|c| " \n\t".contains(*c));
    while at < chars.len() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        if in_quotes && chars[at] == '\\' {
            let length = match chars.get(at + 1) {
                Some('x') => 3,
                Some('u') => 5,
                _ => 1,
            };
            escape = (at, at + length);
            at += length;
        }
        if at < chars.len() && chars[at] == ' ' && !blank(before.as_ref()) && !blank(chars.get(at + 1)) {
            split = Some(at);
        }
        if at >= end {
            if let Some(space) = split.take() {
                folds.push((space, false));
                end = space + step;
            } else if in_quotes {
                // A line that begins with a space loses it.
                let next = (at.max(1)..chars.len()).find(|next| !blank(chars.get(next - 1))).unwrap_or(chars.len());
                let place = if escape.0 == usize::MAX || next > escape.1 + 1 {
                    next.saturating_sub(2)
                } else {
                    escape.0.saturating_sub(1)
                };
                if folds.last().is_some_and(|(last, _)| *last >= place) {
                    return text.to_owned();
                }
                folds.push((place, true));
                end = place + step;
            }
        }
        at += 1;
    }
    let Some((first, _)) = folds.first() else { return text.to_owned() };
    let slice = |from: usize, to: usize| chars.get(from..to).unwrap_or_default().iter().collect::<String>();
    let mut out = slice(0, *first);
    for (index, (place, within)) in folds.iter().enumerate() {
        let end = folds.get(index + 1).map_or(chars.len(), |(next, _)| *next);
        if *place == 0 {
            out = format!("\n{indent}{}", slice(0, end));
            continue;
        }
        if *within {
            out.push(chars[*place]);
            out.push('\\');
        }
        out.push_str(&format!("\n{indent}{}", slice(place + 1, end)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn entities_look_as_people_write_them() {
        let entity = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": { "name": "svc", "tags": ["a", "b"], "annotations": {}, "links": [{ "url": "https://x", "title": "X" }] },
            "spec": { "n": 1, "f": 1.5, "yes": "true", "no": null, "empty": "", "num": "12", "colon": "a: b", "q": "say \"x\"" }
        });
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: svc\n  tags:\n    - a\n    - b\n  annotations: {}\n  links:\n    - url: https://x\n      title: X\nspec:\n  n: 1\n  f: 1.5\n  yes: \"true\"\n  no: null\n  empty: \"\"\n  num: \"12\"\n  colon: \"a: b\"\n  q: say \"x\"\n";
        assert_eq!(to_yaml(&entity), text);
    }

    #[test]
    fn several_lines_are_a_block() {
        assert_eq!(
            to_yaml(&json!({ "a": "x\ny\n", "b": "x\n\ny", "c": 1 })),
            "a: |\n  x\n  y\nb: |-\n  x\n\n  y\nc: 1\n"
        );
    }

    #[test]
    fn blank_lines_between_folded_ones_stay() {
        let long = "word ".repeat(20);
        let text = format!("{}\n\n\nafter\n  more\n\nlast\n", long.trim_end());
        let written = to_yaml(&json!({ "text": text }));
        let read = crate::Document::read_all(&written, &crate::NoFiles).remove(0);
        assert_eq!(read.unwrap().value()["text"], text, "{written}");
    }

    #[test]
    fn long_lines_are_folded() {
        let text = "word ".repeat(20).trim_end().to_owned();
        let out = to_yaml(&json!({ "key": text }));
        assert_eq!(
            out,
            format!("key:\n  {}\n", "").replace(
                "key:\n  \n",
                &format!("key: {}\n  {}\n", "word ".repeat(15).trim_end(), "word ".repeat(5).trim_end())
            )
        );
    }

    #[test]
    fn whatever_is_written_reads_the_same() {
        for text in [
            "",
            " x",
            "x ",
            "- a",
            "-",
            "a #b",
            "#a",
            "null",
            "0x1F",
            "1e3",
            ".5",
            "+1",
            "a\tb",
            "a\n b\n",
            "\n\na",
            "a\n\n",
            "é: ü",
            "'",
            "\"'",
            "@x",
            "a\\b \"c\" 'd'",
            "?",
            "? a",
            "x: ",
            "2024-01-01",
            "~",
            "[a]",
            "{a}",
            "`",
            "%",
            "|",
        ] {
            let written = to_yaml(&json!({ "k": text, "l": [text, { "m": text }] }));
            let read = crate::yaml::parse(&written).map(|node| node.to_json());
            assert_eq!(read.ok(), Some(json!({ "k": text, "l": [text, { "m": text }] })), "{written}");
        }
    }
}
