use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// `path?name=value&…`; what is empty is left out.
#[must_use]
pub fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut before = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(before);
        address.push_str(name);
        address.push('=');
        encode(value, &mut address);
        before = '&';
    }
    address
}

/// Everything but RFC 3986's unreserved characters as `%XX`.
fn encode(text: &str, into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push('%');
            into.push(char::from(DIGITS[usize::from(byte >> 4)]));
            into.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// A part of the path by its name, empty when there is none.
pub fn param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get_str(name).unwrap_or_default().to_owned())
}

/// A value of the query by its name, empty when there is none.
pub fn query(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get_str(name).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_any_text_and_leaves_out_what_is_empty() {
        assert_eq!(address("/services", &[("q", ""), ("owner", "")]), "/services");
        assert_eq!(
            address("/a", &[("q", "größe & co"), ("cursor", "x/y")]),
            "/a?q=gr%C3%B6%C3%9Fe%20%26%20co&cursor=x%2Fy"
        );
    }
}
