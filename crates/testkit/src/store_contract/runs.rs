//! Drafts, scaffold runs, their steps, logs and workspaces.

use super::{NO_CURSORS, make, read, refused, walk, write};
use serde_json::json;
use slipway_domain::scaffold::{Draft, Run, RunState, RunStep, StepState};
use slipway_ports::{Store, StoreError, store::runs::WorkspaceFile};
use std::sync::Arc;
use tokio::task::JoinSet;

async fn people(store: &Arc<dyn Store>) {
    write!(store, tx => {
        tx.add_user(&make::user(1, "ada")).await.unwrap();
        tx.add_user(&make::user(2, "bob")).await.unwrap();
    });
}

/// A draft belongs to one person, who has at most the newest 20 in view.
pub async fn drafts(store: Arc<dyn Store>) {
    people(&store).await;
    let changed = Draft { values: json!([1]), runtime: Some("local".into()), ..make::draft(1, 1, 99) };
    write!(store, tx => {
        for n in 1..=21 {
            tx.put_draft(&make::draft(n, 1, i64::try_from(n).unwrap())).await.unwrap();
        }
        tx.put_draft(&changed).await.unwrap();
        refused!(tx.put_draft(&make::draft(1, 2, 100)).await, StoreError::Conflict(_));
    });
    read!(store, tx => {
        assert_eq!(tx.draft(changed.id, make::user_id(1)).await.unwrap().as_ref(), Some(&changed));
        assert_eq!(tx.draft(changed.id, make::user_id(2)).await.unwrap(), None, "not theirs");
        assert_eq!(tx.draft(make::draft_id(5), make::user_id(1)).await.unwrap(), Some(make::draft(5, 1, 5)));
        let mine = tx.drafts_of(make::user_id(1)).await.unwrap();
        assert_eq!((mine.len(), mine[0].id, mine[1].id), (20, make::draft_id(1), make::draft_id(21)));
    });
    write!(store, tx => {
        tx.delete_draft(changed.id).await.unwrap();
        tx.delete_draft(changed.id).await.unwrap();
        assert_eq!(tx.draft(changed.id, make::user_id(1)).await.unwrap(), None);
    });
}

/// A run and its steps are kept whole, and a run's changes counted.
pub async fn runs(store: Arc<dyn Store>) {
    people(&store).await;
    let mut run = make::run(1, 0);
    write!(store, tx => {
        tx.add_run(&run, &[make::step(1, 0), make::step(1, 1)]).await.unwrap();
        tx.add_run(&make::run(2, 1), &[]).await.unwrap();
        refused!(tx.add_run(&run, &[]).await, StoreError::Conflict(_));
    });
    run.state = RunState::Failed;
    run.undo_only = Some(1);
    run.error = Some(make::DIFFICULT.into());
    run.result = json!({"links": []});
    run.finished_at = Some(make::at(9));
    let step = RunStep {
        state: StepState::Succeeded,
        attempts: 2,
        output: json!({"url": "x"}),
        undo: json!({"delete": "x"}),
        error: Some("no".into()),
        started_at: Some(make::at(1)),
        finished_at: Some(make::at(2)),
        ..make::step(1, 1)
    };
    write!(store, tx => {
        assert_eq!(tx.set_run(&run, make::run(1, 0).state).await.unwrap(), 2);
        refused!(tx.set_run(&run, make::run(1, 0).state).await, StoreError::Conflict(_));
        tx.set_run_step(&step).await.unwrap();
        refused!(tx.set_run(&make::run(9, 0), make::run(9, 0).state).await, StoreError::Conflict(_));
        refused!(tx.set_run_step(&make::step(1, 9)).await, StoreError::Dangling(_));
    });
    run.version = 2;
    read!(store, tx => {
        assert_eq!(tx.run(run.id).await.unwrap().as_ref(), Some(&run));
        assert_eq!(tx.run(make::run_id(9)).await.unwrap(), None);
        assert_eq!(tx.run_steps(run.id).await.unwrap(), [make::step(1, 0), step.clone()]);
        assert_eq!(tx.active_runs(make::at(100), 10).await.unwrap(), [make::run_id(2)]);
    });
    let mut tx = store.begin_write().await.unwrap();
    refused!(tx.add_run(&Run { user: make::user_id(9), ..make::run(3, 0) }, &[]).await, StoreError::Dangling(_));
}

