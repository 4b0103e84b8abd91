defmodule ServiceWeb.GreetingController do
  @moduledoc """
  The service's own endpoints.
  """

  use Phoenix.Controller, formats: [:json]

  import ServiceWeb.Problem

  # Longest name that `POST /v1/greetings` takes, in characters.
  @longest 100

  def index(conn, _params) do
    json(conn, %{service: Application.fetch_env!(:service, :settings).name})
  end

  @doc "An example of an endpoint that checks its input: replace it with your first real one."
  def greet(conn, %{"name" => name}) when is_binary(name) do
    name = String.trim(name)

    if name == "" or String.length(name) > @longest do
      refuse(conn)
    else
      json(conn, %{message: "Hello, #{name}!"})
    end
  end

  def greet(conn, _params), do: refuse(conn)

  defp refuse(conn), do: send_problem(conn, :unprocessable_entity, "name: use 1 to #{@longest} characters.")
end
