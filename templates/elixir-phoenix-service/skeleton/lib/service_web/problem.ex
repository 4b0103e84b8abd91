defmodule ServiceWeb.Problem do
  @moduledoc """
  What a caller is told when something is wrong: RFC 9457 problem details.
  """

  import Plug.Conn

  @doc "Answers with a 4xx or 5xx status. The detail is for the caller: say how to mend it, reveal nothing internal."
  @spec send_problem(Plug.Conn.t(), Plug.Conn.status(), String.t()) :: Plug.Conn.t()
  def send_problem(conn, status, detail) do
    conn
    |> put_resp_content_type("application/problem+json", nil)
    |> send_resp(status, JSON.encode_to_iodata!(body(Plug.Conn.Status.code(status), detail)))
  end

  @doc "The body of such an answer."
  @spec body(pos_integer(), String.t()) :: map()
  def body(status, detail), do: %{title: Plug.Conn.Status.reason_phrase(status), status: status, detail: detail}
end
