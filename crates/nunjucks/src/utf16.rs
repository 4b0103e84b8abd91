//! JavaScript counts and cuts text in UTF-16 code units, and may cut a character in two.
//!
//! Half a character has no place in a Rust string. It is kept as one of the last 2048 private-use characters, which
//! stand for the 2048 surrogates; halves that meet again become the whole character, and a half that is left when text
//! is written out becomes U+FFFD, as JavaScript does when it encodes UTF-8.

const STAND_IN: u32 = 0x10_F800;
const SURROGATE: u32 = 0xD800;

fn half(c: char) -> Option<u16> {
    let offset = (c as u32).checked_sub(STAND_IN)?;
    u16::try_from(SURROGATE + offset).ok()
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
    char::decode_utf16(units.iter().copied())
        .map(|decoded| {
            decoded.unwrap_or_else(|e| {
                let stand_in = STAND_IN + u32::from(e.unpaired_surrogate()) - SURROGATE;
                char::from_u32(stand_in).unwrap_or(char::REPLACEMENT_CHARACTER)
            })
        })
        .collect()
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

/// Joins halves and replaces those that stayed alone.
pub(crate) fn finish(text_: String) -> String {
    if !text_.chars().any(|c| half(c).is_some()) {
        return text_;
    }
    String::from_utf16_lossy(&units(&text_))
}
