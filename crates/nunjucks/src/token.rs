//! Splits the code inside a tag into tokens.

use std::rc::Rc;

use crate::error::{Error, Position, Result};
use crate::scan::advance;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    Name(Rc<str>),
    Number(f64),
    String(Rc<str>),
    Regex {
        pattern: Rc<str>,
        flags: Rc<str>,
    },
    /// Punctuation, spelled as in the source.
    Op(&'static str),
    End,
}

impl Token {
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Name(text) | Self::String(text) => format!("\"{text}\""),
            Self::Number(number) => crate::number::to_string(*number),
            Self::Regex { .. } => "a regular expression".into(),
            Self::Op(op) => format!("\"{op}\""),
            Self::End => "the end of the tag".into(),
        }
    }
}

/// Longest first, so that `===` is not read as `==` and `=`.
const OPERATORS: [&str; 27] = [
    "===", "!==", "**", "//", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ".", ",", ":", "|", "~", "+", "-",
    "*", "/", "%", "<", ">", "=",
];

const MAX_REGEX: usize = 16 * 1024;

/// What ends a name in the older engine; anything else is part of it.
const LEGACY_ENDS: &str = " \n\t\r\u{a0}()[]{}%*-+~/#,:|.<>=!";

pub(crate) fn tokenize(code: &str, start: Position, legacy: bool) -> Result<Vec<(Token, Position)>> {
    let mut tokens: Vec<(Token, Position)> = Vec::new();
    let mut i = 0;
    let mut at = start;
    while i < code.len() {
        let rest = &code[i..];
        let end = i + match rest.as_bytes()[0] {
            b' ' | b'\t' | b'\n' | b'\r' => 1,
            _ if rest.starts_with('\u{a0}') => 2,
            _ => {
                let (token, length) = one(code, i, at, tokens.last().map(|(token, _)| token), legacy)?;
                tokens.push((token, at));
                length
            }
        };
        at = advance(at, &code[i..end]);
        i = end;
    }
    tokens.push((Token::End, at));
    Ok(tokens)
}

fn one(code: &str, i: usize, at: Position, previous: Option<&Token>, legacy: bool) -> Result<(Token, usize)> {
    let rest = &code[i..];
    let first = rest.as_bytes()[0];
    if legacy && !rest.starts_with(['"', '\'']) && !rest.starts_with("r/") {
        let word = rest.find(|c| LEGACY_ENDS.contains(c)).map_or(rest, |end| &rest[..end]);
        if word.bytes().any(|b| !b.is_ascii_digit()) {
            return Ok((Token::Name(word.into()), word.len()));
        }
    }
    let word = rest.bytes().take_while(|b| *b == b'_' || b.is_ascii_alphanumeric()).count();
    let starts_name = first == b'_' || first.is_ascii_alphabetic();
    // After a dot a member may start with a digit (`a.1st`), but a number alone is still a number.
    let member = previous == Some(&Token::Op(".")) && rest[..word].bytes().any(|b| !b.is_ascii_digit());
    if starts_name || (member && first.is_ascii_digit()) {
        if &rest[..word] == "r" && rest.as_bytes().get(1) == Some(&b'/') {
            return regex(code, i, at);
        }
        return Ok((Token::Name(rest[..word].into()), word));
    }
    if first.is_ascii_digit() {
        return number(rest, at);
    }
    if first == b'"' || first == b'\'' {
        return string(rest, at);
    }
    if first == b'.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit) && !ends_operand(previous) {
        return Err(Error::syntax(at, "Invalid numeric literal"));
    }
    match OPERATORS.iter().find(|op| rest.starts_with(**op)) {
        Some(op) => Ok((Token::Op(op), op.len())),
        None => {
            let c = rest.chars().next().unwrap_or_default();
            Err(Error::syntax(at, format!("Unexpected character {c:?}").replace('\'', "\"")))
        }
    }
}

fn ends_operand(token: Option<&Token>) -> bool {
    match token {
        Some(Token::Op(op)) => matches!(*op, ")" | "]" | "}"),
        Some(Token::End) | None => false,
        Some(_) => true,
    }
}

fn number(rest: &str, at: Position) -> Result<(Token, usize)> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let mut length = digits;
    if rest.as_bytes().get(digits) == Some(&b'.') {
        length += 1 + rest[digits + 1..].bytes().take_while(u8::is_ascii_digit).count();
    }
    if rest.as_bytes().get(length).is_some_and(|b| *b == b'_' || b.is_ascii_alphabetic()) {
        return Err(Error::syntax(at, "Invalid numeric literal"));
    }
    let value = rest[..length].trim_end_matches('.').parse().unwrap_or(f64::NAN);
    Ok((Token::Number(value), length))
}

fn string(rest: &str, at: Position) -> Result<(Token, usize)> {
    let mut chars = rest.char_indices();
    let quote = chars.next().map_or('"', |(_, c)| c);
    let mut text = String::new();
    while let Some((i, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((Token::String(text.into()), i + 1)),
            '\\' => match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                // Any other escape is the character itself: "\u0041" is "u0041".
                Some((_, other)) => text.push(other),
                None => break,
            },
            _ => text.push(c),
        }
    }
    Err(Error::syntax(at, "This string is never closed"))
}

fn regex(code: &str, i: usize, at: Position) -> Result<(Token, usize)> {
    let end = skip_regex(code, i, || at)?;
    let body = &code[i + 2..end];
    let slash = body.rfind('/').unwrap_or(body.len());
    let flags = &body[slash + 1..];
    let bad = flags.chars().enumerate().any(|(n, c)| flags[..n].contains(c));
    if bad || code[end..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Err(Error::syntax(at, "Only the flags g, i, m and y are known, each once"));
    }
    Ok((Token::Regex { pattern: body[..slash].into(), flags: flags.into() }, end - i))
}

/// The end of the `r/pattern/flags` that starts at `start`.
pub(crate) fn skip_regex(source: &str, start: usize, at: impl Fn() -> Position) -> Result<usize> {
    let bytes = source.as_bytes();
    let mut i = start + 2;
    while i < bytes.len() && i - start < MAX_REGEX {
        match bytes[i] {
            b'\\' => i += 2,
            b'/' => {
                i += 1;
                while i < bytes.len() && matches!(bytes[i], b'g' | b'i' | b'm' | b'y') {
                    i += 1;
                }
                return Ok(i);
            }
            _ => i += 1,
        }
    }
    Err(Error::syntax(at(), "This regular expression is never closed, or is too long"))
}
