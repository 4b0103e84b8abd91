defmodule ServiceWeb.ErrorJSON do
  @moduledoc """
  What is raised on the way, as the body of an answer. The error itself goes to the log.
  """

  alias ServiceWeb.Problem

  @details %{
    400 => "The body is not the JSON that is expected here.",
    404 => "There is nothing at this address. README.md lists the endpoints.",
    413 => "The body is too large.",
    415 => "Send JSON."
  }

  @unexpected "Something went wrong on our side. The x-request-id header of this answer finds it in the logs."

  def render(template, _assigns) do
    status = template |> String.split(".") |> hd() |> String.to_integer()
    Problem.body(status, Map.get(@details, status, @unexpected))
  end
end
