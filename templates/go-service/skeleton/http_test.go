package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// call asks the service; more adds routes.
func call(t *testing.T, request *http.Request, config Config, more ...func(*http.ServeMux)) *http.Response {
	t.Helper()
	readiness := &Readiness{}
	readiness.Set(true)
	recorder := httptest.NewRecorder()
	service(config, readiness, nil, more...).ServeHTTP(recorder, request)
	return recorder.Result()
}

func defaults(t *testing.T) Config {
	t.Helper()
	config, err := ReadConfig(lookup(nil))
	if err != nil {
		t.Fatal(err)
	}
	return config
}

func get(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

func greetRequest(body string) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/v1/greetings", strings.NewReader(body))
}

func decode(t *testing.T, response *http.Response) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.NewDecoder(response.Body).Decode(&value); err != nil {
		t.Fatal(err)
	}
	return value
}

func isProblem(t *testing.T, response *http.Response, status int) string {
	t.Helper()
	if response.StatusCode != status || response.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatal(response.Status, response.Header)
	}
	if response.Header.Get("X-Request-Id") == "" {
		t.Fatal("no request id")
	}
	detail, _ := decode(t, response)["detail"].(string)
	return detail
}

func TestTheIndexNamesTheService(t *testing.T) {
	if body := decode(t, call(t, get("/"), defaults(t))); body["service"] != Name {
		t.Fatal(body)
	}
}

func TestHealthAndReadiness(t *testing.T) {
	readiness := &Readiness{}
	handler := service(defaults(t), readiness, nil)
	status := func(path string) int {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, get(path))
		return recorder.Code
	}
	if status("/healthz") != 200 || status("/readyz") != 503 {
		t.Fatal("it starts alive and not ready")
	}
	readiness.Set(true)
	if status("/readyz") != 200 {
		t.Fatal("it is ready")
	}
}

func TestAGreetingAnswersByName(t *testing.T) {
	response := call(t, greetRequest(`{"name": " Ada "}`), defaults(t))
	if body := decode(t, response); response.StatusCode != 200 || body["message"] != "Hello, Ada!" {
		t.Fatal(response.Status, body)
	}
}

func TestBadInputIsRefusedWithTheWayToMendIt(t *testing.T) {
	for _, body := range []string{`{"name": "  "}`, `{"name": "` + strings.Repeat("x", 101) + `"}`, `{"nam": "Ada"}`} {
		detail := isProblem(t, call(t, greetRequest(body), defaults(t)), http.StatusUnprocessableEntity)
		if detail != "name: use 1 to 100 characters." {
			t.Error(detail)
		}
	}
	isProblem(t, call(t, greetRequest("{"), defaults(t)), http.StatusBadRequest)
}

func TestAnUnknownAddressIsAProblemToo(t *testing.T) {
	isProblem(t, call(t, get("/nothing"), defaults(t)), http.StatusNotFound)
}

func TestAHarmlessRequestIDIsKeptAndAnyOtherReplaced(t *testing.T) {
	for sent, kept := range map[string]bool{"abc-1.2_3": true, "a b": false, "": false, strings.Repeat("x", 65): false} {
		request := get("/")
		request.Header.Set("X-Request-Id", sent)
		got := call(t, request, defaults(t)).Header.Get("X-Request-Id")
		if (got == sent) != kept || got == "" {
			t.Errorf("sent %q, got %q", sent, got)
		}
	}
}

func TestMetricsCountByRouteAndNeverByPath(t *testing.T) {
	handler := service(defaults(t), &Readiness{}, nil)
	var text string
	for _, path := range []string{"/healthz", "/no/such/path", "/metrics"} {
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, get(path))
		text = recorder.Body.String()
	}
	for _, line := range []string{
		`http_requests_total{method="GET",route="/healthz",status="200"} 1`,
		`http_requests_total{method="GET",route="unmatched",status="404"} 1`,
		`http_request_duration_seconds_count{method="GET",route="/healthz"} 1`,
		`http_requests_in_flight 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is not in\n%s", line, text)
		}
	}
	if strings.Contains(text, "/no/such/path") {
		t.Error(text)
	}
}

func TestABodyOverTheLimitIsRefused(t *testing.T) {
	config := defaults(t)
	config.MaxBody = 16
	isProblem(t, call(t, greetRequest(`{"name": "`+strings.Repeat("x", 20)+`"}`), config), http.StatusRequestEntityTooLarge)
}

func TestARequestThatTakesTooLongIsCutOff(t *testing.T) {
	config := defaults(t)
	config.RequestTimeout = time.Millisecond
	hang := func(mux *http.ServeMux) {
		mux.HandleFunc("GET /hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	}
	isProblem(t, call(t, get("/hang"), config, hang), http.StatusServiceUnavailable)
}

func TestAPanicIsOneFailedRequestAndTellsNothing(t *testing.T) {
	fail := func(mux *http.ServeMux) {
		mux.HandleFunc("GET /fail", func(http.ResponseWriter, *http.Request) { panic("a secret detail") })
	}
	for range 2 {
		detail := isProblem(t, call(t, get("/fail"), defaults(t), fail), http.StatusInternalServerError)
		if strings.Contains(detail, "secret") {
			t.Error(detail)
		}
	}
}
