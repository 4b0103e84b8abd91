package main

import (
	"fmt"
	"log/slog"
	"strconv"
	"time"
)

const (
	// Name is the service's name in logs and traces unless OTEL_SERVICE_NAME says otherwise.
	Name = "${{ values.name }}"
	// Port is where the service listens unless PORT says otherwise.
	Port = ${{ values.port }}
)

// Config is what the service can be told, all by environment variables, read once at start.
type Config struct {
	// OTEL_SERVICE_NAME
	Name string
	// HOST: the address to listen on; every address unless set.
	Host string
	// PORT: 0 lets the system choose.
	Port int
	// LOG_LEVEL: error, warn, info or debug.
	LogLevel slog.Level
	// OTEL_EXPORTER_OTLP_ENDPOINT: base URL of an OTLP/HTTP collector. Without it no trace is sent.
	Collector string
	// REQUEST_TIMEOUT_SECONDS: a request that takes longer is answered with 503.
	RequestTimeout time.Duration
	// MAX_BODY_BYTES: a request with a larger body is answered with 413.
	MaxBody int64
	// DRAIN_SECONDS: how long to go on serving after SIGTERM while /readyz says no, so that load balancers notice.
	Drain time.Duration
	// SHUTDOWN_SECONDS: how long requests under way may take after that. The sum of both must stay below what the runtime
	// allows between SIGTERM and SIGKILL (30 seconds on Amazon ECS and Kubernetes unless set otherwise).
	Grace time.Duration
}

var levels = map[string]slog.Level{
	"error": slog.LevelError,
	"warn":  slog.LevelWarn,
	"info":  slog.LevelInfo,
	"debug": slog.LevelDebug,
}

// ReadConfig reads settings; a variable that is set but empty counts as not set. The error names the variable that makes no
// sense, and says what was expected.
func ReadConfig(lookup func(string) string) (Config, error) {
	var problem error
	text := func(name, fallback string) string {
		if value := lookup(name); value != "" {
			return value
		}
		return fallback
	}
	integer := func(name string, fallback, low, high int64) int64 {
		value := lookup(name)
		if value == "" {
			return fallback
		}
		number, err := strconv.ParseInt(value, 10, 64)
		if err != nil || number < low || number > high {
			problem = fmt.Errorf("%s is %q, which is not a whole number from %d to %d", name, value, low, high)
		}
		return number
	}
	seconds := func(name string, fallback, low int64) time.Duration {
		return time.Duration(integer(name, fallback, low, 3600)) * time.Second
	}

	level := text("LOG_LEVEL", "info")
	logLevel, known := levels[level]
	if !known {
		problem = fmt.Errorf("LOG_LEVEL is %q, which is not one of error, warn, info, debug", level)
	}
	config := Config{
		Name:           text("OTEL_SERVICE_NAME", Name),
		Host:           lookup("HOST"),
		Port:           int(integer("PORT", Port, 0, 65535)),
		LogLevel:       logLevel,
		Collector:      lookup("OTEL_EXPORTER_OTLP_ENDPOINT"),
		RequestTimeout: seconds("REQUEST_TIMEOUT_SECONDS", 10, 1),
		MaxBody:        integer("MAX_BODY_BYTES", 1<<20, 1, 1<<31),
		Drain:          seconds("DRAIN_SECONDS", 5, 0),
		Grace:          seconds("SHUTDOWN_SECONDS", 20, 1),
	}
	return config, problem
}
