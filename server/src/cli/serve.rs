use super::options::{Where, set_port};
use crate::{
    config::Config,
    serve::{interrupted, run},
};
use std::{io::Write as _, process::ExitCode};

/// `slipway serve`
#[derive(clap::Args)]
pub struct Serve {
    #[command(flatten)]
    place: Where,
    /// The port to listen on; 0 takes any free one.
    #[arg(long)]
    port: Option<u16>,
    /// Also run an emulated cloud, whose runtimes can be used beside the configured ones.
    #[arg(long)]
    sandbox: bool,
    /// Use an emulated cloud that runs elsewhere (`slipway sandbox`).
    #[arg(long, value_name = "URL", conflicts_with = "sandbox")]
    sandbox_url: Option<String>,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = self.place.load()?.config;
        set_port(&mut config, self.port);
        config.sandbox.enabled |= self.sandbox;
        if let Some(url) = self.sandbox_url {
            config.sandbox.url = Some(url.trim_end_matches('/').to_owned());
        }
        serve(config, false).await
    }
}

/// `slipway demo`
#[derive(clap::Args)]
pub struct Demo {
    #[command(flatten)]
    place: Where,
    /// The port to listen on; 0 takes any free one.
    #[arg(long)]
    port: Option<u16>,
    /// Use an emulated cloud that runs elsewhere (`slipway sandbox`).
    #[arg(long, value_name = "URL")]
    sandbox_url: Option<String>,
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = self.place.load()?.config;
        set_port(&mut config, self.port);
        config.sandbox.enabled = true;
        if let Some(url) = self.sandbox_url {
            config.sandbox.url = Some(url.trim_end_matches('/').to_owned());
        }
        serve(config, true).await
    }
}

async fn serve(config: Config, demo: bool) -> anyhow::Result<ExitCode> {
    let greet = |greeting: &str| {
        println!("{greeting}");
        // Whoever waits for the address reads it from a pipe.
        drop(std::io::stdout().flush());
    };
    run(config, demo, interrupted(), greet).await?;
    Ok(ExitCode::SUCCESS)
}
