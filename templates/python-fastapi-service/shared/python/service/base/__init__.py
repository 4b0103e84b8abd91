"""What surrounds every request and the process: settings, logs, traces, metrics, health, starting and stopping."""
