import Config

config :service, ServiceWeb.Endpoint,
  adapter: Bandit.PhoenixAdapter,
  render_errors: [formats: [json: ServiceWeb.ErrorJSON], layout: false],
  # Nothing here has sessions; Phoenix wants a key all the same.
  secret_key_base: String.duplicate("unused", 11)

config :phoenix, :json_library, JSON

# One line a request, written by `ServiceWeb.Observe`.
config :phoenix, :logger, false

config :logger, :default_handler, formatter: {Service.JSONFormatter, %{}}

import_config "#{config_env()}.exs"
