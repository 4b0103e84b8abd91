defmodule Service.Readiness do
  @moduledoc """
  Whether load balancers may send requests. It starts as not ready.
  """

  @key __MODULE__

  @doc "Says whether requests may be sent here."
  @spec set(boolean()) :: :ok
  def set(ready), do: :persistent_term.put(@key, ready)

  @doc "Whether requests may be sent here."
  @spec ready?() :: boolean()
  def ready?, do: :persistent_term.get(@key, false)
end
