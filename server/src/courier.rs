//! Sends messages to addresses that people gave.

use async_trait::async_trait;
use slipway_ports::{
    Courier,
    courier::{Answer, Call, CourierError},
};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is taken, bytes.
const LARGEST: usize = 1 << 20;
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

fn unreachable(error: reqwest::Error) -> CourierError {
    CourierError::Unreachable(error.without_url().to_string())
}

/// What reaches the host of a URL, at the addresses that were looked at and no other.
async fn client(url: &reqwest::Url, patience: Duration, what: &str) -> Result<reqwest::Client, CourierError> {
    let addresses = addresses(url).await?;
    reqwest::Client::builder()
        .timeout(patience)
        .connect_timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve_to_addrs(url.host_str().unwrap_or_default(), &addresses)
        .user_agent(format!("Slipway/{} ({what})", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(unreachable)
}

fn parse(url: &str) -> Result<reqwest::Url, CourierError> {
    reqwest::Url::parse(url).map_err(|error| CourierError::Forbidden(error.to_string()))
}

#[async_trait]
impl Courier for HttpCourier {
    async fn post(&self, url: &str, headers: &[(&'static str, String)], body: &str) -> Result<(), CourierError> {
        let url = parse(url)?;
        let client = client(&url, PATIENCE, "notice").await?;
        let request = headers.iter().fold(client.post(url), |request, (name, value)| request.header(*name, value));
        let answer = request.body(body.to_owned()).send().await.map_err(unreachable)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(CourierError::Refused(status.as_u16())),
        }
    }

    async fn call(&self, call: &Call) -> Result<Answer, CourierError> {
        let url = parse(&call.url)?;
        let client = client(&url, call.timeout, "template").await?;
        let method =
            call.method.parse().map_err(|_| CourierError::Forbidden(format!("{} is no method", call.method)))?;
        let mut request = client.request(method, url);
        for (name, value) in &call.headers {
            request = request.header(name, value.expose());
        }
        if let Some(body) = &call.body {
            request = request.body(body.clone());
        }
        let mut came = request.send().await.map_err(unreachable)?;
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let (status, headers) = (came.status().as_u16(), came.headers().iter().filter_map(header).collect());
        let mut body = Vec::new();
        while let Some(chunk) = came.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&chunk);
            if body.len() > LARGEST {
                return Err(CourierError::Unreachable(format!("its answer has more than {} MiB", LARGEST >> 20)));
            }
        }
        Ok(Answer { status, headers, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, http::StatusCode, response::Redirect, routing::post};
    use slipway_ports::secrets::SecretText;

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

    #[tokio::test]
    async fn an_answer_is_brought_whatever_its_status_and_never_from_elsewhere() {
        let echo = |headers: axum::http::HeaderMap, body: String| async move {
            let sent =
                headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
            (StatusCode::CREATED, [("x-sent", sent)], body)
        };
        let router = Router::new()
            .route("/echo", post(echo))
            .route("/away", post(|| async { Redirect::temporary("http://169.254.169.254/") }))
            .route("/large", post(|| async { "x".repeat(LARGEST + 1) }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let call = |url: String| Call {
            method: "POST".to_owned(),
            url,
            headers: vec![("authorization".to_owned(), SecretText::new("Bearer t"))],
            body: Some("hello".to_owned()),
            timeout: PATIENCE,
        };
        let ask = async |path: &str| HttpCourier.call(&call(format!("http://{address}{path}"))).await;
        let answer = ask("/echo").await.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (201, b"hello".as_slice()));
        assert_eq!(answer.headers["x-sent"], "Bearer t");
        assert_eq!((ask("/none").await.unwrap().status, ask("/away").await.unwrap().status), (404, 307));
        assert!(matches!(ask("/large").await, Err(CourierError::Unreachable(_))));
        let metadata = HttpCourier.call(&call("http://169.254.169.254/latest/".to_owned())).await;
        assert!(matches!(metadata, Err(CourierError::Forbidden(_))));
    }
}
