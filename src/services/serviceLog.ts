/** A service's log: one JSON object a line, without secrets, addresses of clients, or what errors of others say. */
import { type FastifyServerOptions, LogController } from "fastify";
import { isDiptychError } from "../core/errors.ts";

/** Where a log goes: each call has one line, with its end. */
export interface LogStream {
  /** Takes one line. */
  write(line: string): void;
}

/** How much is logged, and where to; standard output unless said. */
export type LogOptions = {
  level?: "debug" | "info" | "warn" | "error";
  stream?: LogStream;
};

/**
 * Fastify's settings for a log. Its own lines on every request are left out, since they name the client's address; an error
 * is logged by its code, since those of the chain's client can hold the node's URL with a key in it.
 */
export function loggerOf(
  options: LogOptions | undefined,
): Pick<FastifyServerOptions, "logger" | "logController"> {
  if (options === undefined) return { logger: false };
  const { level = "info", stream } = options;
  const logger = {
    level,
    base: null,
    serializers: {
      req: ({ method }: { method: string }) => ({ method }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      err: (error: Error) => ({
        kind: error.name,
        code: isDiptychError(error) ? error.code : "service-failed",
      }),
    },
    ...(stream === undefined ? {} : { stream }),
  };
  return { logger: logger as never, logController: new LogController({ disableRequestLogging: true }) };
}
