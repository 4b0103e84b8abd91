//! Colours for the files of a preview: enough to read them by, for the languages that templates are written in. No grammar: what
//! comments, texts, numbers and words look like in a family of languages, a line at a time where that is enough.

use slipway_api_types::create::{Colour, Span};

/// How a family of languages looks.
struct Looks {
    /// What begins a comment that ends with its line.
    line: &'static [&'static str],
    /// What begins and ends a comment that may be longer.
    block: Option<(&'static str, &'static str)>,
    /// What texts stand in.
    quotes: &'static [char],
    words: &'static [&'static str],
    /// What stands behind a name that has a value.
    names: Option<char>,
}

const RUST: &[&str] = &[
    "as", "async", "await", "const", "crate", "else", "enum", "fn", "for", "if", "impl", "in", "let", "loop", "match",
    "mod", "move", "mut", "pub", "return", "self", "Self", "static", "struct", "trait", "type", "use", "where",
    "while",
];
const SCRIPT: &[&str] = &[
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "else",
    "export",
    "extends",
    "finally",
    "for",
    "from",
    "function",
    "if",
    "import",
    "in",
    "interface",
    "let",
    "new",
    "null",
    "of",
    "return",
    "switch",
    "this",
    "throw",
    "try",
    "type",
    "typeof",
    "undefined",
    "var",
    "while",
];
const JAVA: &[&str] = &[
    "break",
    "case",
    "catch",
    "class",
    "continue",
    "default",
    "else",
    "extends",
    "final",
    "finally",
    "for",
    "if",
    "implements",
    "import",
    "interface",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "record",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "throws",
    "try",
    "var",
    "void",
    "while",
];
const GO: &[&str] = &[
    "break",
    "case",
    "chan",
    "const",
    "continue",
    "default",
    "defer",
    "else",
    "for",
    "func",
    "go",
    "if",
    "import",
    "interface",
    "map",
    "nil",
    "package",
    "range",
    "return",
    "select",
    "struct",
    "switch",
    "type",
    "var",
];
const PYTHON: &[&str] = &[
    "and", "as", "assert", "async", "await", "class", "def", "elif", "else", "except", "finally", "for", "from", "if",
    "import", "in", "is", "lambda", "None", "not", "or", "pass", "raise", "return", "self", "try", "while", "with",
    "yield",
];
const ELIXIR: &[&str] = &[
    "alias",
    "case",
    "cond",
    "def",
    "defmodule",
    "defp",
    "do",
    "else",
    "end",
    "fn",
    "for",
    "if",
    "import",
    "nil",
    "quote",
    "require",
    "rescue",
    "true",
    "unless",
    "use",
    "when",
    "with",
];
const SHELL: &[&str] = &[
    "case", "do", "done", "elif", "else", "esac", "exit", "export", "fi", "for", "function", "if", "in", "local",
    "return", "set", "then", "while",
];
const DOCKER: &[&str] = &[
    "ADD",
    "ARG",
    "AS",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "RUN",
    "SHELL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

const fn like_c(words: &'static [&'static str], quotes: &'static [char]) -> Looks {
    Looks { line: &["//"], block: Some(("/*", "*/")), quotes, words, names: None }
}

const fn like_shell(words: &'static [&'static str], names: Option<char>) -> Looks {
    Looks { line: &["#"], block: None, quotes: &['"', '\''], words, names }
}

