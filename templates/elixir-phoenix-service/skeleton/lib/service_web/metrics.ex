defmodule ServiceWeb.Metrics do
  @moduledoc """
  Metrics in Prometheus' text format, made of telemetry events. Add yours to `metrics/0`, and keep every tag to a small fixed
  set: each combination of values is a time series of its own.
  """

  import Telemetry.Metrics

  @methods ~w(GET HEAD POST PUT PATCH DELETE OPTIONS)
  # Upper bounds in seconds, from a cached answer to the longest that is wished for.
  @buckets [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0]

  @doc "What counts. It is there when it was started, so that no request is missed."
  @spec child_spec(term()) :: Supervisor.child_spec()
  def child_spec(_options) do
    TelemetryMetricsPrometheus.Core.child_spec(metrics: metrics(), name: __MODULE__, start_async: false)
  end

  @doc "All of them, as text."
  @spec text() :: String.t()
  def text, do: TelemetryMetricsPrometheus.Core.scrape(__MODULE__)

  @doc ~s|The pattern that a request matched ("/orders/:id"), never the path, which callers choose.|
  @spec route(Plug.Conn.t()) :: String.t()
  def route(conn) do
    case Phoenix.Router.route_info(ServiceWeb.Router, conn.method, conn.request_path, conn.host) do
      %{route: route} -> route
      :error -> "unmatched"
    end
  end

  defp metrics do
    event = [:phoenix, :endpoint, :stop]

    [
      counter("http.requests.total",
        event_name: event,
        measurement: :duration,
        description: "Requests answered.",
        tags: [:method, :route, :status],
        tag_values: &tags/1
      ),
      distribution("http.request.duration.seconds",
        event_name: event,
        measurement: :duration,
        unit: {:native, :second},
        description: "Time from a request's head to its answer.",
        tags: [:method, :route],
        tag_values: &tags/1,
        reporter_options: [buckets: @buckets]
      )
    ]
  end

  # HTTP lets callers invent methods; those share one label.
  defp tags(%{conn: conn}) do
    method = if conn.method in @methods, do: conn.method, else: "OTHER"
    %{method: method, route: route(conn), status: conn.status}
  end
end
