//! Takes deployments, changes and incidents from a file of comma-separated values (RFC 4180, with a head).
//!
//! The columns are the fields of Slipway's own JSON for webhooks, in any order; what is empty is not said.
//!
//! | column | of | what |
//! |---|---|---|
//! | `service` | all | the service's name in Slipway; needed |
//! | `event` | all | `deployment` (when left out), `change`, `incident` or `verdict` |
//! | `id` | all | the source's id; with the source before it (`github:deployment:87972451`) it is the same as what its webhook tells |
//! | `revision`, `finished_at`, `status` | deployment | needed; `status` is success, failure, error or cancelled |
//! | `started_at`, `environment`, `version`, `group`, `rollback`, `hotfix` | deployment | |
//! | `landed`, `first_commit_at` | change | needed |
//! | `opened_at`, `merged_at`, `kind` | change | `kind` is pr or commit |
//! | `detected_at` | incident | needed |
//! | `resolved_at`, `impact_started_at`, `cause`, `links`, `root_cause_sha`, `title` | incident | `links`: ids of deployments, separated by spaces |
//! | `deployment`, `failed`, `at` | verdict | needed |
//!
//! Instants are RFC 3339. Reading a file again writes only what is new; a deployment that a webhook told of counts once.

use crate::{
    Caller, Result, Slipway,
    errors::store,
    incidents::{self, Heard},
    ingest,
};
use http::HeaderMap;
use serde_json::{Map, Value, json};
use slipway_api_types::AppError;
use slipway_domain::access::Permission;
use slipway_ports::store::{delivery::DeliveryEvent, services::Service};
use slipway_webhooks::{Fact, IncidentTold, Options, Request, Source, Told};
use std::collections::{BTreeMap, BTreeSet};

/// Columns that hold lists.
const LISTS: [&str; 2] = ["links", "remediates"];
/// Columns that hold true or false.
const FLAGS: [&str; 5] = ["rollback", "hotfix", "exposed", "failed", "bot"];

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvReport {
    /// Rows below the head.
    pub rows: usize,
    /// Services that they speak of.
    pub services: usize,
    /// Events that were new; 0 when all of it was imported before.
    pub new_events: u64,
}

/// Imports a file's text. One wrong row, and nothing is written; the error says which line.
pub async fn csv(slipway: &Slipway, caller: &Caller, text: &str) -> Result<CsvReport> {
    let rows = records(text)?;
    let told = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    let now = slipway.clock.now();
    let mut tx = slipway.write().await?;
    let mut services: BTreeMap<String, Service> = BTreeMap::new();
    let mut events: Vec<DeliveryEvent> = Vec::new();
    for (row, told) in rows.iter().zip(told) {
        let name = row.cells.get("service").map_or("", String::as_str);
        if !services.contains_key(name) {
            let found = tx.service_by_name(name).await.map_err(store)?;
            let missing = || row.wrong("service", format!("there is no service named `{name}`"));
            let service = found.ok_or_else(missing)?;
            caller.require(Permission::Manage, Some(&service.owner))?;
            services.insert(name.to_owned(), service);
        }
        let service = &services[name];
        let source = format!("csv:{name}");
        events.extend(ingest::events(&source, service.id, &told));
        if let Fact::Incident(IncidentTold { incident, title }) = told.fact {
            let otherwise = format!("Incident {}", incident.id);
            let heard = Heard { service, source, title, otherwise, told: incident, at: ingest::timestamp(told.at) };
            incidents::hear(slipway, &mut *tx, heard).await?;
        }
    }
    let new_events = tx.add_delivery(&events).await.map_err(store)?;
    for service in services.values() {
        let detail = json!({"rows": rows.len(), "new": new_events});
        let line = caller.audit(&*slipway.entropy, now, "delivery.import", &service.name, Some(&service.owner), detail);
        tx.add_audit(&line).await.map_err(store)?;
        tx.publish("delivery", &service.name, 0, now).await.map_err(store)?;
    }
    tx.commit().await.map_err(store)?;
    Ok(CsvReport { rows: rows.len(), services: services.len(), new_events })
}

/// A row, and the line it begins on.
struct Row {
    line: usize,
    cells: BTreeMap<String, String>,
}

