//! Bringing trees together, whatever is in them.

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use slipway_domain::time::Timestamp;
use slipway_forge::EmbeddedForge;
use slipway_ports::{
    Forge,
    forge::{CommitFile, Merged, NewCommit, ThreeWay},
};
use std::collections::BTreeMap;

type Files = BTreeMap<String, CommitFile>;

/// Some files with a few lines each, of few words, so that sides often meet.
fn files() -> impl Strategy<Value = Files> {
    let path = prop_oneof![Just("a"), Just("b"), Just("folder/c"), Just("folder/d"), Just("ü x")];
    let line = prop_oneof![Just("one\n"), Just("two\n"), Just("three\n"), Just("\r\n"), Just("\0"), Just("no end")];
    let file = (vec(line, 0..6), any::<bool>()).prop_map(|(lines, executable)| CommitFile {
        bytes: Bytes::from(lines.concat()),
        executable,
        link: false,
    });
    vec((path.prop_map(str::to_owned), file), 0..5).prop_map(|files| files.into_iter().collect())
}

/// A repository that holds `ours`, and what brings the others to it.
async fn merge(base: &Files, ours: &Files, theirs: &Files) -> Merged {
    let folder = tempfile::tempdir().unwrap();
    let forge = EmbeddedForge::new(folder.path().to_owned()).unwrap();
    forge.create("a/b", "main", "t").await.unwrap();
    let commit = NewCommit {
        branch: "main".to_owned(),
        files: ours.clone(),
        message: "Ours".to_owned(),
        author_name: "Ada".to_owned(),
        author_email: "ada@example.com".to_owned(),
        at: Timestamp::from_millis(1_790_000_000_000),
    };
    let sides = ThreeWay {
        ours: forge.commit("a/b", &commit).await.unwrap(),
        base: base.clone(),
        theirs: theirs.clone(),
        our_name: "main".to_owned(),
        their_name: "template-2".to_owned(),
    };
    forge.merge_trees("a/b", &sides).await.unwrap()
}

fn apply(ours: &Files, merged: &Merged) -> Files {
    let mut files = ours.clone();
    for difference in &merged.differences {
        match &difference.after {
            Some(file) => files.insert(difference.path.clone(), file.clone()),
            None => files.remove(&difference.path),
        };
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_side_that_changed_nothing_gets_the_other(base in files(), new in files()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let theirs = merge(&base, &base, &new).await;
            assert_eq!((apply(&base, &theirs), theirs.conflicts), (new.clone(), vec![]));
            for nothing in [merge(&base, &new, &base).await, merge(&base, &new, &new).await] {
                assert_eq!((nothing.differences, nothing.conflicts), (vec![], vec![]));
            }
        });
    }

    #[test]
    fn what_was_brought_together_stays_so(base in files(), ours in files(), theirs in files()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let first = merge(&base, &ours, &theirs).await;
            if first.conflicts.is_empty() {
                let done = apply(&ours, &first);
                let again = merge(&theirs, &done, &theirs).await;
                assert_eq!((again.differences, again.conflicts), (vec![], vec![]));
            }
        });
    }
}
