import Config

config :service, ServiceWeb.Endpoint, server: true
