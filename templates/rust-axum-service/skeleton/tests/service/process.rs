//! The program itself: its environment, its log, its traces, and SIGTERM as a runtime sends it.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
};

use axum::{Router, body::Bytes, http::Uri, routing::post};
use serde_json::Value;
use service::config::NAME;
use tokio::{net::TcpListener, sync::mpsc};

use crate::support::client;

/// A running service, killed when the test ends, however it ends.
struct Process {
    child: Child,
    log: BufReader<ChildStdout>,
    address: String,
}

impl Process {
    fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_service"))
            .env_clear()
            .envs([("HOST", "127.0.0.1"), ("PORT", "0"), ("DRAIN_SECONDS", "0")])
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stdout.take().expect("standard output is piped"));
        let listening = next_line(&mut log).expect("a line when it listens");
        let address = listening["address"].as_str().expect("an address");
        Self {
            child,
            log,
            address: format!("http://{address}"),
        }
    }

    /// Sends SIGTERM, waits for the end and returns whether it was a success, and the log until then.
    fn terminate(mut self) -> (bool, Vec<Value>) {
        let killed = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(killed.expect("kill is installed").success());
        let log = std::iter::from_fn(|| next_line(&mut self.log)).collect();
        (self.child.wait().expect("the end").success(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Fails when it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn next_line(log: &mut impl BufRead) -> Option<Value> {
    let mut line = String::new();
    log.read_line(&mut line).expect("UTF-8");
    (!line.is_empty()).then(|| serde_json::from_str(&line).expect("every log line is JSON"))
}

#[tokio::test]
async fn it_serves_logs_each_request_once_and_ends_well_on_sigterm() {
    let process = Process::start(&[]);
    let client = client();
    for path in ["/", "/healthz"] {
        let request = client.get(format!("{}{path}", process.address));
        let request = request.header("x-request-id", "from-the-test");
        assert!(
            request
                .send()
                .await
                .expect("an answer")
                .status()
                .is_success()
        );
    }
    let (success, log) = process.terminate();
    assert!(success);
    let answered: Vec<_> = log.iter().filter(|l| l["message"] == "answered").collect();
    assert_eq!(answered.len(), 1, "probes are not logged: {log:#?}");
    assert!(answered[0]["duration_ms"].is_u64(), "{log:#?}");
    let span = &answered[0]["span"];
    assert_eq!(span["request_id"], "from-the-test");
    assert_eq!(span["http.route"], "/");
    assert_eq!(span["http.response.status_code"], 200);
    assert_eq!(log.last().expect("a log")["message"], "stopped");
}

#[tokio::test]
async fn traces_go_on_from_the_callers_and_are_sent_before_the_end() {
    const TRACE: [u8; 16] = [
        0x57, 0x59, 0xe9, 0x88, 0xbd, 0x86, 0x2e, 0x3f, 0xe1, 0xbe, 0x46, 0xa9, 0x94, 0x27, 0x27,
        0x93,
    ];
    let (send, mut received) = mpsc::unbounded_channel();
    let collector = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", collector.local_addr().expect("an address"));
    let routes = Router::new().fallback(post(move |uri: Uri, body: Bytes| async move {
        send.send((uri.path().to_owned(), body))
            .expect("the test reads");
    }));
    tokio::spawn(async { axum::serve(collector, routes).await });

    let process = Process::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let parent = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
    let request = client().get(format!("{}/", process.address));
    let answer = request.header("traceparent", parent).send().await;
    assert!(answer.expect("an answer").status().is_success());
    let ended = tokio::task::spawn_blocking(|| process.terminate()).await;
    let (success, log) = ended.expect("no panic");
    assert!(success);

    let (path, body) = received.recv().await.expect("traces");
    assert_eq!(path, "/v1/traces");
    for part in [&TRACE[..], b"GET /", NAME.as_bytes()] {
        assert!(body.windows(part.len()).any(|window| window == part));
    }
    let answered = log.iter().find(|line| line["message"] == "answered");
    assert_eq!(
        answered.expect("a log line")["span"]["trace_id"],
        "5759e988bd862e3fe1be46a994272793"
    );
}

#[test]
fn a_bad_setting_stops_the_start_and_is_named() {
    let output = Command::new(env!("CARGO_BIN_EXE_service"))
        .env_clear()
        .env("PORT", "http")
        .output()
        .expect("the program runs");
    assert!(!output.status.success());
    let message = String::from_utf8(output.stderr).expect("UTF-8");
    assert_eq!(
        message.trim(),
        "PORT is \"http\", which is not a port from 0 to 65535"
    );
}