impl Row {
    fn wrong(&self, column: &str, message: impl std::fmt::Display) -> AppError {
        AppError::invalid(column, format!("Line {}, {column}: {message}.", self.line))
    }
}

/// A row as the event that the same words would be in JSON.
fn read(row: &Row) -> Result<Told> {
    let mut event = Map::new();
    event.insert("event".to_owned(), json!("deployment"));
    for (name, cell) in &row.cells {
        let value = match name.as_str() {
            name if FLAGS.contains(&name) => match cell.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => json!(true),
                "false" | "no" | "0" => json!(false),
                other => return Err(row.wrong(name, format!("`{other}` is neither true nor false"))),
            },
            name if LISTS.contains(&name) => json!(cell.split_whitespace().collect::<Vec<_>>()),
            _ => json!(cell),
        };
        event.insert(name.clone(), value);
    }
    // The column is ours; a deployment's `service` would name one of several within a file.
    event.remove("service");
    let body = Value::Object(event).to_string();
    let request = Request { headers: &HeaderMap::new(), body: body.as_bytes() };
    let read = slipway_webhooks::read(Source::Generic, &Options::default(), &request);
    let deliveries = read.map_err(|invalid| row.wrong(&invalid.field, invalid.message))?;
    let told = deliveries.into_iter().flat_map(|delivery| delivery.told).next();
    told.ok_or_else(|| row.wrong("event", "it says nothing"))
}

/// The rows below the head. Cells are trimmed; empty ones are left out.
fn records(text: &str) -> Result<Vec<Row>> {
    let mut lines = cells(text.trim_start_matches('\u{feff}'))?.into_iter();
    let head: Vec<String> = lines.next().map(|(_, head)| head).unwrap_or_default();
    let known: BTreeSet<&String> = head.iter().collect();
    if !head.iter().any(|name| name == "service") || known.len() != head.len() {
        let message =
            "The first line names the columns, each once: service, id, revision, finished_at, status and more.";
        return Err(AppError::invalid("head", message));
    }
    let row = |(line, cells): (usize, Vec<String>)| {
        if cells.len() != head.len() {
            let message = format!("Line {line} has {} cells where the head has {}.", cells.len(), head.len());
            return Err(AppError::invalid("line", message));
        }
        let said = head.iter().cloned().zip(cells).filter(|(_, cell)| !cell.is_empty());
        Ok(Row { line, cells: said.collect() })
    };
    lines.map(row).collect()
}

/// Lines as cells, with the number of the line each begins on. A quoted cell may hold commas and line breaks; a doubled quote in it is one.
fn cells(text: &str) -> Result<Vec<(usize, Vec<String>)>> {
    let (mut out, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut line, mut begin) = (false, 1, 1);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        line += usize::from(letter == '\n');
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell).trim().to_owned()),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim().to_owned());
                out.push((begin, std::mem::take(&mut row)));
                begin = line;
            }
            other => cell.push(other),
        }
    }
    if quoted {
        return Err(AppError::invalid("line", format!("Line {begin} has a quote that does not end.")));
    }
    if !cell.trim().is_empty() || !row.is_empty() {
        row.push(cell.trim().to_owned());
        out.push((begin, row));
    }
    out.retain(|(_, row)| row.iter().any(|cell| !cell.is_empty()));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_programs_write_them() {
        let read = cells("a, b\r\n\"x,\ny\",\"say \"\"hi\"\"\"\r\n\r\n,last").unwrap();
        let row = |line: usize, cells: [&str; 2]| (line, cells.map(str::to_owned).to_vec());
        assert_eq!(read, [row(1, ["a", "b"]), row(2, ["x,\ny", "say \"hi\""]), row(5, ["", "last"])]);
        assert!(cells("a,\"b").is_err());
    }

    #[test]
    fn a_wrong_row_is_named_by_its_line() {
        let rows = records("service,id,revision,finished_at,status\ncheckout,1,abc,yesterday,success\n").unwrap();
        let error = read(&rows[0]).unwrap_err();
        assert_eq!(error.fields[0].field, "finished_at");
        assert!(error.message.starts_with("Line 2, finished_at: "), "{}", error.message);
        assert!(records("id\n1\n").is_err());
        assert!(records("service,id\ncheckout\n").is_err());
    }
}
