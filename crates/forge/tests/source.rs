//! What the catalogue reads: folders, files and Git repositories, and nothing beside them.

use slipway_forge::Source;
use slipway_ports::forge::{CatalogSource as _, CommitFile, ForgeError, MOST_FILES};
use std::{collections::BTreeMap, fs, path::Path, process::Command};

fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").current_dir(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test]
async fn a_folder_gives_its_files_and_no_others() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("catalog");
    fs::create_dir_all(folder.join("teams")).unwrap();
    fs::write(outer.path().join("secret.yaml"), "secret").unwrap();
    fs::write(folder.join("catalog-info.yaml"), "kind: Component").unwrap();
    fs::write(folder.join("teams/all.yaml"), "kind: Group").unwrap();
    let tree = Source::new().open_path(&folder).await.unwrap();
    assert_eq!(tree.entry(), None);
    assert_eq!(tree.read("teams/all.yaml").await.unwrap().unwrap(), "kind: Group");
    assert_eq!(tree.read("absent.yaml").await.unwrap(), None);
    assert_eq!(tree.read("teams").await.unwrap(), None);
    assert!(matches!(tree.read("../secret.yaml").await, Err(ForgeError::InvalidName(_))));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outer.path().join("secret.yaml"), folder.join("link.yaml")).unwrap();
        assert!(matches!(tree.read("link.yaml").await, Err(ForgeError::InvalidName(_))));
    }

    let file = Source::new().open_path(&folder.join("teams/all.yaml")).await.unwrap();
    assert_eq!(file.entry(), Some("all.yaml"));
    assert!(matches!(Source::new().open_path(&folder.join("gone")).await, Err(ForgeError::NotFound(_))));
}

#[tokio::test]
async fn a_repository_gives_its_default_branch() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=trunk"]);
    fs::write(folder.path().join("catalog-info.yaml"), "kind: Component").unwrap();
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message=First"]);
    let url = format!("file://{}", folder.path().display());

    let tree = Source::with_local_urls().open_git(&url).await.unwrap();
    assert_eq!(tree.read("catalog-info.yaml").await.unwrap().unwrap(), "kind: Component");
    assert_eq!(tree.read("absent.yaml").await.unwrap(), None);

    // On a server such a URL would read the server's own disk.
    assert!(matches!(Source::new().open_git(&url).await, Err(ForgeError::InvalidName(_))));
    assert!(matches!(Source::with_local_urls().open_git("ssh://host/a").await, Err(ForgeError::InvalidName(_))));
}

/// A folder with an executable file, a link, and what git keeps for itself.
fn write_skeleton(folder: &Path) {
    fs::create_dir_all(folder.join("one/skeleton")).unwrap();
    fs::write(folder.join("one/skeleton/run.sh"), "#!/bin/sh\n").unwrap();
    fs::write(folder.join("README.md"), "outside\n").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        fs::set_permissions(folder.join("one/skeleton/run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        symlink("../../../secret", folder.join("one/skeleton/link")).unwrap();
    }
}

#[cfg(unix)]
fn skeleton() -> BTreeMap<String, CommitFile> {
    let file = |text: &'static str, executable, link| CommitFile { bytes: text.into(), executable, link };
    BTreeMap::from([
        ("skeleton/link".to_owned(), file("../../../secret", false, true)),
        ("skeleton/run.sh".to_owned(), file("#!/bin/sh\n", true, false)),
    ])
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_of_either_gives_every_file_with_its_mode_within_bounds() {
    let folder = tempfile::tempdir().unwrap();
    write_skeleton(folder.path());
    git(folder.path(), &["init", "--quiet", "--initial-branch=trunk"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message=First"]);
    let url = format!("file://{}", folder.path().display());
    for tree in
        [Source::new().open_path(folder.path()).await.unwrap(), Source::with_local_urls().open_git(&url).await.unwrap()]
    {
        assert_eq!(tree.folder("one").await.unwrap(), skeleton());
        assert_eq!(tree.folder("").await.unwrap().len(), 3, "git's own files are none");
        assert_eq!(tree.folder("absent").await.unwrap(), BTreeMap::new());
        assert!(matches!(tree.folder("../other").await, Err(ForgeError::InvalidName(_))));
    }

    for n in 0..MOST_FILES {
        fs::write(folder.path().join("one").join(n.to_string()), "").unwrap();
    }
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message=Many"]);
    for tree in
        [Source::new().open_path(folder.path()).await.unwrap(), Source::with_local_urls().open_git(&url).await.unwrap()]
    {
        let error = tree.folder("one").await.unwrap_err().to_string();
        assert!(error.contains("more than 2000 files"), "{error}");
    }
}

#[tokio::test]
async fn a_repository_says_its_revision_before_and_after_it_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet", "--initial-branch=trunk"]);
    fs::create_dir(folder.path().join("one")).unwrap();
    fs::write(folder.path().join("one/template.yaml"), "first").unwrap();
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message=First"]);
    git(folder.path(), &["checkout", "--quiet", "-b", "next"]);
    fs::write(folder.path().join("one/template.yaml"), "second").unwrap();
    git(folder.path(), &["commit", "--quiet", "--all", "--message=Second"]);
    git(folder.path(), &["checkout", "--quiet", "trunk"]);
    let source = Source::with_local_urls();
    let url = format!("file://{}", folder.path().display());
    let next = format!("{url}/blob/next/one/template.yaml");
    for (url, entry, text) in [(&url, None, "first"), (&next, Some("one/template.yaml"), "second")] {
        let tree = source.open_git(url).await.unwrap();
        assert_eq!(tree.entry(), entry);
        assert_eq!(tree.read("one/template.yaml").await.unwrap().unwrap(), text);
        assert_eq!(source.revision(url).await.unwrap().as_deref(), tree.revision());
    }
    assert_eq!(source.revision(&format!("{url}/blob/absent/x.yaml")).await.unwrap(), None);
    assert!(source.revision(&format!("{url}-absent")).await.is_err());
}

#[tokio::test]
async fn an_empty_repository_says_so() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    let url = format!("file://{}", folder.path().display());
    let error = Source::with_local_urls().open_git(&url).await.unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
}
