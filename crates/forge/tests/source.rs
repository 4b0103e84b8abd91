//! What the catalogue reads: folders, files and Git repositories, and nothing beside them.

use slipway_forge::Source;
use slipway_ports::forge::{CatalogSource as _, ForgeError};
use std::{fs, path::Path, process::Command};

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

#[tokio::test]
async fn an_empty_repository_says_so() {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "--quiet"]);
    let url = format!("file://{}", folder.path().display());
    let error = Source::with_local_urls().open_git(&url).await.unwrap_err();
    assert!(error.to_string().contains("empty"), "{error}");
}
