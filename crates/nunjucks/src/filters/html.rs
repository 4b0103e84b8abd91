//! Filters for HTML and addresses.

use super::{Call, lenient, like};
use crate::budget::Budget;
use crate::error::{Error, Result};
use crate::js;
use crate::scan::is_space;
use crate::value::Value;

pub(super) fn escape(input: &Value, budget: &Budget) -> Result<Value> {
    let text = js::output(input, budget)?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' => out.push_str("&#92;"),
            _ => out.push(c),
        }
    }
    budget.text(out.len())?;
    Ok(Value::Safe(out.into()))
}

pub(super) fn line_breaks(input: &Value, budget: &Budget) -> Result<Value> {
    let text = lenient(input)?.replace("\r\n", "\n").replace('\n', "<br />\n");
    budget.text(text.len())?;
    Ok(like(input, text))
}

pub(super) fn strip_tags(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let mut text = lenient(input)?.to_string();
    // What stays after a tag is gone may be a tag again.
    loop {
        budget.text(text.len())?;
        let next = without_tags(&text);
        if next == text {
            break;
        }
        text = next;
    }
    let text = text.trim_matches(is_space);
    let words = |line: &str| line.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
    if !js::truthy(call.get(0)) {
        return Ok(like(input, text.split(is_space).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")));
    }
    let mut lines = text.replace("\r\n", "\n").split('\n').map(words).collect::<Vec<_>>().join("\n");
    while lines.contains("\n\n\n") {
        lines = lines.replace("\n\n\n", "\n\n");
    }
    Ok(like(input, lines))
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let tag = &rest[open..];
        let end = if let Some(comment) = tag.strip_prefix("<!--") {
            comment.find("-->").map(|i| i + "<!---->".len())
        } else {
            let name = tag[1..].strip_prefix('/').unwrap_or(&tag[1..]);
            name.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| tag.find('>').map(|i| i + 1)).flatten()
        };
        let Some(end) = end else {
            out.push('<');
            rest = &tag[1..];
            continue;
        };
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

pub(super) fn urlencode(input: &Value, budget: &Budget) -> Result<Value> {
    if let Some(text) = input.as_text() {
        return Ok(Value::text(encode(text)));
    }
    let pairs: Vec<(Value, Value)> = match input {
        Value::Record(record) => record.entries().iter().map(|(k, v)| (Value::String(k.clone()), v.clone())).collect(),
        Value::List(list) => {
            let pair = |item: &Value| match item {
                item if item.is_nullish() => Err(Error::value("Every item must be a pair")),
                item => Ok((js::member(item, "0"), js::member(item, "1"))),
            };
            list.0.borrow().iter().map(pair).collect::<Result<_>>()?
        }
        _ => Vec::new(),
    };
    let mut parts = Vec::new();
    for (key, value) in pairs {
        budget.work(1)?;
        parts.push(format!("{}={}", encode(&js::string(&key, budget)?), encode(&js::string(&value, budget)?)));
    }
    Ok(Value::text(parts.join("&")))
}

/// `encodeURIComponent`.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Makes links of the words that look like addresses; the first argument cuts what the link shows.
pub(super) fn urlize(input: &Value, call: &Call, budget: &Budget) -> Result<Value> {
    let text = super::strict(input)?;
    let most = match call.get(0) {
        Value::Undefined => f64::INFINITY,
        length => js::number(length, budget)?.max(0.0),
    };
    let nofollow = if matches!(call.get(1), Value::Bool(true)) { " rel=\"nofollow\"" } else { "" };
    let mut out = String::new();
    for piece in text.split_inclusive(is_space) {
        let word = piece.trim_end_matches(is_space);
        let link = link(word, most, nofollow);
        out.push_str(link.as_deref().unwrap_or(word));
        out.push_str(&piece[word.len()..]);
        budget.work(1)?;
    }
    budget.text(out.len())?;
    Ok(Value::text(out))
}

fn link(word: &str, most: f64, nofollow: &str) -> Option<String> {
    let start = ["(", "<", "&lt;"].into_iter().find_map(|open| word.strip_prefix(open)).unwrap_or(word);
    let address = [".", ",", ")", "&gt;"].into_iter().find_map(|close| start.strip_suffix(close)).unwrap_or(start);
    let shown: String = address.chars().take(if most.is_finite() { most as usize } else { usize::MAX }).collect();
    let web = |prefix: &str| Some(format!("<a href=\"{prefix}{address}\"{nofollow}>{shown}</a>"));
    if address.starts_with("http://") || address.starts_with("https://") {
        return web("");
    }
    if address.starts_with("www.") {
        return web("http://");
    }
    if is_email(address) {
        return Some(format!("<a href=\"mailto:{address}\">{address}</a>"));
    }
    let known = [".org", ".net", ".com"].into_iter().any(|end| {
        address
            .match_indices(end)
            .any(|(i, _)| matches!(address.as_bytes().get(i + end.len()), None | Some(b':' | b'/')))
    });
    if known { web("http://") } else { None }
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.rsplit_once('@') else { return false };
    let name_ok = |c: char| c.is_ascii_alphanumeric() || "_.!#$%&'*+-/=?^`{|}~".contains(c);
    !name.is_empty()
        && name.chars().all(name_ok)
        && domain.contains('.')
        && domain
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}
