/** Requests to Diptych's services: bounded in time and size, and every refusal turned back into the error it was. */
import { concat, utf8Decode } from "../core/bytes.ts";
import { DiptychError, type ErrorCode } from "../core/errors.ts";

export type Exchange = {
  /** What the service is called in messages: "the gateway", "gate 0x…". */
  service: string;
  url: string;
  method?: "GET" | "POST";
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** Milliseconds until the service counts as unreachable; 30,000 unless said. */
  timeout?: number;
  /** The longest answer taken, in bytes; 1 MiB unless said. */
  limit?: number;
  signal?: AbortSignal | undefined;
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
  let response: Response;
  let body: Uint8Array;
  try {
    response = await fetch(request.url, {
      method: request.method ?? "POST",
      headers: request.headers ?? {},
      body: (request.body ?? null) as BodyInit | null,
      signal,
      redirect: "error",
    });
    body = await readAtMost(response, limit, request.service);
  } catch (cause) {
    if (cause instanceof DiptychError) throw cause;
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

/** As {@link exchange}, with a JSON body and a JSON object as answer. */
export async function exchangeJson(
  request: Omit<Exchange, "body" | "headers"> & { body?: unknown },
): Promise<Record<string, unknown>> {
  const { body, ...rest } = request;
  const answer = await exchange({
    ...rest,
    ...(body === undefined
      ? { method: "GET" as const }
      : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const parsed = parseObject(answer);
  if (parsed === undefined)
    throw new DiptychError(
      "service-answer-invalid",
      `${request.service} answered with something that is not a JSON object.`,
    );
  return parsed;
}

async function readAtMost(response: Response, limit: number, service: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
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
  }
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
  "signature-invalid",
  "block-missing",
  "block-mismatch",
  "block-unexpected",
  "manifest-invalid",
  "record-unknown",
  "version-moved",
  "not-owner",
  "application-unknown",
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
