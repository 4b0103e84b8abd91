package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// harmless is a caller's request id that is taken over as it is.
var harmless = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// probes come every few seconds and would drown the rest of the log.
var probes = []string{"/healthz", "/readyz", "/metrics"}

type logKey struct{}

// Log is the log of the request that a context belongs to: its lines have the request's id.
func Log(ctx context.Context) *slog.Logger {
	if log, found := ctx.Value(logKey{}).(*slog.Logger); found {
		return log
	}
	return slog.Default()
}

// recorder remembers an answer's status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(body []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(body)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// observe puts around every request: an id, a trace that goes on from the caller's, one log line, the metrics, and an answer
// when a handler panics. route names the pattern that a request matches.
func observe(next http.Handler, route func(*http.Request) string, metrics *Metrics, tracer *Tracer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		metrics.inFlight.Add(1)
		defer metrics.inFlight.Add(-1)
		id := requestID(r)
		span := StartSpan(r.Header)
		log := slog.With("request_id", id)
		if tracer != nil {
			log = log.With("trace_id", hex.EncodeToString(span.TraceID[:]))
		}
		w.Header().Set("X-Request-Id", id)
		recorder := &recorder{ResponseWriter: w}
		serve(next, recorder, r.WithContext(context.WithValue(r.Context(), logKey{}, log)), log)

		pattern := route(r)
		span.End = time.Now()
		took := span.End.Sub(span.Start)
		metrics.Answered(r.Method, pattern, recorder.status, took)
		span.Name = r.Method + " " + pattern
		span.Failed = recorder.status >= http.StatusInternalServerError
		seen := map[string]any{
			"http.request.method":       r.Method,
			"http.route":                pattern,
			"url.path":                  r.URL.Path,
			"http.response.status_code": recorder.status,
		}
		span.Attributes = seen
		tracer.Send(span)

		level := slog.LevelInfo
		if slices.Contains(probes, pattern) {
			level = slog.LevelDebug
		}
		attributes := []slog.Attr{slog.Int64("duration_ms", took.Milliseconds())}
		for key, value := range seen {
			attributes = append(attributes, slog.Any(key, value))
		}
		log.LogAttrs(r.Context(), level, "answered", attributes...)
	})
}

// serve answers, also when a handler panics: that costs the one request it happened in.
func serve(next http.Handler, w *recorder, r *http.Request, log *slog.Logger) {
	defer func() {
		failure := recover()
		if failure == nil {
			return
		}
		log.Error("panicked", "panic", failure, "stack", string(debug.Stack()))
		if w.status == 0 {
			problem(w, http.StatusInternalServerError, unexpected)
		}
	}()
	next.ServeHTTP(w, r)
	if w.status == 0 {
		w.status = http.StatusOK
	}
}

// requestID is the caller's id if it is harmless in logs and headers, else a new one.
func requestID(r *http.Request) string {
	if sent := r.Header.Get("X-Request-Id"); harmless.MatchString(sent) {
		return sent
	}
	return strings.ToLower(rand.Text())
}
