//! Where a request comes from.

use super::state::Edge;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::Extensions,
};
use http::{HeaderMap, request::Parts};
use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

/// The header that proxies add to.
const FORWARDED: &str = "x-forwarded-for";

/// The client's address: what the proxy in front says when it is trusted, else the peer's. `None` without a connection, in tests.
pub fn client(edge: &Edge, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    if !edge.trust_proxy {
        return peer;
    }
    // The last entry is the trusted proxy's own; those before it are what the client claims.
    let forwarded = headers.get_all(FORWARDED).iter().next_back().and_then(|value| value.to_str().ok());
    forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok()).or(peer)
}

/// As [`client`], as text; `unknown` when it is not known.
pub fn client_text(edge: &Edge, headers: &HeaderMap, extensions: &Extensions) -> String {
    client(edge, headers, extensions).map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}

/// Whether the request comes from this very machine, and not through a proxy on it.
pub fn is_local(edge: &Edge, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let through_proxy = headers.contains_key(FORWARDED) || headers.contains_key("forwarded");
    (edge.trust_proxy || !through_proxy)
        && client(edge, headers, extensions).is_some_and(|address| address.is_loopback())
}

/// The request's extensions, for the client's address.
pub struct Peer(pub Extensions);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(parts.extensions.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(trust_proxy: bool) -> Edge {
        Edge { public_url: String::new(), trust_proxy, secure_cookies: false, site: "".into() }
    }

    fn request(forwarded: Option<&str>) -> (HeaderMap, Extensions) {
        let (mut headers, mut extensions) = (HeaderMap::new(), Extensions::new());
        if let Some(forwarded) = forwarded {
            headers.insert(FORWARDED, forwarded.parse().unwrap());
        }
        extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 5_000))));
        (headers, extensions)
    }

    #[test]
    fn only_a_trusted_proxy_says_where_a_client_is() {
        let (headers, extensions) = request(Some("127.0.0.1, 203.0.113.9"));
        assert_eq!(client_text(&edge(false), &headers, &extensions), "127.0.0.1");
        assert_eq!(client_text(&edge(true), &headers, &extensions), "203.0.113.9");
    }

    #[test]
    fn what_comes_through_a_proxy_on_this_machine_is_not_local() {
        let (headers, extensions) = request(Some("203.0.113.9"));
        assert!(!is_local(&edge(false), &headers, &extensions));
        assert!(!is_local(&edge(true), &headers, &extensions));
        let (headers, extensions) = request(None);
        assert!(is_local(&edge(false), &headers, &extensions));
    }
}
