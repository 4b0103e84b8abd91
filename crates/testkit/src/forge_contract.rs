//! What every [`Forge`] does. [`forge_contract!`](macro@crate::forge_contract) makes one test of each.

use bytes::Bytes;
use slipway_domain::time::Timestamp;
use slipway_ports::forge::{CommitFile, Forge, ForgeError, Joined, Merged, NewBranch, NewCommit, Saying, ThreeWay};
use std::collections::BTreeMap;

/// Stamps one `#[tokio::test]` for each rule. `$make` is an async expression that gives `(guard, forge)`; what the forge
/// needs to live is in the guard.
#[macro_export]
macro_rules! forge_contract {
    ($make:expr) => {
        $crate::forge_contract!(@tests $make;
            making_is_once_for_one_maker, a_commit_can_be_read_back, the_same_commit_has_the_same_sha,
            the_same_tree_is_not_committed_twice, commits_at_once_all_arrive, history_is_in_order_and_from_where_asked,
            deleting_heeds_the_maker, what_both_sides_changed_comes_together, one_side_alone_is_the_result,
            the_same_line_changed_twice_is_a_conflict, a_branch_goes_into_another_once, what_is_not_there_is_said_as_such, names_and_paths_are_checked);
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
    let file = |content: &str| CommitFile { bytes: Bytes::from(content.to_owned()), ..CommitFile::default() };
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
    let script = CommitFile { bytes: Bytes::from_static(b"#!/bin/sh\n"), executable: true, link: false };
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

fn tree(files: &[(&str, &str)]) -> BTreeMap<String, CommitFile> {
    a_commit("", files).files
}

/// Brings `base` and `theirs` together with what `ours` holds, in a repository of its own.
async fn merged(
    forge: &impl Forge,
    name: &str,
    base: &[(&str, &str)],
    ours: NewCommit,
    theirs: &[(&str, &str)],
) -> Merged {
    forge.create(name, "main", "t").await.unwrap();
    let sha = forge.commit(name, &ours).await.unwrap();
    let sides = ThreeWay {
        ours: sha.clone(),
        base: tree(base),
        theirs: tree(theirs),
        our_name: "main".into(),
        their_name: "template-2".into(),
    };
    let merged = forge.merge_trees(name, &sides).await.unwrap();
    assert_eq!(forge.head(name, "main").await.unwrap(), Some(sha), "nothing in the repository changes");
    merged
}

/// `ours` as text, with what `merged` changes in it.
fn applied(ours: &BTreeMap<String, CommitFile>, merged: &Merged) -> BTreeMap<String, CommitFile> {
    let mut files = ours.clone();
    for difference in &merged.differences {
        assert_eq!(files.get(&difference.path), difference.before.as_ref(), "{}", difference.path);
        match &difference.after {
            Some(file) => files.insert(difference.path.clone(), file.clone()),
            None => files.remove(&difference.path),
        };
    }
    files
}

/// Changes, additions, deletions, renames, modes, links and bytes of both sides.
pub async fn what_both_sides_changed_comes_together(forge: &impl Forge) {
    let long = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n";
    let base = [("keep", "same\n"), ("main.rs", long), ("gone", "old\n"), ("bin", "a\0b"), ("run.sh", "#!/bin/sh\n")];
    let mut ours = a_commit(
        "Ours",
        &[("keep", "same\n"), ("gone", "old\n"), ("bin", "a\0b"), ("own.txt", "team\n"), ("run.sh", "#!/bin/sh\n")],
    );
    // The team moved a file and changed its end.
    ours.files.extend(tree(&[("src/main.rs", &long.replace("eight", "8"))]));
    let longer = long.replace("one", "1");
    let theirs = [
        ("keep", "same\n"),
        ("main.rs", longer.as_str()),
        ("bin", "a\0c"),
        ("new", "new\n"),
        ("run.sh", "#!/bin/sh\n"),
    ];
    forge.create("a/both", "main", "t").await.unwrap();
    let sha = forge.commit("a/both", &ours).await.unwrap();
    let mut theirs = tree(&theirs);
    if let Some(script) = theirs.get_mut("run.sh") {
        script.executable = true;
    }
    theirs.insert("link".into(), CommitFile { bytes: Bytes::from_static(b"keep"), executable: false, link: true });
    let sides = ThreeWay {
        ours: sha,
        base: tree(&base),
        theirs: theirs.clone(),
        our_name: "main".into(),
        their_name: "template-2".into(),
    };
    let merged = forge.merge_trees("a/both", &sides).await.unwrap();
    assert_eq!(merged.conflicts, []);
    let result = applied(&ours.files, &merged);
    assert_eq!(result["src/main.rs"].bytes, long.replace("one", "1").replace("eight", "8"));
    assert_eq!(result["bin"].bytes.as_ref(), b"a\0c");
    assert!(result["run.sh"].executable && result["link"].link);
    let paths: Vec<&str> = result.keys().map(String::as_str).collect();
    assert_eq!(paths, ["bin", "keep", "link", "new", "own.txt", "run.sh", "src/main.rs"]);
}

/// Who changed nothing gets the other side; and what is done is not done again.
pub async fn one_side_alone_is_the_result(forge: &impl Forge) {
    let (old, new) = ([("a", "1\n"), ("b", "2\n")], [("a", "1\n2\n"), ("c/d", "3\n")]);
    let theirs_only = merged(forge, "a/one", &old, a_commit("Ours", &old), &new).await;
    assert_eq!(applied(&tree(&old), &theirs_only), tree(&new));
    let ours_only = merged(forge, "a/two", &old, a_commit("Ours", &new), &old).await;
    assert_eq!((ours_only.differences, ours_only.conflicts), (vec![], vec![]));
    let again = merged(forge, "a/three", &old, a_commit("Ours", &new), &new).await;
    assert_eq!((again.differences, again.conflicts), (vec![], vec![]));
}

/// Both texts stand in the file, with the names that were given; a file that one side deleted stays.
pub async fn the_same_line_changed_twice_is_a_conflict(forge: &impl Forge) {
    let base = [("a", "1\n"), ("b", "1\n"), ("x", "1\n")];
    let ours = a_commit("Ours", &[("a", "ours\n"), ("x", "1\n")]);
    let merged = merged(forge, "a/b", &base, ours, &[("a", "theirs\n"), ("b", "theirs\n"), ("x", "1\n")]).await;
    let paths: Vec<&str> = merged.conflicts.iter().map(|conflict| conflict.path.as_str()).collect();
    assert_eq!(paths, ["a", "b"]);
    assert_eq!(merged.conflicts[0].message, "Both changed the same lines.");
    assert!(merged.conflicts[1].message.contains("deleted in main"), "{}", merged.conflicts[1].message);
    let text = |path: &str| {
        let found = merged.differences.iter().find(|d| d.path == path).and_then(|d| d.after.clone());
        String::from_utf8(found.unwrap().bytes.to_vec()).unwrap()
    };
    assert_eq!(text("a"), "<<<<<<< main\nours\n=======\ntheirs\n>>>>>>> template-2\n");
    assert_eq!(text("b"), "theirs\n");
}

/// A branch begins where it is told, is merged once, refuses what conflicts, and goes.
pub async fn a_branch_goes_into_another_once(forge: &impl Forge) {
    forge.create("a/b", "main", "t").await.unwrap();
    let first = forge.commit("a/b", &a_commit("First", &[("a", "1\n"), ("b", "1\n")])).await.unwrap();
    let saying = Saying {
        message: "Upgrade".into(),
        author_name: "Ada Lovelace".into(),
        author_email: "ada@example.com".into(),
        at: Timestamp::from_millis(1_790_000_001_000),
    };
    let changes: BTreeMap<String, Option<CommitFile>> =
        [("a".to_owned(), None), ("c/d".to_owned(), tree(&[("c/d", "new\n")]).remove("c/d"))].into();
    let new = NewBranch { branch: "slipway/x".into(), parent: first.clone(), changes, saying: saying.clone() };
    let head = forge.put_branch("a/b", &new).await.unwrap();
    assert_eq!(forge.put_branch("a/b", &new).await.unwrap(), head, "the same is the same");
    assert_eq!(forge.paths("a/b", &head).await.unwrap(), ["b", "c/d"]);
    let differences = forge.compare("a/b", "main", "slipway/x").await.unwrap();
    assert_eq!(differences.iter().map(|d| d.path.as_str()).collect::<Vec<_>>(), ["a", "c/d"]);
    assert!(differences[0].after.is_none() && differences[1].before.is_none());

    // Somebody else goes on meanwhile.
    let other = forge.commit("a/b", &a_commit("Other", &[("a", "1\n"), ("b", "2\n")])).await.unwrap();
    assert_eq!(forge.compare("a/b", "main", "slipway/x").await.unwrap(), differences, "only what the branch changed");
    assert!(!forge.is_in("a/b", &head, "main").await.unwrap());
    let Joined::At(joined) = forge.join("a/b", &head, "main", &saying).await.unwrap() else { panic!("no conflict") };
    assert_eq!(forge.join("a/b", &head, "main", &saying).await.unwrap(), Joined::At(joined.clone()), "once");
    assert!(forge.is_in("a/b", &head, "main").await.unwrap());
    let last = forge.commits("a/b", Some(&other), "main").await.unwrap().pop().unwrap();
    assert_eq!((last.sha, last.parents, last.author), (joined, vec![other, head.clone()], "Ada Lovelace".to_owned()));
    assert_eq!(forge.files("a/b", "main").await.unwrap(), tree(&[("b", "2\n"), ("c/d", "new\n")]));

    let late = NewBranch { parent: first, changes: [("b".to_owned(), None)].into(), ..new };
    let late = forge.put_branch("a/b", &late).await.unwrap();
    let before = forge.head("a/b", "main").await.unwrap();
    let refused = forge.join("a/b", &late, "main", &saying).await.unwrap();
    assert!(matches!(&refused, Joined::Conflicts(c) if c[0].path == "b"), "{refused:?}");
    assert_eq!(forge.head("a/b", "main").await.unwrap(), before);
    forge.delete_branch("a/b", "slipway/x", Some(&head)).await.unwrap();
    assert_eq!(forge.head("a/b", "slipway/x").await.unwrap(), Some(late), "another head is another's work");
    forge.delete_branch("a/b", "slipway/x", None).await.unwrap();
    forge.delete_branch("a/b", "slipway/x", None).await.unwrap();
    assert_eq!(forge.head("a/b", "slipway/x").await.unwrap(), None);
}
