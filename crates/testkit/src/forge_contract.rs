//! What every [`Forge`] does. [`forge_contract!`](macro@crate::forge_contract) makes one test of each.

use bytes::Bytes;
use slipway_domain::time::Timestamp;
use slipway_ports::forge::{CommitFile, Forge, ForgeError, NewCommit};

/// Stamps one `#[tokio::test]` for each rule. `$make` is an async expression that gives `(guard, forge)`; what the forge
/// needs to live is in the guard.
#[macro_export]
macro_rules! forge_contract {
    ($make:expr) => {
        $crate::forge_contract!(@tests $make;
            making_is_once_for_one_maker, a_commit_can_be_read_back, the_same_commit_has_the_same_sha,
            the_same_tree_is_not_committed_twice, commits_at_once_all_arrive, history_is_in_order_and_from_where_asked,
            deleting_heeds_the_maker, what_is_not_there_is_said_as_such, names_and_paths_are_checked);
    };
    (@tests $make:expr; $($name:ident),+) => {
        $(
            #[tokio::test]
            async fn $name() {
                let (_guard, forge) = $make.await;
                $crate::forge_contract::$name(&forge).await;
            }
        )+
    };
}

/// A commit on `main` with these plain files, made at a fixed instant.
pub fn a_commit(message: &str, files: &[(&str, &str)]) -> NewCommit {
    let file = |content: &str| CommitFile { bytes: Bytes::from(content.to_owned()), executable: false };
    NewCommit {
        branch: "main".into(),
        files: files.iter().map(|(path, content)| ((*path).to_owned(), file(content))).collect(),
        message: message.into(),
        author_name: "Ada Lovelace".into(),
        author_email: "ada@example.com".into(),
        at: Timestamp::from_millis(1_790_000_000_000),
    }
}

/// A second creation by the same maker is fine; by another it is refused.
pub async fn making_is_once_for_one_maker(forge: &impl Forge) {
    assert!(forge.create("payments/checkout", "main", "run-1").await.unwrap(), "it is new");
    assert!(!forge.create("payments/checkout", "main", "run-1").await.unwrap(), "it was there");
    let other = forge.create("payments/checkout", "main", "run-2").await.unwrap_err();
    assert!(matches!(other, ForgeError::Exists(_)), "{other}");
    assert_eq!(forge.head("payments/checkout", "main").await.unwrap(), None, "a new repository is empty");
}

/// Content, paths and attributes come back as they were given.
pub async fn a_commit_can_be_read_back(forge: &impl Forge) {
    forge.create("a/b", "main", "t").await.unwrap();
    let mut commit =
        a_commit("First\n\nWith a body.", &[("README.md", "# Hi\n"), ("src/ü \"x\".txt", "a\0b"), ("e", "")]);
    let script = CommitFile { bytes: Bytes::from_static(b"#!/bin/sh\n"), executable: true };
    commit.files.insert("bin/run".into(), script);
    let sha = forge.commit("a/b", &commit).await.unwrap();
    assert_eq!(forge.head("a/b", "main").await.unwrap().as_deref(), Some(sha.as_str()));

    let mut paths = forge.paths("a/b", "main").await.unwrap();
    paths.sort_unstable();
    assert_eq!(paths, ["README.md", "bin/run", "e", "src/ü \"x\".txt"]);
    for (path, file) in &commit.files {
        assert_eq!(forge.read("a/b", &sha, path).await.unwrap().as_ref(), Some(&file.bytes), "{path}");
    }
    assert_eq!(forge.read("a/b", &sha, "nothing").await.unwrap(), None);
    assert_eq!(forge.read("a/b", &sha, "src").await.unwrap(), None, "a folder is no file");

    let commits = forge.commits("a/b", None, "main").await.unwrap();
    assert_eq!(commits.len(), 1);
    assert_eq!((commits[0].sha.as_str(), commits[0].subject.as_str()), (sha.as_str(), "First"));
    assert_eq!(commits[0].author, "Ada Lovelace");
    assert_eq!((commits[0].authored_at, commits[0].committed_at), (commit.at, commit.at));
}

/// The same date, tree and parent give the same SHA, in any repository.
pub async fn the_same_commit_has_the_same_sha(forge: &impl Forge) {
    let mut shas = Vec::new();
    for repository in ["a/one", "a/two"] {
        forge.create(repository, "main", "t").await.unwrap();
        forge.commit(repository, &a_commit("First", &[("a", "1")])).await.unwrap();
        shas.push(forge.commit(repository, &a_commit("Second", &[("a", "2")])).await.unwrap());
    }
    assert_eq!(shas[0], shas[1]);
}

/// A retry after a crash finds its own commit, and makes no second one.
pub async fn the_same_tree_is_not_committed_twice(forge: &impl Forge) {
    forge.create("a/b", "main", "t").await.unwrap();
    let first = forge.commit("a/b", &a_commit("First", &[("a", "1"), ("b", "1")])).await.unwrap();
    assert_eq!(forge.commit("a/b", &a_commit("Again", &[("a", "1"), ("b", "1")])).await.unwrap(), first);
    let second = forge.commit("a/b", &a_commit("Second", &[("a", "1")])).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(forge.paths("a/b", "main").await.unwrap(), ["a"], "a commit is the whole tree");
    assert_eq!(forge.commits("a/b", None, "main").await.unwrap().len(), 2);
}

