//! The little Markdown that templates use in descriptions and closing words: headings, paragraphs, lists, bold, code, links and
//! addresses. What is anything else stays the text it is; markup of any kind is text.

use leptos::prelude::*;

use crate::components::Code;

/// A template's words.
#[component]
pub fn Words(text: String) -> impl IntoView {
    let blocks = text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(block).collect_view();
    view! { <div class="prose">{blocks}</div> }
}

fn block(text: &str) -> AnyView {
    let items =
        |entry: fn(&str) -> Option<&str>| text.lines().map(|line| entry(line.trim())).collect::<Option<Vec<_>>>();
    let list = |items: Vec<&str>| items.into_iter().map(|item| view! { <li>{inline(item)}</li> }).collect_view();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(words) = heading(first) {
        let rest = (!rest.is_empty()).then(|| block(rest));
        view! { <h4>{inline(words)}</h4>{rest} }.into_any()
    } else if let Some(found) = items(numbered) {
        view! { <ol>{list(found)}</ol> }.into_any()
    } else if let Some(found) = items(|line| line.strip_prefix("- ").or_else(|| line.strip_prefix("* "))) {
        view! { <ul>{list(found)}</ul> }.into_any()
    } else {
        view! { <p>{inline(text)}</p> }.into_any()
    }
}

fn heading(line: &str) -> Option<&str> {
    let words = line.trim_start_matches('#');
    let depth = line.len() - words.len();
    words.strip_prefix(' ').filter(|_| (1..=6).contains(&depth)).map(str::trim)
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
    /// Its words, and where it leads.
    Link(&'a str, &'a str),
}

impl<'a> Run<'a> {
    const fn text(&self) -> &'a str {
        match self {
            Self::Plain(text) | Self::Bold(text) | Self::Code(text) | Self::Link(text, _) => text,
        }
    }
}

/// Where a link may lead: another site, or a page here.
fn is_link(href: &str) -> bool {
    let outside = ["https://", "http://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
    (outside || href.starts_with('/') && !href.starts_with("//")) && !href.contains(char::is_whitespace)
}

/// The first `[words](href)`: where it begins, its run, and where it ends.
fn link(text: &str) -> Option<(usize, Run<'_>, usize)> {
    text.match_indices("](").find_map(|(middle, _)| {
        let start = text[..middle].rfind('[')?;
        let end = middle + text[middle..].find(')')?;
        let (words, href) = (&text[start + 1..middle], &text[middle + 2..end]);
        (!words.is_empty() && is_link(href)).then(|| (start, Run::Link(words, href), end + 1))
    })
}

fn runs(mut text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    loop {
        let between = |open: &str, close: &str| {
            let start = text.find(open)?;
            let inside = start + open.len();
            let end = inside + text[inside..].find(close)?;
            Some((start, inside, end, end + close.len()))
        };
        let bold = between("**", "**").map(|(start, inside, end, after)| (start, Run::Bold(&text[inside..end]), after));
        let code = between("`", "`").map(|(start, inside, end, after)| (start, Run::Code(&text[inside..end]), after));
        let address = between("<http", ">").map(|(start, _, end, after)| {
            let address = &text[start + 1..end];
            (start, Run::Link(address, address), after)
        });
        let first = [bold, code, address, link(text)].into_iter().flatten().min_by_key(|(start, ..)| *start);
        let Some((start, run, after)) = first else { break };
        if start > 0 {
            runs.push(Run::Plain(&text[..start]));
        }
        runs.push(run);
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
            Run::Link(_, href) => view! { <a href=href.to_owned() rel="external noopener">{text}</a> }.into_any(),
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
                Run::Link("http://localhost/", "http://localhost/"),
                Run::Plain(" <b>"),
                Run::Bold("now"),
            ]
        );
        assert_eq!(runs("2 ** 3 and `"), [Run::Plain("2 ** 3 and `")]);
    }

    #[test]
    fn a_link_has_words_and_leads_to_an_address() {
        let read =
            runs("[See] the [**guide**](https://example.com/a_(b) or [here](/create), not [this](javascript:alert)");
        assert_eq!(
            read,
            [
                Run::Plain("[See] the "),
                Run::Link("**guide**", "https://example.com/a_(b"),
                Run::Plain(" or "),
                Run::Link("here", "/create"),
                Run::Plain(", not [this](javascript:alert)"),
            ]
        );
        assert_eq!(runs("[x](//evil.example) [y]( )"), [Run::Plain("[x](//evil.example) [y]( )")]);
    }

    #[test]
    fn a_heading_has_words() {
        assert_eq!((heading("## What now"), heading("#1 of many"), heading("plain")), (Some("What now"), None, None));
    }

    #[test]
    fn a_numbered_line_has_a_number() {
        assert_eq!(numbered("12. Clone it"), Some("Clone it"));
        assert_eq!(numbered(". Clone it"), None);
    }
}
