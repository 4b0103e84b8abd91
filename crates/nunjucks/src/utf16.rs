//! JavaScript counts and cuts text in UTF-16 code units, and may cut a character in two.
//!
//! Half a character has no place in a Rust string. It is kept as one of the last 2048 private-use characters, which
//! stand for the 2048 surrogates. Those characters themselves are taken apart into two halves on their way in
//! ([`admit`]), so that inside the interpreter they always mean halves. On the way out ([`finish`]) halves that stand
//! together become the whole character, and one that stays alone becomes U+FFFD, as when JavaScript writes UTF-8.

use std::borrow::Cow;

const STAND_IN: u32 = 0x10_F800;
const SURROGATE: u32 = 0xD800;

fn half(c: char) -> Option<u16> {
    let offset = (c as u32).checked_sub(STAND_IN)?;
    u16::try_from(SURROGATE + offset).ok()
}

fn stand_in(unit: u16) -> char {
    char::from_u32(STAND_IN + u32::from(unit) - SURROGATE).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Adds a whole character: as itself, or as two halves if it is one of the stand-ins.
fn push_whole(out: &mut String, c: char) {
    if half(c).is_some() {
        out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| stand_in(*unit)));
    } else {
        out.push(c);
    }
}

/// Text from outside, as the interpreter keeps it.
pub(crate) fn admit(text: &str) -> Cow<'_, str> {
    // The stand-ins are the only characters that matter here, and all of them start with this byte.
    if !text.as_bytes().contains(&0xF4) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_whole(&mut out, c));
    Cow::Owned(out)
}

pub(crate) fn units(text: &str) -> Vec<u16> {
    let mut out = Vec::with_capacity(text.len());
    for c in text.chars() {
        match half(c) {
            Some(unit) => out.push(unit),
            None => out.extend_from_slice(c.encode_utf16(&mut [0; 2])),
        }
    }
    out
}

pub(crate) fn text(units: &[u16]) -> String {
    let mut out = String::with_capacity(units.len());
    for decoded in char::decode_utf16(units.iter().copied()) {
        match decoded {
            Ok(c) => push_whole(&mut out, c),
            Err(alone) => out.push(stand_in(alone.unpaired_surrogate())),
        }
    }
    out
}

/// Length in code units.
pub(crate) fn len(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        text.chars().map(|c| if half(c).is_some() { 1 } else { c.len_utf16() }).sum()
    }
}

/// The code unit at `index`, as text.
pub(crate) fn unit(text_: &str, index: usize) -> Option<String> {
    if text_.is_ascii() {
        return text_.get(index..=index).map(str::to_owned);
    }
    units(text_).get(index).map(|unit| text(&[*unit]))
}

/// Units from `start` to before `end`, both within the text.
pub(crate) fn slice(text_: &str, start: usize, end: usize) -> String {
    if text_.is_ascii() {
        return text_.get(start..end).unwrap_or_default().to_owned();
    }
    units(text_).get(start..end).map(text).unwrap_or_default()
}

/// Text for the outside: halves joined, and those that stayed alone replaced.
pub(crate) fn finish(text_: String) -> String {
    if !text_.chars().any(|c| half(c).is_some()) {
        return text_;
    }
    String::from_utf16_lossy(&units(&text_))
}
