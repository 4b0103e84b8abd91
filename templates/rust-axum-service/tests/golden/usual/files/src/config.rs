//! Settings, all from environment variables, read once at start. What is wrong stops the start and is named.

use std::{
    fmt::Display,
    net::{IpAddr, Ipv4Addr},
    str::FromStr,
    time::Duration,
};

use thiserror::Error;
use tracing::Level;

/// The service's name in logs, traces and metrics unless `OTEL_SERVICE_NAME` says otherwise.
pub const NAME: &str = "order-intake";

/// Where the service listens unless `PORT` says otherwise.
pub const PORT: u16 = 8080;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `OTEL_SERVICE_NAME`.
    pub name: String,
    /// `HOST`: the address to listen on; every IPv4 address of the machine unless set.
    pub host: IpAddr,
    /// `PORT`: 0 lets the system choose.
    pub port: u16,
    /// `LOG_LEVEL`: error, warn, info, debug or trace.
    pub log_level: Level,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: base URL of an OTLP/HTTP collector. Without it no trace is sent.
    pub collector: Option<String>,
    pub limits: Limits,
    /// `DRAIN_SECONDS`: how long to go on serving after SIGTERM while /readyz says no, so that load balancers notice.
    pub drain: Duration,
    /// `SHUTDOWN_SECONDS`: how long requests under way may take after that. The sum of both must stay below what the
    /// runtime allows between SIGTERM and SIGKILL (30 seconds on Amazon ECS and Kubernetes unless set otherwise).
    pub grace: Duration,
}

/// What one request may cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `REQUEST_TIMEOUT_SECONDS`: a request that takes longer is answered with 503.
    pub timeout: Duration,
    /// `MAX_BODY_BYTES`: a request with a larger body is answered with 413.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            body_bytes: 1024 * 1024,
        }
    }
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    #[error("{variable} is \"{value}\", which is not {expected}")]
    Invalid {
        variable: &'static str,
        value: String,
        expected: &'static str,
    },
    #[error(
        "OTEL_EXPORTER_OTLP_ENDPOINT is \"{0}\"; it must start with http://. \
         For a collector behind TLS see \"Traces\" in README.md"
    )]
    Collector(String),
}

impl Config {
    /// Reads the environment of this process.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|variable| std::env::var(variable).ok())
    }

    /// Reads settings from `lookup`. A variable that is set but empty counts as not set.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |variable| lookup(variable).filter(|value| !value.is_empty());
        let collector = text("OTEL_EXPORTER_OTLP_ENDPOINT");
        if let Some(url) = collector.as_ref().filter(|url| !url.starts_with("http://")) {
            return Err(ConfigError::Collector(url.clone()));
        }
        let limits = Limits::default();
        Ok(Self {
            name: text("OTEL_SERVICE_NAME").unwrap_or_else(|| NAME.to_owned()),
            host: parse(&text, "HOST", "an IP address", Ipv4Addr::UNSPECIFIED.into())?,
            port: parse(&text, "PORT", "a port from 0 to 65535", PORT)?,
            log_level: parse(
                &text,
                "LOG_LEVEL",
                "one of error, warn, info, debug, trace",
                Level::INFO,
            )?,
            collector,
            limits: Limits {
                timeout: seconds(&text, "REQUEST_TIMEOUT_SECONDS", limits.timeout)?,
                body_bytes: parse(
                    &text,
                    "MAX_BODY_BYTES",
                    "a number of bytes",
                    limits.body_bytes,
                )?,
            },
            drain: seconds(&text, "DRAIN_SECONDS", Duration::from_secs(5))?,
            grace: seconds(&text, "SHUTDOWN_SECONDS", Duration::from_secs(20))?,
        })
    }
}

fn seconds(
    text: &impl Fn(&'static str) -> Option<String>,
    variable: &'static str,
    default: Duration,
) -> Result<Duration, ConfigError> {
    // u32 holds 136 years and keeps sums of instants and durations from overflowing.
    parse::<u32>(
        text,
        variable,
        "a whole number of seconds",
        default.as_secs() as u32,
    )
    .map(|seconds| Duration::from_secs(seconds.into()))
}

fn parse<T: FromStr<Err: Display>>(
    text: &impl Fn(&'static str) -> Option<String>,
    variable: &'static str,
    expected: &'static str,
    default: T,
) -> Result<T, ConfigError> {
    let Some(value) = text(variable) else {
        return Ok(default);
    };
    value.parse().map_err(|_| ConfigError::Invalid {
        variable,
        value,
        expected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|wanted| {
            let (_, value) = variables.iter().find(|(name, _)| *name == wanted)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_is_enough() {
        let config = read(&[("PORT", "")]).expect("the defaults are valid");
        assert_eq!(config.name, NAME);
        assert_eq!(config.port, PORT);
        assert_eq!(config.collector, None);
    }

    #[test]
    fn variables_override_the_defaults() {
        let config = read(&[
            ("PORT", "9000"),
            ("LOG_LEVEL", "debug"),
            ("MAX_BODY_BYTES", "10"),
            ("DRAIN_SECONDS", "0"),
        ])
        .expect("all values are valid");
        assert_eq!(config.port, 9000);
        assert_eq!(config.log_level, Level::DEBUG);
        assert_eq!(config.limits.body_bytes, 10);
        assert_eq!(config.drain, Duration::ZERO);
    }

    #[test]
    fn a_bad_value_is_named_with_what_was_expected() {
        let error = read(&[("PORT", "http")]).expect_err("not a port");
        assert_eq!(
            error.to_string(),
            "PORT is \"http\", which is not a port from 0 to 65535"
        );
    }

    #[test]
    fn a_collector_behind_tls_is_refused_instead_of_losing_traces() {
        let url = "https://collector.example:4318";
        assert_eq!(
            read(&[("OTEL_EXPORTER_OTLP_ENDPOINT", url)]),
            Err(ConfigError::Collector(url.to_owned()))
        );
    }
}