/// How a file looks, by its name; `None`: all in one colour.
fn looks(path: &str) -> Option<Looks> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    Some(match (name, end) {
        ("Dockerfile" | "Containerfile", _) => like_shell(DOCKER, None),
        ("Makefile" | "justfile", _) | (_, "mk") => like_shell(SHELL, Some(':')),
        ("Cargo.lock", _) | (_, "toml" | "ini" | "cfg" | "properties" | "env") => like_shell(&[], Some('=')),
        (_, "yaml" | "yml") => like_shell(&["null"], Some(':')),
        (_, "json") => Looks { line: &[], block: None, quotes: &['"'], words: &["null"], names: Some(':') },
        // A quote alone is a lifetime.
        (_, "rs") => like_c(RUST, &['"']),
        (_, "ts" | "tsx" | "js" | "jsx" | "mjs" | "cjs") => like_c(SCRIPT, &['"', '\'', '`']),
        (_, "java" | "kt" | "gradle" | "groovy") => like_c(JAVA, &['"', '\'']),
        ("go.mod", _) | (_, "go") => like_c(GO, &['"', '`']),
        (_, "css") => Looks { line: &[], names: Some(':'), ..like_c(&[], &['"', '\'']) },
        (_, "tf" | "hcl") => Looks { line: &["#", "//"], names: Some('='), ..like_c(&[], &['"']) },
        (_, "sql") => Looks { line: &["--"], ..like_c(&[], &['\'']) },
        (_, "py") => like_shell(PYTHON, None),
        (_, "ex" | "exs" | "heex") => like_shell(ELIXIR, None),
        (_, "sh" | "bash") | (".gitignore" | ".dockerignore" | ".editorconfig" | "CODEOWNERS", _) => {
            like_shell(SHELL, None)
        }
        (_, "html" | "xml" | "svg") => {
            Looks { line: &[], block: Some(("<!--", "-->")), quotes: &['"'], words: &[], names: Some('=') }
        }
        _ => return None,
    })
}

/// A file in colours. Put together, the pieces are the text.
pub(super) fn spans(path: &str, text: &str) -> Vec<Span> {
    let mut pen = Pen::default();
    match looks(path) {
        Some(looks) => paint(&mut pen, &looks, text),
        None if path.ends_with(".md") => paint_markdown(&mut pen, text),
        None => pen.write(Colour::Plain, text),
    }
    pen.spans
}

/// Puts pieces of the same colour together.
#[derive(Default)]
struct Pen {
    spans: Vec<Span>,
}

impl Pen {
    fn write(&mut self, colour: Colour, text: &str) {
        match self.spans.last_mut() {
            _ if text.is_empty() => {}
            Some((last, before)) if *last == colour => before.push_str(text),
            _ => self.spans.push((colour, text.to_owned())),
        }
    }
}

fn paint(pen: &mut Pen, looks: &Looks, text: &str) {
    let mut rest = text;
    let mut before = '\n';
    while let Some(first) = rest.chars().next() {
        let (colour, length) = piece(looks, rest, first, before);
        let (piece, after) = rest.split_at(length);
        before = piece.chars().next_back().unwrap_or(first);
        pen.write(colour, piece);
        rest = after;
    }
}

