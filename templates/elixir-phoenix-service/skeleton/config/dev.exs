import Config

config :service, ServiceWeb.Endpoint, debug_errors: false
