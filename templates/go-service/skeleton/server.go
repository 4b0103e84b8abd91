package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// service is the whole service; more adds routes, for tests.
func service(config Config, readiness *Readiness, tracer *Tracer, more ...func(*http.ServeMux)) http.Handler {
	metrics := NewMetrics()
	mux := http.NewServeMux()
	for _, add := range append(more, routes) {
		add(mux)
	}
	healthRoutes(mux, readiness)
	metricsRoute(mux, metrics)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusNotFound, "There is nothing at this address. README.md lists the endpoints.")
	})
	route := func(r *http.Request) string {
		_, pattern := mux.Handler(r)
		if pattern == "/" {
			return "unmatched"
		}
		_, path, _ := strings.Cut(pattern, " ")
		return strings.TrimSuffix(path, "{$}")
	}
	limited := http.MaxBytesHandler(timeLimit(mux, config.RequestTimeout), config.MaxBody)
	return observe(limited, route, metrics, tracer)
}

// timeLimit answers for a handler that takes too long. The handler goes on, unless it looks at its context.
func timeLimit(next http.Handler, limit time.Duration) http.Handler {
	late := string(problemBody(http.StatusServiceUnavailable, "This took too long. Try again in a moment."))
	handler := http.TimeoutHandler(next, limit, late)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// For that answer: a handler that is in time says its own type, which replaces this one.
		w.Header().Set("Content-Type", "application/problem+json")
		handler.ServeHTTP(w, r)
	})
}

// run serves until the context ends: not ready, drain, refuse new connections, finish what is under way. What takes longer than
// it may is cut off.
func run(stop context.Context, listener net.Listener, config Config, readiness *Readiness, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: config.RequestTimeout,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	readiness.Set(true)
	slog.Info("listening", "address", listener.Addr().String())

	select {
	case err := <-served:
		return err
	case <-stop.Done():
	}
	readiness.Set(false)
	slog.Info("stopping: no longer ready, still serving")
	select {
	case err := <-served:
		return err
	case <-time.After(config.Drain):
	}
	slog.Info("stopping: finishing requests under way")
	patience, cancel := context.WithTimeout(context.Background(), config.Grace)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		slog.Warn("stopped before every request was finished")
		return server.Close()
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	slog.Info("stopped")
	return nil
}
