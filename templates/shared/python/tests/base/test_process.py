"""The program itself: its environment, its log, its traces, and SIGTERM as a runtime sends it."""

import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue

from tests.base.process import running

TRACE = "5759e988bd862e3fe1be46a994272793"


def test_it_logs_each_request_once_and_ends_well_on_sigterm() -> None:
    with running() as process:
        assert process.client.get("/healthz").status_code == 200
        assert process.client.get("/readyz").status_code == 200
        assert process.client.get("/nothing", headers={"x-request-id": "from-the-test"}).status_code == 404
        status, log = process.terminate()
    assert status == 0
    answered = [line for line in log if line["message"] == "answered"]
    assert len(answered) == 1, "probes are not logged"
    assert answered[0]["request_id"] == "from-the-test"
    assert answered[0]["http.route"] == "unmatched"
    assert answered[0]["http.response.status_code"] == 404
    assert isinstance(answered[0]["duration_ms"], int)
    assert log[-1]["message"] == "stopped"


def test_readiness_goes_first_and_what_comes_is_still_served() -> None:
    with running(DRAIN_SECONDS="600") as process:
        process.signal()
        process.wait_for("stopping: no longer ready, still serving")
        assert process.client.get("/readyz").status_code == 503
        assert process.client.get("/healthz").status_code == 200


def test_traces_go_on_from_the_callers_and_are_sent_before_the_end() -> None:
    sent: SimpleQueue[tuple[str, bytes]] = SimpleQueue()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.put((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    collector = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    headers = [
        {"traceparent": f"00-{TRACE}-53995c3f42cd8ad8-01"},
        {"x-amzn-trace-id": f"Root=1-{TRACE[:8]}-{TRACE[8:]};Parent=53995c3f42cd8ad8;Sampled=1"},
    ]
    try:
        for header in headers:
            with running(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}") as process:
                process.client.get("/nothing", headers=header)
                status, log = process.terminate()
            assert status == 0
            assert next(line for line in log if line["message"] == "answered")["trace_id"] == TRACE
            path, body = sent.get()
            assert path == "/v1/traces"
            assert bytes.fromhex(TRACE) in body
    finally:
        collector.shutdown()
        collector.server_close()


def test_a_bad_setting_stops_the_start_and_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "service"], env={"PORT": "http"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip() == 'PORT is "http", which is not a whole number from 0 to 65535'
