defmodule Service.Settings do
  @moduledoc """
  What the service can be told, all by environment variables. README.md has the list.
  """

  @name "order-intake"
  @port 8080
  @levels ~w(error warning info debug)

  @enforce_keys [:name, :ip, :port, :log_level, :collector, :max_body, :drain_ms, :grace_ms]
  defstruct @enforce_keys

  @type t :: %__MODULE__{
          name: String.t(),
          ip: :inet.ip_address(),
          port: :inet.port_number(),
          log_level: Logger.level(),
          collector: String.t() | nil,
          max_body: pos_integer(),
          drain_ms: non_neg_integer(),
          grace_ms: non_neg_integer()
        }

  @doc """
  Reads settings. A variable that is set but empty counts as not set. Raises `ArgumentError`, which names the variable and says
  what was expected.
  """
  @spec read((String.t() -> String.t() | nil)) :: t()
  def read(lookup) do
    text = fn name -> if lookup.(name) in [nil, ""], do: nil, else: lookup.(name) end

    %__MODULE__{
      name: text.("OTEL_SERVICE_NAME") || @name,
      ip: address(text.("HOST") || "0.0.0.0"),
      port: integer(text, "PORT", @port, 0..65_535),
      log_level: level(text.("LOG_LEVEL") || "info"),
      collector: text.("OTEL_EXPORTER_OTLP_ENDPOINT"),
      max_body: integer(text, "MAX_BODY_BYTES", 1_048_576, 1..2_147_483_648),
      drain_ms: 1000 * integer(text, "DRAIN_SECONDS", 5, 0..3600),
      grace_ms: 1000 * integer(text, "SHUTDOWN_SECONDS", 20, 0..3600)
    }
  end

  defp integer(text, name, default, first..last//_) do
    case text.(name) do
      nil ->
        default

      value ->
        case Integer.parse(value) do
          {number, ""} when number >= first and number <= last -> number
          _ -> raise ArgumentError, ~s(#{name} is "#{value}", which is not a whole number from #{first} to #{last})
        end
    end
  end

  defp level(value) when value in @levels, do: String.to_existing_atom(value)

  defp level(value) do
    raise ArgumentError, ~s(LOG_LEVEL is "#{value}", which is not one of #{Enum.join(@levels, ", ")})
  end

  defp address(value) do
    case :inet.parse_address(String.to_charlist(value)) do
      {:ok, address} -> address
      {:error, _} -> raise ArgumentError, ~s(HOST is "#{value}", which is not an IP address)
    end
  end
end
