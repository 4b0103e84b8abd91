//! Sends messages to addresses that people gave.

use async_trait::async_trait;
use slipway_ports::{Courier, courier::CourierError};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Metadata services of clouds that are not link-local: Alibaba's, and AWS' on IPv6.
const METADATA_V4: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// Sends real requests, to the very addresses that were looked at: a name that is resolved again could lead elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpCourier;

/// Whether something is sent to an address. Private networks are where subscribers live; the machine's own link is where credentials are.
fn is_open(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            !(v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast() || v4 == METADATA_V4)
        }
        IpAddr::V6(v6) => {
            !(v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast() || v6 == METADATA_V6)
        }
    }
}

async fn addresses(url: &reqwest::Url) -> Result<Vec<SocketAddr>, CourierError> {
    let forbidden = |why: &str| CourierError::Forbidden(why.to_owned());
    if !matches!(url.scheme(), "http" | "https") {
        return Err(forbidden("it is neither http nor https"));
    }
    let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or_else(|| forbidden("it names no host"))?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found.map_err(|error| CourierError::Unreachable(error.to_string()))?.collect();
    match found.iter().find(|address| !is_open(address.ip())) {
        Some(address) => Err(forbidden(&format!("{host} is {}", address.ip()))),
        None if found.is_empty() => Err(CourierError::Unreachable(format!("{host} has no address"))),
        None => Ok(found),
    }
}

#[async_trait]
impl Courier for HttpCourier {
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Result<(), CourierError> {
        let url = reqwest::Url::parse(url).map_err(|error| CourierError::Forbidden(error.to_string()))?;
        let addresses = addresses(&url).await?;
        let unreachable = |error: reqwest::Error| CourierError::Unreachable(error.without_url().to_string());
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
            .user_agent(concat!("Slipway/", env!("CARGO_PKG_VERSION"), " (notice)"))
            .build()
            .map_err(unreachable)?;
        let request = headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, value));
        let answer = request.body(body.to_owned()).send().await.map_err(unreachable)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(CourierError::Refused(status.as_u16())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, http::StatusCode, response::Redirect, routing::post};

    #[tokio::test]
    async fn nothing_is_sent_where_credentials_are() {
        for url in [
            "http://169.254.169.254/latest/meta-data/",
            "http://[fe80::1]/",
            "http://[::ffff:169.254.169.254]/",
            "http://[fd00:ec2::254]/",
            "http://100.100.100.200/",
            "http://0.0.0.0/",
            "http://2852039166/",
            "ftp://events.example.com/",
            "no address",
        ] {
            let refused = HttpCourier.post(url, &[], "{}").await;
            assert!(matches!(refused, Err(CourierError::Forbidden(_))), "{url}: {refused:?}");
        }
    }

    #[tokio::test]
    async fn only_a_2xx_of_the_address_itself_is_taken() {
        let router = Router::new()
            .route("/good", post(|| async { StatusCode::NO_CONTENT }))
            .route("/away", post(|| async { Redirect::temporary("http://169.254.169.254/") }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let send = async |path: &str| {
            HttpCourier.post(&format!("http://{address}{path}"), &[("a", "b".to_owned())], "{}").await
        };
        assert_eq!(send("/good").await, Ok(()));
        assert_eq!(send("/away").await, Err(CourierError::Refused(307)));
        assert_eq!(send("/none").await, Err(CourierError::Refused(404)));
    }
}
