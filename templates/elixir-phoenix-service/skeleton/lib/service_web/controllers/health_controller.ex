defmodule ServiceWeb.HealthController do
  @moduledoc """
  `/healthz`: the process works; restart it if this fails. `/readyz`: send requests here; stop if this fails.

  Neither calls anything else. A readiness check that asks a database takes every replica out at once when the database has a
  bad minute; answer 503 on the requests that need it instead.
  """

  use Phoenix.Controller, formats: []

  def healthz(conn, _params), do: text(conn, "ok\n")

  def readyz(conn, _params) do
    if Service.Readiness.ready?() do
      text(conn, "ready\n")
    else
      conn |> put_status(:service_unavailable) |> text("not ready\n")
    end
  end
end
