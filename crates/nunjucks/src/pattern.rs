//! `r/…/` literals: JavaScript's syntax on an engine that always ends (no look-around, no back references).

use regex::{Captures, RegexBuilder};

use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::value::Regex;

/// Bytes a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;

pub(crate) fn compile(regex: &Regex) -> Result<regex::Regex> {
    RegexBuilder::new(&translate(&regex.pattern))
        .case_insensitive(regex.flags.contains('i'))
        .multi_line(regex.flags.contains('m'))
        .size_limit(MAX_COMPILED)
        .build()
        .map_err(|_| Error::value(format!("The regular expression /{}/ is not supported here", regex.pattern)))
}

/// Rewrites what the two syntaxes spell alike but mean differently: JavaScript's classes are ASCII.
fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('d') => out.push_str("[0-9]"),
                Some('D') => out.push_str("[^0-9]"),
                Some('w') => out.push_str("[0-9A-Za-z_]"),
                Some('W') => out.push_str("[^0-9A-Za-z_]"),
                Some('b') if in_class => out.push_str("\\x08"),
                Some('b') => out.push_str("(?-u:\\b)"),
                Some('/') => out.push('/'),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '[' if in_class => out.push_str("\\["),
            '[' => {
                in_class = true;
                if pattern_is_any(&mut chars) {
                    in_class = false;
                    out.push_str("(?s:.)");
                } else {
                    out.push('[');
                }
            }
            ']' => {
                in_class = false;
                out.push(']');
            }
            // Set operations of the regex crate, plain characters in JavaScript.
            '&' | '~' if in_class => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// `[^]`: any character at all.
fn pattern_is_any(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> bool {
    let mut ahead = chars.clone();
    let found = ahead.next() == Some('^') && ahead.next() == Some(']');
    if found {
        *chars = ahead;
    }
    found
}

pub(crate) struct Found<'a> {
    pub before: &'a str,
    pub whole: &'a str,
    pub after: &'a str,
    pub groups: Option<&'a Captures<'a>>,
}

/// Appends `replacement` with `$&`, `$1`, `$$` and the like filled in.
pub(crate) fn expand(replacement: &str, found: &Found<'_>, out: &mut String, budget: &Budget) -> Result<()> {
    let group = |n: usize| found.groups.filter(|g| n > 0 && n < g.len()).map(|g| g.get(n).map_or("", |m| m.as_str()));
    let mut rest = replacement;
    while let Some(dollar) = rest.find('$') {
        out.push_str(&rest[..dollar]);
        let tail = &rest[dollar + 1..];
        let digit = |i: usize| tail.as_bytes().get(i).filter(|b| b.is_ascii_digit()).map(|b| usize::from(b - b'0'));
        let two = digit(0).zip(digit(1)).and_then(|(a, b)| group(a * 10 + b));
        let one = digit(0).and_then(group);
        let (text, used) = match (tail.as_bytes().first(), two, one) {
            (Some(b'$'), ..) => ("$", 1),
            (Some(b'&'), ..) => (found.whole, 1),
            (Some(b'`'), ..) => (found.before, 1),
            (Some(b'\''), ..) => (found.after, 1),
            (_, Some(text), _) => (text, 2),
            (_, None, Some(text)) => (text, 1),
            _ => ("$", 0),
        };
        budget.text(text.len())?;
        out.push_str(text);
        rest = &tail[used..];
    }
    out.push_str(rest);
    budget.text(rest.len())
}

/// `text.replace(regex, replacement)`: all matches with the flag g, else the first.
pub(crate) fn replace(text: &str, regex: &Regex, replacement: &str, budget: &Budget) -> Result<String> {
    let compiled = compile(regex)?;
    let most = if regex.flags.contains('g') { usize::MAX } else { 1 };
    let mut out = String::new();
    let mut end = 0;
    for groups in compiled.captures_iter(text).take(most) {
        budget.work(1)?;
        let Some(whole) = groups.get(0) else { continue };
        out.push_str(&text[end..whole.start()]);
        let found = Found {
            before: &text[..whole.start()],
            whole: whole.as_str(),
            after: &text[whole.end()..],
            groups: Some(&groups),
        };
        expand(replacement, &found, &mut out, budget)?;
        end = whole.end();
    }
    out.push_str(&text[end..]);
    Ok(out)
}

/// `text.split(regex)`: what groups matched stands between the parts.
pub(crate) fn split(text: &str, regex: &Regex) -> Result<Vec<Option<String>>> {
    let compiled = compile(regex)?;
    let mut parts = Vec::new();
    let mut end = 0;
    for groups in compiled.captures_iter(text) {
        let Some(whole) = groups.get(0) else { continue };
        // A match of nothing at either edge does not split.
        if whole.is_empty() && (whole.start() == end || whole.start() == text.len()) {
            continue;
        }
        parts.push(Some(text[end..whole.start()].to_owned()));
        parts.extend(groups.iter().skip(1).map(|group| group.map(|m| m.as_str().to_owned())));
        end = whole.end();
    }
    parts.push(Some(text[end..].to_owned()));
    Ok(parts)
}
