// Reads the settings, starts telemetry, serves until SIGTERM.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start() error {
	config, err := ReadConfig(os.Getenv)
	if err != nil {
		return err
	}
	// Before the listener, so that a signal is never met by the system's default, which kills.
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer cancel()
	slog.SetDefault(logger(config.LogLevel))

	listener, err := net.Listen("tcp", net.JoinHostPort(config.Host, strconv.Itoa(config.Port)))
	if err != nil {
		return err
	}
	tracer := NewTracer(config)
	defer tracer.Stop()
	readiness := &Readiness{}
	return run(stop, listener, config, readiness, service(config, readiness, tracer))
}

// logger writes JSON lines to standard output.
func logger(level slog.Level) *slog.Logger {
	names := map[string]string{slog.TimeKey: "timestamp", slog.MessageKey: "message"}
	rename := func(groups []string, attribute slog.Attr) slog.Attr {
		if name, found := names[attribute.Key]; found && len(groups) == 0 {
			attribute.Key = name
		}
		return attribute
	}
	return slog.New(slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: level, ReplaceAttr: rename}))
}
