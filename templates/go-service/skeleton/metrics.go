package main

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// buckets are upper bounds in seconds, from a cached answer to the default time limit of a request.
var buckets = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5, 10}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

// Metrics are the service's counters, shown at /metrics in Prometheus' text format. Add yours here, and keep every label to a
// small fixed set: each combination of label values is a time series of its own.
type Metrics struct {
	inFlight  atomic.Int64
	mutex     sync.Mutex
	requests  map[string]int64
	durations map[string]*histogram
}

type histogram struct {
	counts []int64
	count  int64
	sum    float64
}

// NewMetrics counts from zero.
func NewMetrics() *Metrics {
	return &Metrics{requests: map[string]int64{}, durations: map[string]*histogram{}}
}

// Answered counts an answer. The route is the pattern that matched ("/orders/{id}"), never the path, which callers choose.
func (m *Metrics) Answered(method, route string, status int, took time.Duration) {
	// HTTP lets callers invent methods; those share one label.
	if !slices.Contains(methods, method) {
		method = "OTHER"
	}
	labels := fmt.Sprintf("method=%q,route=%q", method, route)
	seconds := took.Seconds()
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.requests[fmt.Sprintf("%s,status=\"%d\"", labels, status)]++
	times := m.durations[labels]
	if times == nil {
		times = &histogram{counts: make([]int64, len(buckets))}
		m.durations[labels] = times
	}
	times.count++
	times.sum += seconds
	for i, bound := range buckets {
		if seconds <= bound {
			times.counts[i]++
		}
	}
}

func (m *Metrics) show(w io.Writer) {
	var text strings.Builder
	head := func(name, kind, help string) {
		fmt.Fprintf(&text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	}
	m.mutex.Lock()
	head("http_requests_total", "counter", "Requests answered.")
	for _, labels := range slices.Sorted(maps.Keys(m.requests)) {
		fmt.Fprintf(&text, "http_requests_total{%s} %d\n", labels, m.requests[labels])
	}
	const duration = "http_request_duration_seconds"
	head(duration, "histogram", "Time from a request's head to the end of its answer.")
	for _, labels := range slices.Sorted(maps.Keys(m.durations)) {
		times := m.durations[labels]
		for i, bound := range buckets {
			fmt.Fprintf(&text, "%s_bucket{%s,le=\"%g\"} %d\n", duration, labels, bound, times.counts[i])
		}
		fmt.Fprintf(&text, "%s_bucket{%s,le=\"+Inf\"} %d\n", duration, labels, times.count)
		fmt.Fprintf(&text, "%s_sum{%s} %g\n%s_count{%s} %d\n", duration, labels, times.sum, duration, labels, times.count)
	}
	m.mutex.Unlock()
	head("http_requests_in_flight", "gauge", "Requests being worked on now.")
	fmt.Fprintf(&text, "http_requests_in_flight %d\n", m.inFlight.Load())
	_, _ = io.WriteString(w, text.String())
}

func metricsRoute(mux *http.ServeMux, metrics *Metrics) {
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		metrics.show(w)
	})
}
