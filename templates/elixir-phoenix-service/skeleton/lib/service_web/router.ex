defmodule ServiceWeb.Router do
  @moduledoc """
  The routes. Your own endpoints start here.
  """

  use Phoenix.Router, helpers: false

  pipeline :api do
    plug :accepts_json
  end

  scope "/", ServiceWeb do
    get "/healthz", HealthController, :healthz
    get "/readyz", HealthController, :readyz
    get "/metrics", MetricsController, :show
  end

  scope "/", ServiceWeb do
    pipe_through :api

    get "/", GreetingController, :index
    post "/v1/greetings", GreetingController, :greet
  end

  defp accepts_json(conn, _options), do: Phoenix.Controller.put_format(conn, "json")
end
