use super::options::Where;
use crate::compose;
use anyhow::Context as _;
use std::process::ExitCode;

/// `slipway migrate`
#[derive(clap::Args)]
pub struct Options {
    #[command(flatten)]
    place: Where,
    /// Only say what would run; the exit status is 1 if there is anything.
    #[arg(long)]
    check: bool,
}

impl Options {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.place.load()?.config;
        let database = config.database();
        let pending = compose::pending_migrations(&database).await.context("the database cannot be read")?;
        if pending.is_empty() {
            println!("The database is up to date.");
            return Ok(ExitCode::SUCCESS);
        }
        if self.check {
            println!("To run: {}", pending.join(", "));
            return Ok(ExitCode::FAILURE);
        }
        compose::open_store(&database).await.context("the migrations did not run")?;
        println!("Ran: {}", pending.join(", "));
        Ok(ExitCode::SUCCESS)
    }
}
