use serde::{Deserialize, Serialize};
use std::{net::SocketAddr, path::PathBuf};

/// `[server]`: where Slipway listens and how it is reached.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerConfig {
    /// Address and port. Only this machine can reach the default, `127.0.0.1:3000`.
    pub listen: SocketAddr,
    /// Where people reach it, when that is not the address above: `https://slipway.example.com`.
    pub public_url: Option<String>,
    /// The folder for the SQLite database, repositories and the sandbox's state. Made at the first start.
    pub data: PathBuf,
    /// Whether a proxy in front sets `X-Forwarded-For`. Only then is the header believed.
    pub trust_proxy: bool,
    /// How long somebody stays signed in, days.
    pub session_days: u32,
    /// Whether cookies are sent over TLS only. Left out: when `public_url` begins with `https://`.
    pub secure_cookies: Option<bool>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            public_url: None,
            data: PathBuf::from("slipway-data"),
            trust_proxy: false,
            session_days: 14,
            secure_cookies: None,
        }
    }
}

impl ServerConfig {
    /// Where people reach it, without a trailing `/`. `address` is what was really bound (the port may have been 0).
    pub fn url(&self, address: SocketAddr) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if address.ip().is_unspecified() => format!("http://127.0.0.1:{}", address.port()),
            None => format!("http://{address}"),
        }
    }

    /// Whether cookies are sent over TLS only.
    pub fn secure(&self) -> bool {
        let tls = self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
        self.secure_cookies.unwrap_or(tls)
    }
}
