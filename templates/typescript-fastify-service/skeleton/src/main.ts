// Reads the settings, starts telemetry, serves until SIGTERM.
import { build } from "./app.js";
import { type Config, ConfigError, readConfig } from "./config.js";
import { Readiness } from "./health.js";
import { serve } from "./server.js";
import { startTelemetry } from "./telemetry.js";

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
const stop = new Promise<void>((resolve) => {
  process.once("SIGTERM", () => resolve());
  process.once("SIGINT", () => resolve());
});
const stopTelemetry = startTelemetry(config);
const readiness = new Readiness();
await serve(build(config, readiness), config, readiness, stop);
await stopTelemetry();
