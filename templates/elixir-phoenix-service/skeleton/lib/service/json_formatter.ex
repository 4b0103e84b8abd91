defmodule Service.JSONFormatter do
  @moduledoc """
  Log lines as JSON, for `:logger`. Metadata of a request or a job stands beside the message.
  """

  @kept [:request_id, :duration_ms, :"http.request.method", :"http.route", :"url.path", :"http.response.status_code"]

  @doc "One event as one line."
  @spec format(:logger.log_event(), map()) :: iodata()
  def format(%{level: level, msg: message, meta: meta}, _config) do
    line =
      meta
      |> Map.take(@kept)
      |> Map.merge(trace(meta))
      |> Map.merge(%{
        timestamp: timestamp(meta),
        level: level |> Atom.to_string() |> String.upcase(),
        message: text(message)
      })

    [JSON.encode_to_iodata!(line), ?\n]
  end

  defp timestamp(%{time: microseconds}) do
    microseconds |> DateTime.from_unix!(:microsecond) |> DateTime.truncate(:millisecond) |> DateTime.to_iso8601()
  end

  defp trace(%{otel_trace_id: id}), do: %{trace_id: to_string(id)}
  defp trace(_meta), do: %{}

  defp text({:string, text}), do: clean(text)
  defp text({:report, report}), do: inspect(report)
  defp text({format, arguments}), do: clean(:io_lib.format(format, arguments))

  # What is no UTF-8 cannot be JSON.
  defp clean(text) do
    text = IO.chardata_to_string(text)
    if String.valid?(text), do: text, else: inspect(text)
  rescue
    UnicodeConversionError -> inspect(text)
  end
end
