package main

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

const trace = "5759e988bd862e3fe1be46a994272793"

// TestMain lets the tests start this very program as the service.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_SERVICE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a running service, killed when the test ends, however it ends.
type process struct {
	command *exec.Cmd
	log     *bufio.Scanner
	address string
}

func startService(t *testing.T, variables ...string) *process {
	t.Helper()
	command := exec.Command(os.Args[0])
	command.Env = append([]string{"RUN_SERVICE=1", "HOST=127.0.0.1", "PORT=0", "DRAIN_SECONDS=0"}, variables...)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	p := &process{command: command, log: bufio.NewScanner(output)}
	address, _ := p.waitFor(t, "listening")["address"].(string)
	p.address = "http://" + address
	return p
}

func (p *process) next(t *testing.T) map[string]any {
	t.Helper()
	if !p.log.Scan() {
		return nil
	}
	var line map[string]any
	if err := json.Unmarshal(p.log.Bytes(), &line); err != nil {
		t.Fatal("every log line is JSON:", p.log.Text())
	}
	return line
}

func (p *process) waitFor(t *testing.T, message string) map[string]any {
	t.Helper()
	for line := p.next(t); line != nil; line = p.next(t) {
		if line["message"] == message {
			return line
		}
	}
	t.Fatal("the log ended without", message)
	return nil
}

func (p *process) get(t *testing.T, path string, header ...string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, p.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

func (p *process) signal(t *testing.T) {
	t.Helper()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// terminate sends SIGTERM, waits for a good end, and gives the log until then.
func (p *process) terminate(t *testing.T) []map[string]any {
	t.Helper()
	p.signal(t)
	var log []map[string]any
	for line := p.next(t); line != nil; line = p.next(t) {
		log = append(log, line)
	}
	if err := p.command.Wait(); err != nil {
		t.Fatal(err)
	}
	return log
}

func answered(log []map[string]any) (lines []map[string]any) {
	for _, line := range log {
		if line["message"] == "answered" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestItLogsEachRequestOnceAndEndsWellOnSIGTERM(t *testing.T) {
	p := startService(t)
	for _, path := range []string{"/", "/healthz", "/readyz"} {
		if status := p.get(t, path, "X-Request-Id", "from-the-test"); status != 200 {
			t.Fatal(path, status)
		}
	}
	log := p.terminate(t)
	lines := answered(log)
	if len(lines) != 1 {
		t.Fatal("probes are not logged:", lines)
	}
	if lines[0]["request_id"] != "from-the-test" || lines[0]["http.route"] != "/" {
		t.Fatal(lines[0])
	}
	if log[len(log)-1]["message"] != "stopped" {
		t.Fatal(log)
	}
}

func TestReadinessGoesFirstAndWhatComesIsStillServed(t *testing.T) {
	p := startService(t, "DRAIN_SECONDS=600")
	p.signal(t)
	p.waitFor(t, "stopping: no longer ready, still serving")
	if ready, index := p.get(t, "/readyz"), p.get(t, "/"); ready != 503 || index != 200 {
		t.Fatal(ready, index)
	}
}

func TestTracesGoOnFromTheCallersAndAreSentBeforeTheEnd(t *testing.T) {
	sent := make(chan []byte, 2)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sent <- append([]byte(r.URL.Path), body...)
	}))
	defer collector.Close()
	for _, header := range [][]string{
		{"traceparent", "00-" + trace + "-53995c3f42cd8ad8-01"},
		{"X-Amzn-Trace-Id", "Root=1-" + trace[:8] + "-" + trace[8:] + ";Parent=53995c3f42cd8ad8;Sampled=1"},
	} {
		p := startService(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL)
		p.get(t, "/", header...)
		if line := answered(p.terminate(t))[0]; line["trace_id"] != trace {
			t.Fatal(line)
		}
		body := <-sent
		for _, part := range []string{"/v1/traces", `"traceId":"` + trace + `"`, `"parentSpanId":"53995c3f42cd8ad8"`, `"GET /"`, Name} {
			if !bytes.Contains(body, []byte(part)) {
				t.Errorf("%s is not in %s", part, body)
			}
		}
	}
}

func TestATraceThatTheCallerDoesNotSampleIsNotSent(t *testing.T) {
	span := StartSpan(http.Header{"Traceparent": {"00-" + trace + "-53995c3f42cd8ad8-00"}})
	if span.Sampled || hex.EncodeToString(span.TraceID[:]) != trace {
		t.Fatal(span)
	}
}

func TestATraceIDBeginsWithTheSecondItWasMadeIn(t *testing.T) {
	id := newTraceID(time.Unix(0x5759e988, 0))
	if made := hex.EncodeToString(id[:]); !strings.HasPrefix(made, "5759e988") {
		t.Fatal(made)
	}
}

func TestABadSettingStopsTheStartAndIsNamed(t *testing.T) {
	command := exec.Command(os.Args[0])
	command.Env = []string{"RUN_SERVICE=1", "PORT=http"}
	said, err := command.CombinedOutput()
	if err == nil || strings.TrimSpace(string(said)) != `PORT is "http", which is not a whole number from 0 to 65535` {
		t.Fatal(err, string(said))
	}
}
