//! Splits a template into text and tags, and applies whitespace control.

use crate::error::{Error, Position, Result};
use crate::token::skip_regex;
use crate::{Dialect, Syntax};

/// How tags are cut out of the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ScanOptions {
    pub syntax: Syntax,
    pub dialect: Dialect,
    pub trim_blocks: bool,
    pub lstrip_blocks: bool,
}

impl ScanOptions {
    pub(crate) fn is_legacy(self) -> bool {
        self.dialect == Dialect::Legacy
    }

    pub(crate) fn is_cookiecutter(self) -> bool {
        self.syntax == Syntax::Cookiecutter
    }
}

#[derive(Debug)]
pub(crate) enum Piece<'a> {
    Text {
        at: Position,
        text: String,
    },
    /// `${{ code }}`
    Variable {
        at: Position,
        code: &'a str,
        code_at: Position,
    },
    /// `{% code %}`
    Block {
        at: Position,
        code: &'a str,
        code_at: Position,
    },
}

/// JavaScript's `\s`.
pub(crate) fn is_space(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\u{85}')
}

fn is_code_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}')
}

pub(crate) fn advance(at: Position, text: &str) -> Position {
    text.chars().fold(at, |at, c| match c {
        '\n' => Position { line: at.line + 1, column: 1 },
        _ => Position { line: at.line, column: at.column + 1 },
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opening {
    Variable,
    Block,
    Comment,
}

impl Opening {
    fn name(self) -> &'static str {
        match self {
            Self::Variable => "variable",
            Self::Block => "block",
            Self::Comment => "comment",
        }
    }
}

pub(crate) fn scan(source: &str, options: ScanOptions) -> Result<Vec<Piece<'_>>> {
    let mut scanner = Scanner {
        source,
        options,
        index: 0,
        at: Position { line: 1, column: 1 },
        pending: String::new(),
        pending_at: Position { line: 1, column: 1 },
        pieces: Vec::new(),
    };
    while scanner.next_tag()? {}
    scanner.flush();
    Ok(scanner.pieces)
}

struct Scanner<'a> {
    source: &'a str,
    options: ScanOptions,
    index: usize,
    at: Position,
    pending: String,
    pending_at: Position,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Scanner<'a> {
    fn skip_to(&mut self, end: usize) {
        self.at = advance(self.at, &self.source[self.index..end]);
        self.index = end;
    }

    fn text_to(&mut self, end: usize) {
        if self.pending.is_empty() {
            self.pending_at = self.at;
        }
        self.pending.push_str(&self.source[self.index..end]);
        self.skip_to(end);
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.pieces.push(Piece::Text { at: self.pending_at, text });
        }
    }

    fn opening(&self) -> Result<Option<(usize, Opening)>> {
        let bytes = self.source.as_bytes();
        for i in self.index..bytes.len() {
            let rest = &bytes[i..];
            match bytes[i] {
                b'$' if self.options.syntax == Syntax::Backstage && rest.starts_with(b"${{") => {
                    return Ok(Some((i, Opening::Variable)));
                }
                b'{' if self.options.syntax == Syntax::Cookiecutter && rest.starts_with(b"{{") => {
                    return Ok(Some((i, Opening::Variable)));
                }
                b'{' if rest.starts_with(b"{%") => return Ok(Some((i, Opening::Block))),
                b'{' if rest.starts_with(b"{#") => return Ok(Some((i, Opening::Comment))),
                b'#' if rest.starts_with(b"#}") => {
                    let at = advance(self.at, &self.source[self.index..i]);
                    return Err(Error::syntax(at, "Unexpected end of comment"));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Reads the text up to the next tag and the tag itself; false at the end.
    fn next_tag(&mut self) -> Result<bool> {
        let Some((start, opening)) = self.opening()? else {
            self.text_to(self.source.len());
            return Ok(false);
        };
        self.text_to(start);
        if opening == Opening::Block && self.options.lstrip_blocks {
            self.strip_indent();
        }
        let at = self.at;
        let width = match opening {
            Opening::Variable if self.options.syntax == Syntax::Backstage => 3,
            _ => 2,
        };
        self.skip_to(start + width);
        if self.source[self.index..].starts_with('-') {
            self.pending.truncate(self.pending.trim_end_matches(is_space).len());
            self.skip_to(self.index + 1);
        }
        self.flush();
        let end = match opening {
            Opening::Comment => self.source[self.index..].find("#}").map(|i| self.index + i),
            Opening::Block => find_code_end(self.source, self.index, "%}", self.at)?,
            Opening::Variable => find_code_end(self.source, self.index, "}}", self.at)?,
        };
        let Some(end) = end else {
            return Err(Error::syntax(at, format!("This {} tag is never closed", opening.name())));
        };
        let code = &self.source[self.index..end];
        let trims_right = code.ends_with('-');
        let code = code.strip_suffix('-').unwrap_or(code);
        let trimmed = code.trim_start_matches(is_code_space);
        let code_at = advance(self.at, &code[..code.len() - trimmed.len()]);
        self.skip_to(end + 2);
        match opening {
            Opening::Comment => {}
            Opening::Variable => self.pieces.push(Piece::Variable { at, code: trimmed, code_at }),
            Opening::Block => {
                let code = trimmed.trim_end_matches(is_code_space);
                if matches!(code, "raw" | "verbatim") {
                    self.raw(code, at, trims_right)?;
                    return Ok(true);
                }
                self.pieces.push(Piece::Block { at, code, code_at });
            }
        }
        if trims_right {
            self.skip_spaces();
        } else if opening == Opening::Block && self.options.trim_blocks {
            self.skip_line_break();
        }
        Ok(true)
    }

    fn skip_spaces(&mut self) {
        let rest = &self.source[self.index..];
        self.skip_to(self.source.len() - rest.trim_start_matches(is_space).len());
    }

    fn skip_line_break(&mut self) {
        let rest = &self.source[self.index..];
        if rest.starts_with('\n') {
            self.skip_to(self.index + 1);
        } else if rest.starts_with("\r\n") {
            self.skip_to(self.index + 2);
        }
    }

    /// Drops the blanks before a tag when nothing else stands before it on its line.
    fn strip_indent(&mut self) {
        let before = &self.source[..self.index];
        let line = &before[before.rfind('\n').map_or(0, |i| i + 1)..];
        if line.chars().all(is_space) {
            let keep = self.pending.rfind('\n').map_or(0, |i| i + 1);
            self.pending.truncate(keep);
        }
    }

    /// Takes everything up to the matching end tag as text. Only `{% endraw %}` without dashes ends it, as in Nunjucks.
    fn raw(&mut self, name: &str, at: Position, trims_right: bool) -> Result<()> {
        if self.options.trim_blocks {
            self.skip_line_break();
        }
        let mut depth = 1usize;
        let mut from = self.index;
        while let Some(found) = self.source[from..].find("{%") {
            let marker = from + found;
            from = marker + 2;
            let inside = self.source[from..].trim_start_matches(is_space);
            let (closes, rest) = match inside.strip_prefix("end").and_then(|r| r.strip_prefix(name)) {
                Some(rest) => (true, rest),
                None => match inside.strip_prefix(name) {
                    Some(rest) => (false, rest),
                    None => continue,
                },
            };
            let Some(after) = rest.trim_start_matches(is_space).strip_prefix("%}") else { continue };
            from = self.source.len() - after.len();
            if !closes {
                depth += 1;
                continue;
            }
            depth -= 1;
            if depth == 0 {
                self.text_to(marker);
                self.skip_to(from);
                if trims_right {
                    self.skip_spaces();
                }
                return Ok(());
            }
        }
        Err(Error::syntax(at, format!("Missing end{name} tag")))
    }
}

/// Where `close` stands outside strings and regular expressions.
fn find_code_end(source: &str, start: usize, close: &str, at: Position) -> Result<Option<usize>> {
    let bytes = source.as_bytes();
    let mut i = start;
    while i < bytes.len() {
        match bytes[i] {
            quote @ (b'"' | b'\'') => {
                i += 1;
                while i < bytes.len() && bytes[i] != quote {
                    i += if bytes[i] == b'\\' { 2 } else { 1 };
                }
                i += 1;
            }
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                let word = i;
                while i < bytes.len() && (bytes[i] == b'_' || bytes[i].is_ascii_alphanumeric()) {
                    i += 1;
                }
                if &source[word..i] == "r" && bytes.get(i) == Some(&b'/') {
                    i = skip_regex(source, word, || advance(at, &source[start..word]))?;
                }
            }
            _ if source.as_bytes()[i..].starts_with(close.as_bytes()) => return Ok(Some(i)),
            _ => i += 1,
        }
    }
    Ok(None)
}
