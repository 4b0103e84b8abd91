//! Addresses of what a template fetches: absolute, or relative to the template's own.

/// Whether an address stands by itself.
#[must_use]
pub fn is_absolute(address: &str) -> bool {
    address.split_once("://").is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// `relative` seen from `base`, whose last part is a file unless it ends in `/`. A leading `/` begins at the root of a
/// repository of the well-known hosts, else at the host's.
#[must_use]
pub fn resolve(base: &str, relative: &str) -> String {
    if is_absolute(relative) {
        return normal(relative);
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("", base));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let folder = match relative.strip_prefix('/') {
        Some(_) => root_of(path),
        None => path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
    };
    normal(&format!("{scheme}://{host}/{folder}/{relative}"))
}

/// The part of a path that names the repository and branch: `owner/repo/tree/main`, `group/repo/-/blob/main`.
fn root_of(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let marker = parts.iter().position(|part| matches!(*part, "tree" | "blob" | "src"));
    marker.map_or_else(String::new, |at| parts[..(at + 2).min(parts.len())].join("/"))
}

/// Without `.`, `..`, doubled and closing slashes; what GitHub and GitLab call `blob` is the same place as `tree`.
#[must_use]
pub fn normal(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("", address));
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            "blob" if parts.len() == 2 || parts.last() == Some(&"-") => parts.push("tree"),
            other => parts.push(other),
        }
    }
    format!("{scheme}://{host}/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_begin_at_the_template() {
        let base = "https://github.com/a/b/tree/main/templates/x/";
        assert_eq!(resolve(base, "./sk"), "https://github.com/a/b/tree/main/templates/x/sk");
        assert_eq!(resolve(base, "../../sk/"), "https://github.com/a/b/tree/main/sk");
        assert_eq!(resolve(base, "/sk"), "https://github.com/a/b/tree/main/sk");
        let file = "https://github.com/a/b/blob/main/templates/x/template.yaml";
        assert_eq!(resolve(file, "sk"), "https://github.com/a/b/tree/main/templates/x/sk");
        assert_eq!(resolve(base, "https://x.org//y"), "https://x.org/y");
        assert!(is_absolute("git+ssh://x") && !is_absolute("a/b://c") && !is_absolute("./x"));
    }
}
