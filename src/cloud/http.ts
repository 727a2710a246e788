/** Requests to Diptych's services: bounded in time and size, and every refusal turned back into the error it was. */
import { concat, utf8Decode } from "../core/bytes.ts";
import { DiptychError, type ErrorCode } from "../core/errors.ts";
import { sendTelling } from "./uploading.ts";

/** Who is told of a transfer's bytes, and how it is called off. */
export type Transferring = {
  /** Told the bytes that have gone so far, and of how many where that is known; what it throws ends the transfer. */
  progress?: (done: number, total?: number) => void;
  signal?: AbortSignal;
};

export type Exchange = {
  /** What the service is called in messages: "the gateway", "gate 0x…". */
  service: string;
  url: string;
  method?: "GET" | "POST" | "PUT" | "DELETE";
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Milliseconds until the service counts as unreachable; 30,000 unless said. */
  timeout?: number;
  /** The longest answer taken, in bytes; 1 MiB unless said. */
  limit?: number;
  signal?: AbortSignal | undefined;
  /** Told of the body's bytes. */
  sent?: Transferring["progress"];
  /** Told of the answer's bytes; it isn't told their number beforehand. */
  received?: Transferring["progress"];
};

/**
 * Sends one request and returns the answer's bytes.
 *
 * @throws DiptychError `service-unreachable`, `service-answer-invalid`, or the code that the service refused with
 */
export async function exchange(request: Exchange): Promise<Uint8Array> {
  if (!URL.canParse(request.url))
    throw new DiptychError("argument-invalid", `The address of ${request.service} is no URL: correct it.`);
  const patience = AbortSignal.timeout(request.timeout ?? 30_000);
  const signal = request.signal === undefined ? patience : AbortSignal.any([patience, request.signal]);
  const limit = request.limit ?? 1 << 20;
  const sent = request.sent && listening(request.sent);
  const received = request.received && listening(request.received);
  let response: Response;
  let body: Uint8Array;
  try {
    response = await send(request, signal, sent?.tell);
    body = await readAtMost(response, limit, request.service, received?.tell);
  } catch (cause) {
    if (cause instanceof DiptychError) throw cause;
    if (sent?.failure !== undefined) throw sent.failure;
    if (received?.failure !== undefined) throw received.failure;
    request.signal?.throwIfAborted();
    throw new DiptychError(
      "service-unreachable",
      `No answer from ${request.service} at ${new URL(request.url).origin}: is it running and reachable?`,
      { cause },
    );
  }
  if (!response.ok) throw refusal(request.service, response.status, body);
  return body;
}

function send(
  request: Exchange,
  signal: AbortSignal,
  sent: Transferring["progress"] | undefined,
): Promise<Response> {
  const { url, body } = request;
  const common = { method: request.method ?? "POST", headers: request.headers ?? {}, signal };
  if (sent !== undefined && body instanceof Uint8Array) return sendTelling(url, { ...common, body }, sent);
  return fetch(url, { ...common, body: (body ?? null) as BodyInit | null, redirect: "error" });
}

/** Whoever is told of a transfer, and what that threw: not to be taken for a service that can't be reached. */
function listening(told: NonNullable<Transferring["progress"]>): {
  tell: NonNullable<Transferring["progress"]>;
  failure: unknown;
} {
  const listener = {
    failure: undefined as unknown,
    tell: (done: number, total?: number) => {
      try {
        told(done, total);
      } catch (error) {
        listener.failure = error;
        throw error;
      }
    },
  };
  return listener;
}

/** As {@link exchange}, with a JSON body and a JSON object as answer. */
export async function exchangeJson(
  request: Omit<Exchange, "body"> & { body?: unknown },
): Promise<Record<string, unknown>> {
  const { body, ...rest } = request;
  const answer = await exchange({
    ...rest,
    ...(body === undefined
      ? { method: request.method ?? ("GET" as const) }
      : {
          body: JSON.stringify(body),
          headers: { ...request.headers, "content-type": "application/json" },
        }),
  });
  const parsed = parseObject(answer);
  if (parsed === undefined)
    throw new DiptychError(
      "service-answer-invalid",
      `${request.service} answered with something that is not a JSON object.`,
    );
  return parsed;
}

async function readAtMost(
  response: Response,
  limit: number,
  service: string,
  received: Transferring["progress"],
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  received?.(0);
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) {
    size += next.value.length;
    if (size > limit) {
      await reader?.cancel().catch(() => undefined);
      throw new DiptychError(
        "service-answer-invalid",
        `The answer of ${service} is longer than ${limit} bytes.`,
      );
    }
    chunks.push(next.value);
    received?.(size);
  }
  received?.(size, size);
  return concat(...chunks);
}

function parseObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(utf8Decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What a service may refuse with; anything else it says becomes `service-refused`. */
const passedOn: readonly ErrorCode[] = [
  "not-releasable",
  "grant-ended",
  "chain-unreachable",
  "chain-mismatch",
  "contract-missing",
  "finality-unknown",
  "service-busy",
  "node-behind",
  "rate-limited",
  "relay-refused",
  "relay-unaffordable",
  "signature-invalid",
  "block-missing",
  "block-mismatch",
  "block-unexpected",
  "manifest-invalid",
  "record-unknown",
  "version-moved",
  "not-owner",
  "application-unknown",
  "not-officer",
  "session-ended",
  "letterbox-full",
  "letter-unknown",
  "attribute-invalid",
  "certificate-invalid",
  "share-invalid",
  "proof-invalid",
];

function refusal(service: string, status: number, body: Uint8Array): DiptychError {
  const said = parseObject(body);
  const code =
    passedOn.find((each) => each === said?.code) ?? (status === 429 ? "rate-limited" : "service-refused");
  const message = typeof said?.message === "string" ? said.message.slice(0, 500) : `HTTP status ${status}`;
  return new DiptychError(code, `${service} refused: ${message}`);
}
