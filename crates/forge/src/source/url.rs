//! Addresses of repositories, and of files in them as GitHub and GitLab write them.

/// What a URL names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The repository, to be cloned.
    pub repository: String,
    /// The branch; `None` is the default one.
    pub branch: Option<String>,
    /// The file.
    pub file: Option<String>,
}

impl Address {
    /// `https://host/owner/name/blob/<branch>/<path>`, or with `/-/blob/` before the branch; everything else is a repository. A branch
    /// whose name has a `/` cannot be told from a folder, and is taken for its first part.
    pub(super) fn read(url: &str) -> Self {
        let parted = url.split_once("/-/blob/").or_else(|| url.split_once("/blob/"));
        let named = parted.and_then(|(repository, rest)| Some((repository, rest.split_once('/')?)));
        match named {
            Some((repository, (branch, file))) if !branch.is_empty() && !file.is_empty() => Self {
                repository: repository.to_owned(),
                branch: Some(branch.to_owned()),
                file: Some(file.trim_end_matches('/').to_owned()),
            },
            _ => Self { repository: url.to_owned(), branch: None, file: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_with_its_branch() {
        let read = |url: &str| {
            let address = Address::read(url);
            (address.repository, address.branch.unwrap_or_default(), address.file.unwrap_or_default())
        };
        let named = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        let github = "https://github.com/a/b";
        assert_eq!(read(&format!("{github}/blob/main/x/template.yaml")), named(github, "main", "x/template.yaml"));
        let gitlab = "https://gitlab.com/a/b/c";
        assert_eq!(read(&format!("{gitlab}/-/blob/v2/template.yaml")), named(gitlab, "v2", "template.yaml"));
        for whole in
            [github, "https://github.com/a/b.git", "https://github.com/a/blob", "https://github.com/a/b/blob/main"]
        {
            assert_eq!(read(whole), named(whole, "", ""), "{whole}");
        }
    }
}
