//! Branches that Slipway makes itself: one commit on top of a known parent, written by one `git fast-import`.

use crate::{
    commit::{NULL, SCRATCH, put_file, put_saying, quoted},
    log::unreadable,
    name,
    repository::Repository,
    trees::feed,
};
use bytes::{BufMut as _, BytesMut};
use slipway_ports::forge::{ForgeError, NewBranch};

/// Makes the branch, or lets it begin anew; see `Forge::put_branch`.
pub(crate) async fn put(repository: &Repository, new: &NewBranch) -> Result<String, ForgeError> {
    let branch = name::branch(&new.branch)?;
    for path in new.changes.keys() {
        name::path(path)?;
    }
    let parent = repository.known(&new.parent).await?;
    let mut script = BytesMut::new();
    script.put_slice(format!("commit {SCRATCH}\nmark :1\n").as_bytes());
    put_saying(&mut script, &new.saying);
    script.put_slice(format!("from {parent}\n").as_bytes());
    // What goes makes room first: a file may take the place of a folder.
    for path in new.changes.iter().filter(|(_, file)| file.is_none()).map(|(path, _)| path) {
        script.put_slice(format!("D {}\n", quoted(path)).as_bytes());
    }
    for (path, file) in new.changes.iter().filter_map(|(path, file)| Some((path, file.as_ref()?))) {
        put_file(&mut script, path, file);
    }
    let end = format!("\nget-mark :1\nreset refs/heads/{branch}\nfrom :1\n\nreset {SCRATCH}\nfrom {NULL}\n\ndone\n");
    script.put_slice(end.as_bytes());
    let mut command = repository.git.at(&repository.directory);
    command.args(["fast-import", "--quiet", "--done", "--force", "--date-format=raw"]);
    let answer = feed(command, &script).await?;
    let sha = String::from_utf8_lossy(&answer).trim().to_owned();
    if sha.is_empty() { Err(unreadable()) } else { Ok(sha) }
}

/// Deletes a branch; see `Forge::delete_branch`.
pub(crate) async fn delete(repository: &Repository, branch: &str, head: Option<&str>) -> Result<(), ForgeError> {
    let branch = format!("refs/heads/{}", name::branch(branch)?);
    let Some(stands) = repository.resolve(&branch).await? else { return Ok(()) };
    if head.is_some_and(|head| head != stands) {
        return Ok(());
    }
    repository.git.run(&repository.directory, &["update-ref", "-d", &branch, &stands]).await.map(drop)
}
