import Config

# Settings, all from environment variables, read once at start. What is wrong stops the start and is named.
settings = Service.Settings.read(&System.get_env/1)

config :service, :settings, settings
config :logger, level: if(config_env() == :test, do: :error, else: settings.log_level)

config :service, ServiceWeb.Endpoint,
  http: [
    ip: settings.ip,
    port: if(config_env() == :test, do: 0, else: settings.port),
    # How long requests under way may take after the draining.
    thousand_island_options: [shutdown_timeout: settings.grace_ms]
  ]

# Without a collector nothing is sent. W3C's `traceparent` is understood either way.
if settings.collector do
  config :opentelemetry,
    span_processor: :batch,
    traces_exporter: :otlp,
    id_generator: Service.TimedIds,
    resource: %{service: %{name: settings.name}}

  config :opentelemetry_exporter, otlp_protocol: :http_protobuf, otlp_endpoint: settings.collector
else
  config :opentelemetry, traces_exporter: :none
end
