//! Addresses of repositories as `RepoUrlPicker` writes them: `host?owner=o&repo=r` (@backstage/plugin-scaffolder, `serializeRepoPickerUrl`).

use serde_json::Value;
use std::collections::BTreeMap;

/// The parts of an address, in the order in which they are written; the host stands in front.
pub const HOST: &str = "host";
const PARTS: [&str; 5] = ["owner", "repo", "organization", "workspace", "project"];

/// Parts that a repository of a host is named by.
pub fn parts_of(host: &str) -> &'static [&'static str] {
    match host {
        "dev.azure.com" => &["organization", "project", "repo"],
        "bitbucket.org" => &["workspace", "project", "repo"],
        _ => &["owner", "repo"],
    }
}

/// The address that these parts make; empty when nothing but the host was said.
pub(crate) fn address(parts: &BTreeMap<&str, &str>) -> String {
    let host = parts.get(HOST).copied().unwrap_or_default();
    let said: Vec<String> = PARTS
        .iter()
        .filter_map(|name| {
            parts.get(name).filter(|text| !text.is_empty()).map(|text| [name, "=", &encode(text)].concat())
        })
        .collect();
    if said.is_empty() { String::new() } else { [host, "?", &said.join("&")].concat() }
}

/// The parts of an address; those that it has not are empty.
pub fn parts(address: &str) -> Vec<(&'static str, String)> {
    let (host, query) = address.split_once('?').unwrap_or((address, ""));
    let said = |name: &str| {
        let found = query.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
        found.map(|(_, text)| decode(text)).unwrap_or_default()
    };
    let mut parts = vec![(HOST, host.to_owned())];
    parts.extend(PARTS.map(|name| (name, said(name))));
    parts
}

/// What is missing in an address, in a sentence.
pub(crate) fn check(address: &str) -> Result<(), String> {
    let parts = parts(address);
    let said = |name: &str| parts.iter().any(|(part, text)| *part == name && !text.is_empty());
    if !said(HOST) {
        return Err("Say which host the repository will be on, such as github.com.".to_owned());
    }
    match parts_of(&parts[0].1).iter().find(|part| !said(part)) {
        Some(part) => Err(["Fill in the repository's ", part, "; it is needed."].concat()),
        None => Ok(()),
    }
}

/// Says when an address names something that a picker's `ui:options` leave out.
pub(crate) fn allowed(address: &str, options: &Value) -> Result<(), String> {
    let named = [
        ("allowedHosts", HOST),
        ("allowedOwners", "owner"),
        ("allowedOrganizations", "organization"),
        ("allowedProjects", "project"),
        ("allowedRepos", "repo"),
    ];
    let parts = parts(address);
    for (option, part) in named {
        let allowed: Vec<&str> = options[option].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let said = parts.iter().find(|(name, text)| *name == part && !text.is_empty());
        if let Some((_, said)) = said.filter(|_| !allowed.is_empty())
            && !allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(said))
        {
            return Err(["The repository's ", part, " is one of: ", &allowed.join(", "), "."].concat());
        }
    }
    Ok(())
}

fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"*-._".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => match (digit(), digit()) {
                (Some(high), Some(low)) => u8::try_from(high * 16 + low).unwrap_or(b'?'),
                _ => b'?',
            },
            byte => byte,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_the_template_allows_is_taken() {
        let options = json!({"allowedHosts": ["github.com"], "allowedOwners": ["acme", "tools"], "allowedRepos": []});
        assert_eq!(allowed("GitHub.com?owner=acme&repo=x", &options), Ok(()));
        let wrong = allowed("github.com?owner=me&repo=x", &options).unwrap_err();
        assert_eq!(wrong, "The repository's owner is one of: acme, tools.");
        assert!(allowed("gitlab.com?owner=acme&repo=x", &options).unwrap_err().contains("host"));
        assert_eq!(allowed("github.com?owner=me&repo=x", &Value::Null), Ok(()));
    }
}
