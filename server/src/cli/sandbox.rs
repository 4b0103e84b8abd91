use crate::{compose, config::Config, serve::interrupted};
use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode};

/// `slipway sandbox`
#[derive(clap::Args)]
pub struct Options {
    /// Where it answers; loopback only. Port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:4566", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The folder that keeps its state; in it, `sandbox` is made.
    #[arg(long, default_value = "slipway-data", value_name = "FOLDER")]
    state: PathBuf,
}

impl Options {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let sandbox = compose::start_sandbox(&Config::default(), self.listen, &self.state).await?;
        println!("The sandbox answers at {}\nCtrl-C stops it.", sandbox.aws_endpoint());
        drop(std::io::stdout().flush());
        interrupted().await;
        sandbox.shutdown().await;
        Ok(ExitCode::SUCCESS)
    }
}
