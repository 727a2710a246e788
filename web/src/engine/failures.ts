/** Errors keep their code on the way between the page and its worker. */
import { transferHandlers } from "comlink";

/** What the page learns of an error: a code of docs/errors.md where it has one. */
export class Failure extends Error {
  readonly code: string;
  /** What else its code comes with, such as the position in a policy's text. */
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = "Failure";
    this.code = code;
    this.details = details;
  }
}

type Carried = { code: string; message: string; details: Record<string, unknown> };

/** Whatever was thrown, as a failure. What the wallet's side of the page refused keeps its own code. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { cause: beneath } = (error ?? {}) as { cause?: unknown };
  if (beneath instanceof Failure) return beneath;
  const { code, info, message, name } = (error ?? {}) as Record<string, unknown>;
  if (name === "AbortError") return new Failure("cancelled", "Stopped on request.");
  const told = typeof message === "string" ? message : String(error);
  return new Failure(typeof code === "string" || typeof code === "number" ? String(code) : "internal", told, {
    ...(typeof info === "object" && info !== null ? plain(info) : {}),
  });
}

/** Only what is plain data crosses over. */
function plain(value: object): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return {};
  }
}

/** Has thrown errors cross over with their code: to be called on both sides before anything else. */
export function carryFailures(): void {
  const { canHandle } = transferHandlers.get("throw")!;
  transferHandlers.set("throw", {
    canHandle,
    serialize: (thrown) => {
      const { code, message, details } = failureOf((thrown as { value: unknown }).value);
      return [{ code, message, details } satisfies Carried, []];
    },
    deserialize: (carried) => {
      const { code, message, details } = carried as Carried;
      throw new Failure(code, message, details);
    },
  });
}
