package main

import (
	"log/slog"
	"testing"
	"time"
)

func lookup(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func TestAnEmptyEnvironmentIsEnough(t *testing.T) {
	config, err := ReadConfig(lookup(nil))
	if err != nil || config.Name != Name || config.Port != Port || config.Collector != "" {
		t.Fatal(config, err)
	}
}

func TestVariablesOverrideTheDefaults(t *testing.T) {
	config, err := ReadConfig(lookup(map[string]string{
		"PORT": "9000", "LOG_LEVEL": "debug", "DRAIN_SECONDS": "0", "SHUTDOWN_SECONDS": "7", "OTEL_SERVICE_NAME": "other",
	}))
	if err != nil || config.Port != 9000 || config.LogLevel != slog.LevelDebug || config.Name != "other" {
		t.Fatal(config, err)
	}
	if config.Drain != 0 || config.Grace != 7*time.Second {
		t.Fatal(config)
	}
}

func TestABadValueIsNamedWithWhatWasExpected(t *testing.T) {
	for _, bad := range [][3]string{
		{"PORT", "http", "a whole number from 0 to 65535"},
		{"PORT", "65536", "a whole number from 0 to 65535"},
		{"LOG_LEVEL", "loud", "one of error, warn, info, debug"},
	} {
		_, err := ReadConfig(lookup(map[string]string{bad[0]: bad[1]}))
		want := bad[0] + ` is "` + bad[1] + `", which is not ` + bad[2]
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