/// The next piece: its colour and its bytes, at least one character.
fn piece(looks: &Looks, rest: &str, first: char, before: char) -> (Colour, usize) {
    if let Some((begin, end)) = looks.block.filter(|(begin, _)| rest.starts_with(begin)) {
        let body = &rest[begin.len()..];
        return (Colour::Comment, body.find(end).map_or(rest.len(), |at| begin.len() + at + end.len()));
    }
    // `a#b` and `http://x` are no comments.
    let stands_alone = before.is_whitespace() || matches!(before, ';' | '{' | '}' | '(' | ')' | ',');
    if stands_alone && looks.line.iter().any(|mark| rest.starts_with(mark)) {
        return (Colour::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if looks.quotes.contains(&first) && !before.is_alphanumeric() {
        let length = quoted(rest, first);
        let is_name =
            looks.names.is_some_and(|mark| mark == ':' && rest[length..].trim_start_matches(' ').starts_with(mark));
        return (if is_name { Colour::Name } else { Colour::Text }, length);
    }
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    if is_word(first) {
        let with_dashes =
            |letter: char| is_word(letter) || (looks.names.is_some() && matches!(letter, '-' | '.' | '/'));
        let named = rest.find(|letter| !with_dashes(letter)).unwrap_or(rest.len());
        let stands_for = |mark: char| {
            let after = rest[named..].trim_start_matches(' ').strip_prefix(mark);
            // `http://` is no name.
            after.is_some_and(|after| mark != ':' || after.chars().next().is_none_or(char::is_whitespace))
        };
        let opens = before.is_whitespace() || matches!(before, '{' | ',' | '-');
        if opens && looks.names.is_some_and(stands_for) {
            return (Colour::Name, named);
        }
        let length = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let word = &rest[..length];
        let colour = match word {
            "true" | "false" | "True" | "False" => Colour::Number,
            _ if first.is_ascii_digit() => Colour::Number,
            _ if looks.words.contains(&word) => Colour::Word,
            _ => Colour::Plain,
        };
        return (colour, length);
    }
    (Colour::Plain, first.len_utf8())
}

/// The bytes of a text in quotes. One that nobody closes ends with its line, unless it may have several.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if quote != '`' => return at,
            letter if letter == quote => return at + letter.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// Headings, fenced code and code within a line.
fn paint_markdown(pen: &mut Pen, text: &str) {
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            pen.write(Colour::Comment, line);
        } else if fenced {
            pen.write(Colour::Text, line);
        } else if line.starts_with('#') {
            pen.write(Colour::Name, line);
        } else {
            for (at, part) in line.split('`').enumerate() {
                pen.write(Colour::Plain, if at > 0 { "`" } else { "" });
                pen.write(if at % 2 == 1 { Colour::Text } else { Colour::Plain }, part);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colours(path: &str, text: &str) -> Vec<(Colour, String)> {
        let spans = spans(path, text);
        assert_eq!(spans.iter().map(|(_, text)| text.as_str()).collect::<String>(), text, "nothing is lost");
        spans.into_iter().filter(|(colour, _)| *colour != Colour::Plain).collect()
    }

    fn expected(pieces: &[(Colour, &str)]) -> Vec<(Colour, String)> {
        pieces.iter().map(|(colour, text)| (*colour, (*text).to_owned())).collect()
    }

    #[test]
    fn yaml_has_names_texts_numbers_and_comments() {
        assert_eq!(
            colours("a.yaml", "name: \"orders\" # the name\n- slipway.dev/on: true\n  url: http://x#y\n  port: 8080\n"),
            expected(&[
                (Colour::Name, "name"),
                (Colour::Text, "\"orders\""),
                (Colour::Comment, "# the name"),
                (Colour::Name, "slipway.dev/on"),
                (Colour::Number, "true"),
                (Colour::Name, "url"),
                (Colour::Name, "port"),
                (Colour::Number, "8080"),
            ])
        );
    }

    #[test]
    fn code_has_words_and_comments_of_several_lines() {
        assert_eq!(
            colours("src/main.rs", "/* a\n b */ fn main<'a>() { let x = \"a\\\"b\"; } // end"),
            expected(&[
                (Colour::Comment, "/* a\n b */"),
                (Colour::Word, "fn"),
                (Colour::Word, "let"),
                (Colour::Text, "\"a\\\"b\""),
                (Colour::Comment, "// end"),
            ])
        );
        assert_eq!(colours("a.json", "{\"a\": \"b\"}"), expected(&[(Colour::Name, "\"a\""), (Colour::Text, "\"b\"")]));
    }

    #[test]
    fn what_is_not_known_stays_plain_and_whole() {
        assert_eq!(colours("a.bin", "fn # \"x"), []);
        assert_eq!(
            colours("README.md", "# Title\nUse `x`.\n"),
            expected(&[(Colour::Name, "# Title\n"), (Colour::Text, "x")])
        );
        for text in ["", "\"", "ä\"ö'ü\n#", "'", "/*", "a:b", "```"] {
            for path in ["a.rs", "a.yaml", "a.ts", "a.html", "Dockerfile", "a.md"] {
                colours(path, text);
            }
        }
    }
}
