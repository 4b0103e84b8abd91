//! The little Markdown that templates use in their closing words: paragraphs, lists, bold, code and addresses. What is
//! anything else stays the text it is; markup of any kind is text.

use leptos::prelude::*;

use crate::components::Code;

/// A template's closing words.
#[component]
pub fn Words(text: String) -> impl IntoView {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(block).collect_view();
    view! { <div class="prose">{blocks}</div> }
}

fn block(text: &str) -> AnyView {
    let items =
        |entry: fn(&str) -> Option<&str>| text.lines().map(|line| entry(line.trim())).collect::<Option<Vec<_>>>();
    let list = |items: Vec<&str>| items.into_iter().map(|item| view! { <li>{inline(item)}</li> }).collect_view();
    if let Some(found) = items(numbered) {
        view! { <ol>{list(found)}</ol> }.into_any()
    } else if let Some(found) = items(|line| line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))) {
        view! { <ul>{list(found)}</ul> }.into_any()
    } else {
        view! { <p>{inline(text)}</p> }.into_any()
    }
}

fn numbered(line: &str) -> Option<&str> {
    line.trim_start_matches(|letter: char| letter.is_ascii_digit())
        .strip_prefix(". ")
        .filter(|rest| rest.len() + 2 < line.len())
}

/// A run of text and what it is.
#[derive(Debug, PartialEq, Eq)]
enum Run<'a> {
    Plain(&'a str),
    Bold(&'a str),
    Code(&'a str),
    Address(&'a str),
}

impl<'a> Run<'a> {
    const fn text(&self) -> &'a str {
        match self {
            Self::Plain(text) | Self::Bold(text) | Self::Code(text) | Self::Address(text) => text,
        }
    }
}

fn runs(mut text: &str) -> Vec<Run<'_>> {
    const MARKS: [(&str, &str); 3] = [("**", "**"), ("`", "`"), ("<http", ">")];
    let mut runs = Vec::new();
    loop {
        let found = MARKS.iter().enumerate().filter_map(|(which, (open, close))| {
            let start = text.find(open)?;
            let inside = start + open.len();
            let end = inside + text[inside..].find(close)?;
            Some((start, which, inside, end, end + close.len()))
        });
        let Some((start, which, inside, end, after)) = found.min() else { break };
        if start > 0 {
            runs.push(Run::Plain(&text[..start]));
        }
        runs.push(match which {
            0 => Run::Bold(&text[inside..end]),
            1 => Run::Code(&text[inside..end]),
            _ => Run::Address(&text[start + 1..end]),
        });
        text = &text[after..];
    }
    if !text.is_empty() {
        runs.push(Run::Plain(text));
    }
    runs
}

fn inline(text: &str) -> AnyView {
    let parts = runs(text).into_iter().map(|run| {
        let text = run.text().to_owned();
        match run {
            Run::Plain(_) => text.into_any(),
            Run::Bold(_) => view! { <strong>{text}</strong> }.into_any(),
            Run::Code(_) => view! { <Code>{text}</Code> }.into_any(),
            Run::Address(href) => view! { <a href=href.to_owned() rel="external noopener">{text}</a> }.into_any(),
        }
    });
    parts.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_and_the_rest_is_text() {
        let read = runs("Run `cargo **run**`, open <http://localhost/> <b>**now**");
        assert_eq!(
            read,
            [
                Run::Plain("Run "),
                Run::Code("cargo **run**"),
                Run::Plain(", open "),
                Run::Address("http://localhost/"),
                Run::Plain(" <b>"),
                Run::Bold("now"),
            ]
        );
        assert_eq!(runs("2 ** 3 and `"), [Run::Plain("2 ** 3 and `")]);
    }

    #[test]
    fn a_numbered_line_has_a_number() {
        assert_eq!(numbered("12. Clone it"), Some("Clone it"));
        assert_eq!(numbered(". Clone it"), None);
    }
}
