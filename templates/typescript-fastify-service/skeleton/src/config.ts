// Settings, all from environment variables, read once at start. What is wrong stops the start and is named.

/** The service's name in logs and traces unless `OTEL_SERVICE_NAME` says otherwise. */
export const NAME = "${{ values.name }}";

/** Where the service listens unless `PORT` says otherwise. */
export const PORT = ${{ values.port }};

export const LOG_LEVELS = ["error", "warn", "info", "debug", "trace"] as const;

export interface Config {
  /** `OTEL_SERVICE_NAME`. */
  name: string;
  /** `HOST`: the address to listen on. */
  host: string;
  /** `PORT`: 0 lets the system choose. */
  port: number;
  /** `LOG_LEVEL`. */
  logLevel: (typeof LOG_LEVELS)[number];
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: base URL of an OTLP/HTTP collector. Without it no trace is sent. */
  collector: string | undefined;
  /** `REQUEST_TIMEOUT_SECONDS`: a request that takes longer is answered with 503. */
  requestTimeout: number;
  /** `MAX_BODY_BYTES`: a request with a larger body is answered with 413. */
  maxBody: number;
  /** `DRAIN_SECONDS`: how long to go on serving after SIGTERM while /readyz says no, so that load balancers notice. */
  drain: number;
  /**
   * `SHUTDOWN_SECONDS`: how long requests under way may take after that. The sum of both must stay below what the runtime
   * allows between SIGTERM and SIGKILL (30 seconds on Amazon ECS and Kubernetes unless set otherwise).
   */
  grace: number;
}

/** A variable with a value that makes no sense. The message names it and says what was expected. */
export class ConfigError extends Error {}

/** Reads settings. A variable that is set but empty counts as not set. */
export function readConfig(variables: Record<string, string | undefined>): Config {
  const text = (name: string) => variables[name] || undefined;
  const integer = (name: string, fallback: number, low: number, high: number) => {
    const value = text(name);
    if (value === undefined) return fallback;
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= low && number <= high)) {
      throw new ConfigError(`${name} is "${value}", which is not a whole number from ${low} to ${high}`);
    }
    return number;
  };
  const level = text("LOG_LEVEL") ?? "info";
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined) {
    throw new ConfigError(`LOG_LEVEL is "${level}", which is not one of ${LOG_LEVELS.join(", ")}`);
  }
  return {
    name: text("OTEL_SERVICE_NAME") ?? NAME,
    host: text("HOST") ?? "0.0.0.0",
    port: integer("PORT", PORT, 0, 65535),
    logLevel,
    collector: text("OTEL_EXPORTER_OTLP_ENDPOINT"),
    requestTimeout: integer("REQUEST_TIMEOUT_SECONDS", 10, 1, 3600),
    maxBody: integer("MAX_BODY_BYTES", 1024 * 1024, 1, 2 ** 31),
    drain: integer("DRAIN_SECONDS", 5, 0, 3600),
    grace: integer("SHUTDOWN_SECONDS", 20, 1, 3600),
  };
}
