defmodule ServiceWeb.Endpoint do
  @moduledoc """
  What every request goes through, in this order.
  """

  use Phoenix.Endpoint, otp_app: :service

  plug ServiceWeb.Observe
  plug Plug.Telemetry, event_prefix: [:phoenix, :endpoint]
  plug :parse
  plug ServiceWeb.Router

  # The limit is a setting, so that it is read when a request comes and not when this is compiled.
  defp parse(conn, _options) do
    limit = Application.fetch_env!(:service, :settings).max_body
    Plug.Parsers.call(conn, Plug.Parsers.init(parsers: [:json], pass: ["*/*"], json_decoder: JSON, length: limit))
  end
end
