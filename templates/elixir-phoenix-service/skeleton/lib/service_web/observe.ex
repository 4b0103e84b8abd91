defmodule ServiceWeb.Observe do
  @moduledoc """
  Around every request: an id and one log line. Traces and metrics are made of Phoenix' own events.
  """

  @behaviour Plug

  import Plug.Conn

  require Logger

  # Comes in with a request or is made here; goes out with the answer and stands in every log line in between.
  @request_id "x-request-id"

  # These come every few seconds and would drown the rest of the log.
  @probes ["/healthz", "/readyz", "/metrics"]

  @impl true
  def init(options), do: options

  @impl true
  def call(conn, _options) do
    started = System.monotonic_time()
    id = request_id(get_req_header(conn, @request_id))
    Logger.metadata(request_id: id)

    conn
    |> put_resp_header(@request_id, id)
    |> register_before_send(&answered(&1, started))
  end

  defp request_id([sent]) do
    if Regex.match?(~r/\A[A-Za-z0-9._-]{1,64}\z/, sent), do: sent, else: request_id([])
  end

  defp request_id(_), do: Base.encode16(:crypto.strong_rand_bytes(16), case: :lower)

  defp answered(conn, started) do
    took = System.convert_time_unit(System.monotonic_time() - started, :native, :millisecond)

    Logger.log(level(conn), "answered",
      "http.request.method": conn.method,
      "http.route": ServiceWeb.Metrics.route(conn),
      "url.path": conn.request_path,
      "http.response.status_code": conn.status,
      duration_ms: took
    )

    conn
  end

  defp level(%{request_path: path}) when path in @probes, do: :debug
  defp level(_conn), do: :info
end