/// Runs read newest first, page by page; those with work to do oldest first.
pub async fn pages(store: Arc<dyn Store>) {
    people(&store).await;
    write!(store, tx => {
        for n in 1..=9 {
            tx.add_run(&make::run(n, i64::try_from(n / 4).unwrap()), &[]).await.unwrap();
        }
    });
    read!(store, tx => {
        let all = walk!(cursor => tx.list_runs(cursor, 2).await.unwrap());
        assert_eq!(all.iter().map(|r| r.id).collect::<Vec<_>>(), (1..=9).rev().map(make::run_id).collect::<Vec<_>>());
        assert_eq!(tx.active_runs(make::at(100), 2).await.unwrap(), [1, 2].map(make::run_id));
        for cursor in NO_CURSORS {
            refused!(tx.list_runs(Some(cursor), 10).await, StoreError::BadCursor);
        }
    });
}

/// Log lines are numbered from 1 in the order they came, whatever they say.
pub async fn log(store: Arc<dyn Store>) {
    people(&store).await;
    let run = make::run_id(1);
    write!(store, tx => {
        tx.add_run(&make::run(1, 0), &[]).await.unwrap();
        tx.add_log(run, &[make::line("one"), make::line(make::DIFFICULT)]).await.unwrap();
        tx.add_log(run, &[]).await.unwrap();
        tx.add_log(run, &[make::line("nul \0 nul")]).await.unwrap();
        refused!(tx.add_log(make::run_id(9), &[make::line("x")]).await, StoreError::Dangling(_));
    });
    read!(store, tx => {
        let lines = |found: Vec<slipway_domain::scaffold::LogLine>| found.into_iter().map(|l| (l.seq, l.message)).collect::<Vec<_>>();
        let word = str::to_owned;
        assert_eq!(lines(tx.log_after(run, 0, 10).await.unwrap()), [
            (1, word("one")),
            (2, word(make::DIFFICULT)),
            (3, word("nul \u{FFFD} nul")),
        ]);
        assert_eq!(lines(tx.log_after(run, 1, 1).await.unwrap()), [(2, word(make::DIFFICULT))]);
        assert_eq!(tx.log_after(run, 3, 10).await.unwrap(), []);
    });
}

/// Lines of several writers get numbers without gaps or repeats.
pub async fn concurrent_log(store: Arc<dyn Store>) {
    people(&store).await;
    write!(store, tx => tx.add_run(&make::run(1, 0), &[]).await.unwrap());
    let mut writers = JoinSet::new();
    for _ in 0..6 {
        let store = Arc::clone(&store);
        writers.spawn(async move {
            write!(store, tx => tx.add_log(make::run_id(1), &[make::line("a"), make::line("b")]).await.unwrap());
        });
    }
    writers.join_all().await;
    let found = read!(store, tx => tx.log_after(make::run_id(1), 0, 100).await.unwrap());
    assert_eq!(found.iter().map(|l| l.seq).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
}

/// A workspace is replaced whole; its bytes are any bytes.
pub async fn workspace(store: Arc<dyn Store>) {
    people(&store).await;
    let file = |path: &str, executable| WorkspaceFile {
        path: path.into(),
        bytes: (0..=255).collect(),
        executable,
        link: !executable,
    };
    let run = make::run_id(1);
    write!(store, tx => {
        tx.add_run(&make::run(1, 0), &[]).await.unwrap();
        tx.put_workspace(run, &[file("old", false)]).await.unwrap();
        tx.put_workspace(run, &[file("b/ü", true), file("a", false)]).await.unwrap();
        refused!(tx.put_workspace(make::run_id(9), &[]).await, StoreError::Dangling(_));
        refused!(tx.put_workspace(run, &[file("a", true), file("a", false)]).await, StoreError::Conflict(_));
        let many: Vec<_> = (0..120).map(|number| file(&format!("many/{number:03}"), number % 2 == 0)).collect();
        tx.put_workspace(run, &many).await.unwrap();
        assert_eq!(tx.workspace(run).await.unwrap(), many);
        tx.put_workspace(run, &[file("b/ü", true), file("a", false)]).await.unwrap();
    });
    let files = read!(store, tx => tx.workspace(run).await.unwrap());
    assert_eq!(files, [file("a", false), file("b/ü", true)]);
    write!(store, tx => tx.put_workspace(run, &[]).await.unwrap());
    assert_eq!(read!(store, tx => tx.workspace(run).await.unwrap()), []);
}