/// Nobody's commit is lost when several are made at once.
pub async fn commits_at_once_all_arrive(forge: &impl Forge) {
    forge.create("a/b", "main", "t").await.unwrap();
    let commits = ["one", "two", "three"].map(|name| a_commit(name, &[(name, name)]));
    let (a, b, c) = tokio::join!(
        forge.commit("a/b", &commits[0]),
        forge.commit("a/b", &commits[1]),
        forge.commit("a/b", &commits[2])
    );
    for made in [a, b, c] {
        made.unwrap();
    }
    let history = forge.commits("a/b", None, "main").await.unwrap();
    let mut subjects: Vec<&str> = history.iter().map(|commit| commit.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["one", "three", "two"]);
}

/// Parents come before children; `from` and what it contains are left out.
pub async fn history_is_in_order_and_from_where_asked(forge: &impl Forge) {
    forge.create("a/b", "main", "t").await.unwrap();
    let mut shas = Vec::new();
    for content in ["1", "2", "3"] {
        shas.push(forge.commit("a/b", &a_commit(content, &[("a", content)])).await.unwrap());
    }
    let all = forge.commits("a/b", None, "main").await.unwrap();
    assert_eq!(all.iter().map(|c| &c.sha).collect::<Vec<_>>(), shas.iter().collect::<Vec<_>>());
    assert_eq!(all[0].parents, Vec::<String>::new());
    assert_eq!(all[2].parents, [shas[1].clone()]);
    let new = forge.commits("a/b", Some(&shas[0]), &shas[2]).await.unwrap();
    assert_eq!(new.iter().map(|c| c.subject.as_str()).collect::<Vec<_>>(), ["2", "3"]);
    assert!(forge.commits("a/b", Some("main"), "main").await.unwrap().is_empty());
}

/// Undoing a run never deletes what another one made.
pub async fn deleting_heeds_the_maker(forge: &impl Forge) {
    forge.create("a/b", "main", "mine").await.unwrap();
    forge.commit("a/b", &a_commit("First", &[("a", "1")])).await.unwrap();
    forge.delete("a/b", Some("theirs")).await.unwrap();
    assert!(forge.head("a/b", "main").await.unwrap().is_some(), "made by somebody else: stays");
    forge.delete("a/b", Some("mine")).await.unwrap();
    assert_eq!(forge.head("a/b", "main").await.unwrap(), None);
    forge.delete("a/b", Some("mine")).await.unwrap();
    forge.delete("a/b", None).await.unwrap();
    forge.create("a/b", "main", "another").await.unwrap();
    forge.delete("a/b", None).await.unwrap();
    assert!(matches!(forge.paths("a/b", "main").await, Err(ForgeError::NotFound(_))));
}

/// Absence is an answer, or an error of its own.
pub async fn what_is_not_there_is_said_as_such(forge: &impl Forge) {
    assert_eq!(forge.head("no/body", "main").await.unwrap(), None);
    assert!(matches!(forge.commits("no/body", None, "main").await, Err(ForgeError::NotFound(_))));
    assert!(matches!(forge.commit("no/body", &a_commit("x", &[])).await, Err(ForgeError::NotFound(_))));
    forge.create("a/b", "main", "t").await.unwrap();
    assert_eq!(forge.head("a/b", "other").await.unwrap(), None);
    assert!(matches!(forge.paths("a/b", "main").await, Err(ForgeError::NotFound(_))));
    assert!(matches!(forge.commits("a/b", None, "v1").await, Err(ForgeError::NotFound(_))));
    assert_eq!(forge.read("a/b", "main", "a").await.unwrap(), None);
}

/// Nothing that looks like an option or a way out of the folder gets through.
pub async fn names_and_paths_are_checked(forge: &impl Forge) {
    for name in ["../a/b", "a", "a/../b", "-x/y", "a/.git", "a/b/c", "a/b.git", ""] {
        let error = forge.create(name, "main", "t").await.unwrap_err();
        assert!(matches!(error, ForgeError::InvalidName(_)), "{name}: {error}");
    }
    forge.create("a/b", "main", "t").await.unwrap();
    for path in ["../x", "/x", ".git/hooks/post-receive", "a//b", "a\nb"] {
        let error = forge.commit("a/b", &a_commit("x", &[(path, "")])).await.unwrap_err();
        assert!(matches!(error, ForgeError::InvalidName(_)), "{path}: {error}");
    }
    for revision in ["--output=/tmp/x", "main..other", "-n1", "main:a"] {
        let error = forge.commits("a/b", None, revision).await.unwrap_err();
        assert!(matches!(error, ForgeError::InvalidName(_)), "{revision}: {error}");
    }
    let error = forge.commit("a/b", &NewCommit { branch: "-f".into(), ..a_commit("x", &[]) }).await.unwrap_err();
    assert!(matches!(error, ForgeError::InvalidName(_)), "{error}");
}
