//! Load benches of the optimised server, beside what Backstage 1.55 was measured to need on two cores.
//!
//! `cargo xtask bench` builds and starts it; arguments name the groups to run (`start`, `page`, `catalog`, `scaffold`, `runs`, `dora`), none runs
//! all. `--scale` makes the data of `dora` smaller or larger.
//! It prints, it does not judge: a number depends on the machine that it was measured on.
#![warn(clippy::expect_used, clippy::unwrap_used)]

mod catalog;
mod dora;
mod load;
mod memory;
mod page;
mod runs;
mod scaffold;
mod start;
mod table;

use anyhow::{Context as _, Result, bail};
use slipway_tests::needs;
use std::env;
use table::Table;

const GROUPS: [&str; 6] = ["start", "page", "catalog", "scaffold", "runs", "dora"];

#[tokio::main]
async fn main() -> Result<()> {
    if needs::path(needs::PROGRAM).is_none() {
        bail!("{} is not set: `cargo xtask bench` builds the optimised server and sets it", needs::PROGRAM);
    }
    let mut wanted: Vec<String> = env::args().skip(1).collect();
    let scale = match wanted.iter().position(|argument| argument == "--scale") {
        Some(at) => {
            let scale = wanted.get(at + 1).context("--scale needs a number, such as 0.1")?.parse()?;
            wanted.drain(at..at + 2);
            scale
        }
        None => 1.0,
    };
    let wants = |group: &str| wanted.is_empty() || wanted.iter().any(|name| group.contains(name.as_str()));
    if !GROUPS.into_iter().any(wants) {
        // The names may be those of other benches.
        println!("No load bench is called {}; there are {}.", wanted.join(" or "), GROUPS.join(", "));
        return Ok(());
    }
    let mut table = Table::default();
    if wants("start") {
        start::measure(&mut table).await?;
    }
    if wants("page") {
        page::measure(&mut table).await?;
    }
    if wants("catalog") {
        catalog::measure(&mut table).await?;
    }
    if wants("scaffold") {
        scaffold::measure(&mut table).await?;
    }
    if wants("runs") {
        runs::measure(&mut table).await?;
    }
    if wants("dora") {
        dora::measure(&mut table, scale).await?;
    }
    table.print(std::thread::available_parallelism()?.get());
    Ok(())
}
