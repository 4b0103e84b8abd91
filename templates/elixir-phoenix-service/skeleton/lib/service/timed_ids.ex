defmodule Service.TimedIds do
  @moduledoc """
  Random ids whose first 32 bits are the second they were made in, as AWS X-Ray's own ids have it: every version of X-Ray takes
  them, and other tools see an ordinary trace id.
  https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids
  """

  import Bitwise

  @behaviour :otel_id_generator

  @impl true
  def generate_trace_id, do: timed(System.os_time(:second), :otel_id_generator.generate_trace_id())

  @impl true
  def generate_span_id, do: :otel_id_generator.generate_span_id()

  @doc "A random id, with the low 32 bits of a time in front: X-Ray's format has room for no more."
  @spec timed(integer(), non_neg_integer()) :: non_neg_integer()
  def timed(seconds, random), do: (seconds &&& 0xFFFFFFFF) <<< 96 ||| (random &&& (1 <<< 96) - 1)
end
