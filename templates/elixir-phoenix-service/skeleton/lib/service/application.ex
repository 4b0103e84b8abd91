defmodule Service.Application do
  @moduledoc """
  The supervisor of everything that runs. A part that fails is started anew, and takes no other with it.
  """

  use Application

  require Logger

  alias Service.Readiness

  @impl true
  def start(_type, _arguments) do
    OpentelemetryBandit.setup()
    OpentelemetryPhoenix.setup(adapter: :bandit)

    children = [
      ServiceWeb.Metrics,
      # Add yours before the endpoint, so that they are there when requests come.
      ServiceWeb.Endpoint
    ]

    with {:ok, supervisor} <- Supervisor.start_link(children, strategy: :one_for_one, name: Service.Supervisor) do
      Readiness.set(true)
      Logger.info("listening")
      {:ok, supervisor}
    end
  end

  # The first thing that happens on SIGTERM: not ready, and still serving for a while, so that load balancers look away before
  # anything closes. Then the supervisor stops the endpoint, which finishes what is under way.
  @impl true
  def prep_stop(state) do
    Readiness.set(false)
    Logger.info("stopping: no longer ready, still serving")
    Process.sleep(Application.fetch_env!(:service, :settings).drain_ms)
    Logger.info("stopping: finishing requests under way")
    state
  end

  @impl true
  def stop(_state) do
    Logger.info("stopped")
  end
end
