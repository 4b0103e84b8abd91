defmodule ServiceTest do
  @moduledoc """
  What callers see.
  """

  use ExUnit.Case

  import Phoenix.ConnTest
  import Plug.Conn

  alias Service.{JSONFormatter, Readiness, Settings, TimedIds}

  @endpoint ServiceWeb.Endpoint

  defp greet(body) do
    build_conn() |> put_req_header("content-type", "application/json") |> post("/v1/greetings", body)
  end

  defp detail_of(conn, status) do
    assert conn.status == status
    assert get_resp_header(conn, "content-type") == ["application/problem+json"]
    JSON.decode!(conn.resp_body)["detail"]
  end

  test "the index names the service" do
    assert json_response(get(build_conn(), "/"), 200)["service"] == Settings.read(fn _ -> nil end).name
  end

  test "health and readiness" do
    assert text_response(get(build_conn(), "/healthz"), 200) == "ok\n"
    assert text_response(get(build_conn(), "/readyz"), 200) == "ready\n"
    Readiness.set(false)
    on_exit(fn -> Readiness.set(true) end)
    assert text_response(get(build_conn(), "/readyz"), 503) == "not ready\n"
    assert text_response(get(build_conn(), "/healthz"), 200) == "ok\n"
  end

  test "a greeting answers by name" do
    assert json_response(greet(~s({"name": " Ada "})), 200) == %{"message" => "Hello, Ada!"}
  end

  test "bad input is refused with the way to mend it" do
    for body <- [~s({"name": "  "}), JSON.encode!(%{name: String.duplicate("x", 101)}), ~s({"nam": "Ada"})] do
      assert body |> greet() |> detail_of(422) == "name: use 1 to 100 characters."
    end
  end

  test "an unknown address is told" do
    assert_error_sent(404, fn -> get(build_conn(), "/nothing") end)
  end

  test "a harmless request id is kept and any other replaced" do
    for {sent, kept} <- [{"abc-1.2_3", true}, {"a b", false}, {String.duplicate("x", 65), false}] do
      conn = build_conn() |> put_req_header("x-request-id", sent) |> get("/")
      assert [id] = get_resp_header(conn, "x-request-id")
      assert kept == (id == sent)
    end
  end

  test "metrics count by route" do
    greet(~s({"name": "Ada"}))
    text = text_response(get(build_conn(), "/metrics"), 200)
    assert text =~ ~s(http_requests_total{method="POST",route="/v1/greetings",status="200"})
  end

  test "settings come from variables, and a bad one is named" do
    read = fn variables -> Settings.read(&variables[&1]) end
    assert read.(%{"PORT" => "", "DRAIN_SECONDS" => "0"}).drain_ms == 0
    assert read.(%{"LOG_LEVEL" => "debug"}).log_level == :debug

    assert_raise ArgumentError, ~s(PORT is "http", which is not a whole number from 0 to 65535), fn ->
      read.(%{"PORT" => "http"})
    end

    assert_raise ArgumentError, ~r/LOG_LEVEL is "loud"/, fn -> read.(%{"LOG_LEVEL" => "loud"}) end
  end

  test "a log line is one object, whatever is in it" do
    event = %{level: :info, msg: {:string, ["two\nlines ", <<255>>]}, meta: %{time: 0, request_id: "a", pid: self()}}
    line = IO.iodata_to_binary(JSONFormatter.format(event, %{}))
    assert %{"request_id" => "a", "level" => "INFO", "timestamp" => "1970-01-01T00:00:00.000Z"} = JSON.decode!(line)
    assert String.ends_with?(line, "}\n")
  end

  test "a trace id begins with the second it was made in" do
    assert Integer.to_string(TimedIds.timed(0x5759E988, 5), 16) == "5759E988" <> String.duplicate("0", 23) <> "5"
  end
end
