package main

import (
	"io"
	"net/http"
	"sync/atomic"
)

// Readiness is whether load balancers may send requests. It starts as not ready.
type Readiness struct{ ready atomic.Bool }

// Set says whether requests may be sent here.
func (r *Readiness) Set(ready bool) { r.ready.Store(ready) }

// healthRoutes adds /healthz (the process works; restart it if this fails) and /readyz (send requests here; stop if this fails).
//
// Neither calls anything else. A readiness check that asks a database takes every replica out at once when the database has a
// bad minute; answer 503 on the requests that need it instead.
func healthRoutes(mux *http.ServeMux, readiness *Readiness) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, "ok\n")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if readiness.ready.Load() {
			plain(w, http.StatusOK, "ready\n")
		} else {
			plain(w, http.StatusServiceUnavailable, "not ready\n")
		}
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
