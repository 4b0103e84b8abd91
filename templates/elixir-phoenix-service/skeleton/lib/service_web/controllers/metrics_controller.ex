defmodule ServiceWeb.MetricsController do
  @moduledoc """
  `/metrics`, for whoever collects them.
  """

  use Phoenix.Controller, formats: []

  def show(conn, _params) do
    conn |> put_resp_content_type("text/plain; version=0.0.4") |> send_resp(:ok, ServiceWeb.Metrics.text())
  end
end
