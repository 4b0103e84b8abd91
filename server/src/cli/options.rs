//! Options that several commands have.

use crate::config::{Config, Loaded, Places, load};
use std::{net::SocketAddr, path::PathBuf};

/// Where the configuration and the data are.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct Where {
    /// The configuration file [default: slipway.toml here or in the data folder, if there is one].
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder [default: server.data of the configuration, else slipway-data].
    #[arg(long, value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

impl Where {
    /// Reads the configuration.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn load(&self) -> anyhow::Result<Loaded> {
        let places = Places { file: self.config.clone(), data: self.data.clone() };
        // A variable that is no text is none of ours.
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Ok(load(&places, environment)?)
    }
}

/// Listens on another port.
pub fn set_port(config: &mut Config, port: Option<u16>) {
    if let Some(port) = port {
        config.server.listen = SocketAddr::new(config.server.listen.ip(), port);
    }
}
