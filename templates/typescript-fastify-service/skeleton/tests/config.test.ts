import assert from "node:assert/strict";
import { test } from "node:test";
import { NAME, PORT, readConfig } from "../src/config.js";

test("an empty environment is enough", () => {
  const config = readConfig({ PORT: "" });
  assert.deepEqual([config.name, config.port, config.collector], [NAME, PORT, undefined]);
});

test("variables override the defaults", () => {
  const config = readConfig({ PORT: "9000", LOG_LEVEL: "debug", DRAIN_SECONDS: "0", OTEL_SERVICE_NAME: "other" });
  assert.deepEqual([config.port, config.logLevel, config.drain, config.name], [9000, "debug", 0, "other"]);
});

test("a bad value is named with what was expected", () => {
  for (const [variable, value, expected] of [
    ["PORT", "http", "a whole number from 0 to 65535"],
    ["PORT", "65536", "a whole number from 0 to 65535"],
    ["LOG_LEVEL", "loud", "one of error, warn, info, debug, trace"],
  ] as const) {
    assert.throws(() => readConfig({ [variable]: value }), {
      message: `${variable} is "${value}", which is not ${expected}`,
    });
  }
});
