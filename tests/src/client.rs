//! A person with a session, or a machine with a token, speaking plain HTTP.

use crate::{Server, form};
use reqwest::{Method, Response, StatusCode, header, redirect};
use serde_json::Value;
use std::time::Duration;

/// One of the demo's people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they sign in with.
    pub login: &'static str,
    /// Public on purpose.
    pub password: &'static str,
}

/// May do anything.
pub const ADMINISTRATOR: Person = Person { login: "ada", password: "demo-administrator" };
/// Leads the team payments.
pub const LEAD: Person = Person { login: "lena", password: "demo-team-lead" };
/// Develops in the team payments.
pub const DEVELOPER: Person = Person { login: "dev", password: "demo-developer" };
/// May look.
pub const VIEWER: Person = Person { login: "vic", password: "demo-viewer" };

/// A client that follows nothing and waits long, but not for ever.
///
/// # Panics
/// Never, on a machine that has TLS roots or none.
pub fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy();
    builder.timeout(Duration::from_secs(60)).build().expect("a client without special wishes")
}

/// What is sent with each request to say who asks.
#[derive(Clone, Debug)]
enum Proof {
    Nothing,
    Session(String),
    Token(String),
}

/// Somebody who speaks HTTP to one server.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    proof: Proof,
}

impl Client {
    /// Somebody the server does not know.
    pub fn anonymous(server: &Server) -> Self {
        Self { base: server.url.clone(), http: http(), proof: Proof::Nothing }
    }

    /// Signs in by the form.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn sign_in(server: &Server, person: Person) -> Self {
        let mut client = Self::anonymous(server);
        let fields = [("login", person.login), ("password", person.password), ("next", "/")];
        let answer = client.post_form("/sign-in", &form::encode(&fields)).await;
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let session =
            cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| pair.starts_with("slipway_session="));
        let session = session.map(str::to_owned);
        let place = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let Some(session) = session else { panic!("{} cannot sign in: {} {place}", person.login, answer.status()) };
        client.proof = Proof::Session(session);
        client
    }

    /// Makes a token with these scopes; the result speaks with it.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn with_new_token(&self, scopes: &[&str]) -> Self {
        Self { proof: Proof::Token(self.new_token(scopes).await), ..self.clone() }
    }

    /// Makes a token with these scopes and gives its secret.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn new_token(&self, scopes: &[&str]) -> String {
        let mut fields = vec![("name".to_owned(), "Tests".to_owned()), ("days".to_owned(), "1".to_owned())];
        fields
            .extend(scopes.iter().enumerate().map(|(index, scope)| (format!("scopes[{index}]"), (*scope).to_owned())));
        let answer = self.call("create-token", &fields).await;
        answer["secret"].as_str().unwrap_or_else(|| panic!("no secret: {answer}")).to_owned()
    }

    /// The same person, speaking to a server that was started again elsewhere.
    #[must_use]
    pub fn at(&self, server: &Server) -> Self {
        Self { base: server.url.clone(), ..self.clone() }
    }

    /// The session's cookie, `name=value`.
    pub fn cookie(&self) -> Option<&str> {
        match &self.proof {
            Proof::Session(cookie) => Some(cookie),
            Proof::Nothing | Proof::Token(_) => None,
        }
    }

    /// A request as this person. Sent as a page of the server itself would.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.proof {
            Proof::Nothing => request,
            Proof::Session(cookie) => request
                .header(header::COOKIE, cookie)
                .header(header::ORIGIN, &self.base)
                .header("sec-fetch-site", "same-origin"),
            Proof::Token(token) => request.bearer_auth(token),
        }
    }

    /// # Panics
    /// When the server does not answer.
    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// A page's HTML.
    ///
    /// # Panics
    /// When the answer is not 200.
    pub async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        let status = answer.status();
        let text = answer.text().await.expect("the page arrives");
        assert_eq!(status, StatusCode::OK, "GET {path}: {text}");
        text
    }

    /// # Panics
    /// When the server does not answer.
    pub async fn post_form(&self, path: &str, body: &str) -> Response {
        let request =
            self.request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        request.body(body.to_owned()).send().await.unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// Sends a form of a page; gives where the answer leads.
    ///
    /// # Panics
    /// When the answer is not a redirect.
    pub async fn submit(&self, form: &form::Form) -> String {
        let request = self.request(Method::POST, &form.action).header(header::ACCEPT, "text/html");
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.body());
        let answer = request.send().await.unwrap_or_else(|error| panic!("POST {}: {error}", form.action));
        let place = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = answer.status();
        let place = place.unwrap_or_else(|| panic!("POST {} {}: {status} leads nowhere", form.action, form.body()));
        match place.strip_prefix(&self.base) {
            Some(path) => path.to_owned(),
            None => place,
        }
    }

    /// Calls a server function as the page's own script does; gives its JSON.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn call(&self, function: &str, fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> Value {
        let request =
            self.request(Method::POST, &format!("/api/ui/{function}")).header(header::ACCEPT, "application/json");
        let request =
            request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form::encode(fields));
        let answer = request.send().await.unwrap_or_else(|error| panic!("{function}: {error}"));
        let status = answer.status();
        let text = answer.text().await.expect("the answer arrives");
        assert!(status.is_success(), "{function}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{function}: {error}: {text}"))
    }

    /// What a page of the browser's half reads: a server function's JSON.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn read(&self, function: &str, fields: &[(&str, &str)]) -> Value {
        self.json(&format!("/api/ui/{function}?{}", form::encode(fields))).await
    }

    /// What the REST API says.
    ///
    /// # Panics
    /// When the answer is not 200.
    pub async fn json(&self, path: &str) -> Value {
        let asked = self.request(Method::GET, path).header(header::ACCEPT, "application/json").send().await;
        let answer = asked.unwrap_or_else(|error| panic!("GET {path}: {error}"));
        let status = answer.status();
        let text = answer.text().await.expect("the answer arrives");
        assert!(status.is_success(), "GET {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("GET {path}: {error}: {text}"))
    }

    /// Asks the REST API for a change.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        let sent = self.request(Method::POST, path).json(body).send().await;
        let answer = sent.unwrap_or_else(|error| panic!("POST {path}: {error}"));
        let status = answer.status();
        let text = answer.text().await.expect("the answer arrives");
        assert!(status.is_success(), "POST {path} {body}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("POST {path}: {error}: {text}"))
    }
}
