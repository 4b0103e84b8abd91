//! Drafts, scaffold runs, their steps, logs and workspaces.

mod rows;

use crate::{cell, cursor, engine::both, sql::runs as sql};
use async_trait::async_trait;
use rows::{DraftRow, FileRow, LogRow, RunRow, StepRow, id};
use slipway_domain::{
    ids::{DraftId, RunId, UserId},
    scaffold::{Draft, LogLine, Run, RunState, RunStep},
    time::Timestamp,
};
use slipway_ports::store::{Page, Result, Runs, StoreError, runs::WorkspaceFile};

/// Steps and log lines that one statement writes.
const AT_ONCE: usize = 500;
/// Files of a workspace that one statement writes: each may be some megabytes.
const FILES_AT_ONCE: usize = 50;

both! {
    #[async_trait]
    impl Runs for EngineTx {
        async fn put_draft(&mut self, draft: &Draft) -> Result<()> {
            let put = sqlx::query(sql::PUT_DRAFT)
                .bind(draft.id.to_string())
                .bind(draft.user.to_string())
                .bind(&draft.template)
                .bind(cell::json(&draft.values))
                .bind(draft.runtime.as_deref().map(cell::text))
                .bind(draft.updated_at.as_millis());
            self.add("another person's draft of this id", put).await
        }

        async fn draft(&mut self, id: DraftId, user: UserId) -> Result<Option<Draft>> {
            let find = sqlx::query_as(sql::DRAFT).bind(id.to_string()).bind(user.to_string());
            self.one(find).await?.map(DraftRow::read).transpose()
        }

        async fn drafts_of(&mut self, user: UserId) -> Result<Vec<Draft>> {
            let find = sqlx::query_as(sql::DRAFTS_OF).bind(user.to_string());
            self.all(find).await?.into_iter().map(DraftRow::read).collect()
        }

        async fn delete_draft(&mut self, id: DraftId) -> Result<()> {
            self.execute("a draft", sqlx::query(sql::DELETE_DRAFT).bind(id.to_string())).await?;
            Ok(())
        }

        async fn add_run(&mut self, run: &Run, steps: &[RunStep]) -> Result<()> {
            let add = sqlx::query(sql::ADD_RUN)
                .bind(run.id.to_string())
                .bind(&run.template)
                .bind(cell::text(&run.title))
                .bind(cell::json(&run.parameters))
                .bind(cell::json(&run.steps))
                .bind(cell::json(&run.output))
                .bind(&run.runtime)
                .bind(&run.owner)
                .bind(run.state.as_str())
                .bind(run.error.as_deref().map(cell::text))
                .bind(cell::json(&run.result))
                .bind(run.user.to_string())
                .bind(cell::text(&run.requested_by))
                .bind(run.created_at.as_millis())
                .bind(cell::millis(run.finished_at))
                .bind(run.version)
                .bind(&run.template_version);
            self.add("a run", add).await?;
            for steps in steps.chunks(AT_ONCE) {
                let mut insert = Self::builder(
                    "INSERT INTO run_steps
                    (run, position, id, name, action, state, attempts, output, undo, error, started_at, finished_at) ",
                );
                insert.push_values(steps, |mut row, step| {
                    row.push_bind(step.run.to_string())
                        .push_bind(step.position)
                        .push_bind(cell::text(&step.id))
                        .push_bind(cell::text(&step.name))
                        .push_bind(cell::text(&step.action))
                        .push_bind(step.state.as_str())
                        .push_bind(step.attempts)
                        .push_bind(cell::json(&step.output))
                        .push_bind(cell::json(&step.undo))
                        .push_bind(step.error.as_deref().map(cell::text))
                        .push_bind(cell::millis(step.started_at))
                        .push_bind(cell::millis(step.finished_at));
                });
                self.execute("a run's step", insert.build().persistent(cell::keep(steps.len()))).await?;
            }
            Ok(())
        }

        async fn run(&mut self, id: RunId) -> Result<Option<Run>> {
            self.one(sqlx::query_as(sql::RUN).bind(id.to_string())).await?.map(RunRow::read).transpose()
        }

        async fn set_run(&mut self, run: &Run, from: RunState) -> Result<i64> {
            let set = sqlx::query_as(sql::SET_RUN)
                .bind(run.id.to_string())
                .bind(run.state.as_str())
                .bind(run.error.as_deref().map(cell::text))
                .bind(cell::json(&run.result))
                .bind(cell::millis(run.finished_at))
                .bind(run.undo_only)
                .bind(from.as_str());
            let version: Option<(i64,)> = self.one(set).await?;
            version.map(|(version,)| version).ok_or(StoreError::Conflict("another change of this run"))
        }

        async fn list_runs(&mut self, cursor: Option<&str>, limit: u32) -> Result<Page<Run>> {
            let limit = cell::limit(limit);
            let rows: Vec<RunRow> = match cursor::read::<(i64, String)>(cursor)? {
                None => self.all(sqlx::query_as(sql::RUNS_FIRST).bind(limit + 1)).await?,
                Some((at, id)) => self.all(sqlx::query_as(sql::RUNS_NEXT).bind(limit + 1).bind(at).bind(id)).await?,
            };
            cursor::page(rows, limit, |row| (row.created_at, row.id.clone()), RunRow::read)
        }

        async fn active_runs(&mut self, now: Timestamp, limit: u32) -> Result<Vec<RunId>> {
            let find = sqlx::query_as(sql::ACTIVE_RUNS).bind(now.as_millis()).bind(cell::limit(limit));
            self.all(find).await?.into_iter().map(id).collect()
        }

        async fn run_steps(&mut self, run: RunId) -> Result<Vec<RunStep>> {
            let find = sqlx::query_as(sql::RUN_STEPS).bind(run.to_string());
            self.all(find).await?.into_iter().map(StepRow::read).collect()
        }

        async fn set_run_step(&mut self, step: &RunStep) -> Result<()> {
            let set = sqlx::query(sql::SET_RUN_STEP)
                .bind(step.run.to_string())
                .bind(step.position)
                .bind(step.state.as_str())
                .bind(step.attempts)
                .bind(cell::json(&step.output))
                .bind(cell::json(&step.undo))
                .bind(step.error.as_deref().map(cell::text))
                .bind(cell::millis(step.started_at))
                .bind(cell::millis(step.finished_at));
            self.change("a change of a run's step", set).await
        }

        async fn add_log(&mut self, run: RunId, lines: &[LogLine]) -> Result<()> {
            let count = i64::try_from(lines.len()).unwrap_or(i64::MAX);
            let take = sqlx::query_as(sql::COUNT_LOG_ON).bind(run.to_string()).bind(count);
            let taken: Option<(i64,)> = self.one(take).await?;
            let (last,) = taken.ok_or(StoreError::Dangling("a log line"))?;
            let numbered: Vec<(i64, &LogLine)> = (last - count + 1..).zip(lines).collect();
            for lines in numbered.chunks(AT_ONCE) {
                let mut insert = Self::builder("INSERT INTO run_log (run, seq, at, step, message, warning) ");
                insert.push_values(lines, |mut row, (seq, line)| {
                    row.push_bind(run.to_string())
                        .push_bind(*seq)
                        .push_bind(line.at.as_millis())
                        .push_bind(line.step.as_deref().map(cell::text))
                        .push_bind(cell::text(&line.message))
                        .push_bind(i64::from(line.warning));
                });
                self.execute("a log line", insert.build().persistent(cell::keep(lines.len()))).await?;
            }
            Ok(())
        }

        async fn log_after(&mut self, run: RunId, seq: i64, limit: u32) -> Result<Vec<LogLine>> {
            let find = sqlx::query_as(sql::LOG_AFTER).bind(run.to_string()).bind(seq).bind(cell::limit(limit));
            Ok(self.all(find).await?.into_iter().map(LogRow::read).collect())
        }

        async fn put_workspace(&mut self, run: RunId, files: &[WorkspaceFile]) -> Result<()> {
            self.change("a workspace", sqlx::query(sql::LOCK_RUN).bind(run.to_string())).await?;
            self.execute("a workspace", sqlx::query(sql::DELETE_WORKSPACE).bind(run.to_string())).await?;
            for files in files.chunks(FILES_AT_ONCE) {
                let mut insert = Self::builder("INSERT INTO workspace_files (run, path, bytes, executable, link) ");
                insert.push_values(files, |mut row, file| {
                    row.push_bind(run.to_string())
                        .push_bind(&file.path)
                        .push_bind(&file.bytes)
                        .push_bind(i64::from(file.executable))
                        .push_bind(i64::from(file.link));
                });
                insert.push(" ON CONFLICT DO NOTHING");
                let added = self.execute("a workspace", insert.build().persistent(cell::keep(files.len()))).await?;
                if added < files.len() as u64 {
                    return Err(StoreError::Conflict("a file of this path"));
                }
            }
            Ok(())
        }

        async fn workspace(&mut self, run: RunId) -> Result<Vec<WorkspaceFile>> {
            let find = sqlx::query_as(sql::WORKSPACE).bind(run.to_string());
            Ok(self.all(find).await?.into_iter().map(FileRow::read).collect())
        }
    }
}
