//! An instance for one test: a temporary data folder, SQLite, a clock that the test moves, no cloud.

use axum::{Router, body::Body, http::Request};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use slipway_domain::time::Timestamp;
use slipway_ports::Clock;
use slipway_server::{
    compose::{self, Role},
    config::Config,
    http::{AppState, router},
};
use slipway_services::{Caller, Slipway, accounts, people, tokens};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// The administrator that [`TestApp::start`] makes.
pub const ADMIN: (&str, &str) = ("ada", "a sentence for ada");

/// A clock that stands still until it is moved. It begins at 21 Nov 2026, 12:00 UTC.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn forward(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(header::LOCATION)
    }

    /// The session's cookie as a browser sends it back.
    pub fn cookie(&self) -> String {
        self.header(header::SET_COOKIE).split(';').next().unwrap_or_default().to_owned()
    }
}

pub struct TestApp {
    pub slipway: Arc<Slipway>,
    pub clock: Arc<TestClock>,
    pub router: Router,
    /// The data folder.
    pub data: tempfile::TempDir,
}

impl TestApp {
    /// Nobody is there yet.
    pub async fn empty() -> Self {
        Self::configured(Config::default()).await
    }

    /// Nobody is there yet; the data folder is one of its own.
    pub async fn configured(mut config: Config) -> Self {
        let data = tempfile::tempdir().unwrap();
        config.server.data = data.path().to_owned();
        let role = Role { public_url: "http://slipway.test".to_owned(), demo: false };
        let mut instance = compose::compose(&config, role).await.unwrap();
        let clock = Arc::new(TestClock(AtomicI64::new(1_795_262_400_000)));
        let slipway = Arc::get_mut(&mut instance.slipway).unwrap();
        slipway.clock = clock.clone();
        slipway.settings.templates = concat!(env!("CARGO_MANIFEST_DIR"), "/../templates").into();
        let state = AppState::new(&config, &instance, data.path().join("site"), CancellationToken::new());
        Self { slipway: instance.slipway.clone(), clock, router: router(state), data }
    }

    /// With an administrator.
    pub async fn start() -> Self {
        let app = Self::empty().await;
        let secret = app.setup_secret().await;
        accounts::set_up(&app.slipway, &secret, ADMIN.0, "Ada", ADMIN.1).await.unwrap();
        app
    }

    /// The secret in the link for the first administrator.
    pub async fn setup_secret(&self) -> String {
        let link = accounts::new_setup_link(&self.slipway).await.unwrap().unwrap();
        link.strip_prefix("http://slipway.test/setup?token=").unwrap().to_owned()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// As a browser's address bar asks.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// Posts a form as a browser does, with a session when `cookie` is not empty.
    pub async fn form(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        self.send(
            Request::get(path)
                .header(header::ACCEPT, "text/html")
                .header(header::COOKIE, cookie)
                .body(Body::empty())
                .unwrap(),
        )
        .await
    }

    /// Calls the API with a token.
    pub async fn call(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let request =
            Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request.header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).unwrap()).await
    }

    /// Signs in by the form; the cookie.
    pub async fn sign_in(&self, login: &str, password: &str) -> String {
        let answer = self.form("/sign-in", "", &format!("login={login}&password={}", password.replace(' ', "+"))).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert_eq!(answer.location(), "/");
        answer.cookie()
    }

    /// The administrator as services know them.
    pub async fn admin(&self) -> Caller {
        let session = accounts::sign_in(&self.slipway, ADMIN.0, ADMIN.1, "test").await.unwrap();
        accounts::caller_of_session(&self.slipway, &session.secret).await.unwrap().unwrap()
    }

    /// Adds a person with a role everywhere, and signs in; the cookie.
    pub async fn person(&self, login: &str, role: &str) -> String {
        let password = format!("a sentence for {login}");
        people::add(&self.slipway, &self.admin().await, login, login, &password, role, "").await.unwrap();
        self.sign_in(login, &password).await
    }

    /// A token of the administrator's.
    pub async fn token(&self, scopes: &[&str], days: u32) -> String {
        let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        tokens::create(&self.slipway, &self.admin().await, "test", &scopes, days).await.unwrap().secret
    }

    /// Serves on a real port, for real clients; the address.
    pub async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = self.router.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        format!("http://{address}")
    }
}
