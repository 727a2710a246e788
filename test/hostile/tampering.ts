/** A published record and all that one meets on the way to it; and how to change one byte of any of it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { hex, unhex } from "../../src/core/bytes.ts";
import { DiptychError, type ErrorCode } from "../../src/core/errors.ts";
import { IndexLedger, KeyRegistry, requestIdOf } from "../../src/ledger/index.ts";
import { decodeIndex } from "../../src/seal/index.ts";
import { enrolPatient, rights, sample, theDoctor, theRequester, world } from "../world.ts";

/** Up to `count` places in `length` bytes, both ends among them; one place is the end. */
export function placesIn(length: number, count: number): number[] {
  const last = length - 1;
  if (count === 1) return [last];
  return [...new Set(Array.from({ length: count }, (_, at) => Math.round((at * last) / (count - 1))))];
}

/** The same bytes with the lowest bit of one of them changed. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, place) => (place === at ? byte ^ 1 : byte));
}

/** Changes `bytes` at several places, one at a time, and demands that `use` refuses each with one of these codes. */
export async function refuses(
  bytes: Uint8Array,
  codes: readonly ErrorCode[],
  use: (tampered: Uint8Array) => unknown,
  count = 12,
): Promise<Set<ErrorCode>> {
  const met = new Set<ErrorCode>();
  for (const at of placesIn(bytes.length, count)) {
    const outcome = await outcomeOf(() => use(flipped(bytes, at)));
    expect(outcome, `byte ${at} of ${bytes.length}`).to.be.oneOf([...codes]);
    met.add(outcome as ErrorCode);
  }
  return met;
}

/** The code with which it failed, or "opened". What isn't a DiptychError goes through. */
export async function outcomeOf(act: () => unknown): Promise<ErrorCode | "opened"> {
  try {
    await act();
    return "opened";
  } catch (error) {
    if (!(error instanceof DiptychError)) throw error;
    return error.code;
  }
}

/** Answers all requests with the same bytes, on loopback, until it is closed. */
export async function serveBytes(): Promise<{
  url: string;
  say: (body: Uint8Array, status?: number) => void;
  close: () => Promise<void>;
}> {
  let answer: { body: Uint8Array; status: number } = { body: new Uint8Array(), status: 200 };
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    say: (body, status = 200) => {
      answer = { body, status };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Issues and publishes a record, has a doctor ask for it, and keeps every message and object of that. */
async function makeStory() {
  const { chains, authority } = await world();
  const chain = chains.storage;
  const { patient } = await enrolPatient();
  const invitation = patient.invite();
  const info1 = await (await theDoctor()).issue(sample(), invitation);
  const emrId = await patient.accept(info1, invitation);
  await patient.store(emrId, [2, 3, 4, 5, 6, 7], rights);
  const { ledgerRecordIds } = await patient.show(emrId);
  const ledgerRecordId = ledgerRecordIds.storage;
  const requester = await theRequester("role:doctor");
  const { decided } = await requester.request("storage", ledgerRecordId);
  const released = await requester.release("storage", decided);
  const { plaintext, record } = released;
  const blocks = await requester.fetch("storage", decided.requestId, plaintext, record.version);
  const opened = await requester.decrypt("storage", ledgerRecordId, released, blocks);

  const onChain = await new IndexLedger(chain).record(ledgerRecordId);
  const registry = new KeyRegistry(chain);
  const set = await registry.keySet(onChain.keySet);
  const question = {
    chain,
    request: decided,
    requestId: unhex(requestIdOf(chain, decided)),
    responseSecret: await requester.responseKey(decided.responseKey),
    enc: decodeIndex(onChain.index).enc,
    version: onChain.version,
    generation: set.generation,
    signal: new AbortController().signal,
  };
  const placement = {
    chainId: BigInt(chain.chainId),
    contract: unhex(chain.ledger),
    ledgerRecordId: unhex(ledgerRecordId),
    version: BigInt(onChain.version),
  };
  const { certificateAuthority } = authority.credentials();
  const trust = { authority: certificateAuthority, revoked: () => false };
  return {
    chain,
    chains,
    patient,
    requester,
    invitation,
    info1,
    emrId,
    ledgerRecordId,
    decided,
    released,
    blocks,
    opened,
    onChain,
    keySet: set,
    gate: await registry.gate(set.gates[0]!),
    question,
    placement,
    binding: { ...placement, keySet: unhex(onChain.keySet) },
    trust,
  };
}

let known: Promise<Story> | undefined;

/** The one story of this run: for tests that change nothing about it. */
export function theStory(): Promise<Story> {
  known ??= makeStory();
  return known;
}

export type Story = Awaited<ReturnType<typeof makeStory>>;

/** What a service is sent, as JSON of these fields, with one character of one field changed at a time. */
export function tamperedFields(order: object, perField = 3): { field: string; order: object }[] {
  return Object.entries(order).flatMap(([field, value]): { field: string; order: object }[] => {
    if (typeof value === "number") return [{ field, order: { ...order, [field]: value + 1 } }];
    if (typeof value !== "string")
      return tamperedFields(value as object, perField).map((inner) => ({
        field: `${field}.${inner.field}`,
        order: { ...order, [field]: inner.order },
      }));
    const bytes = new TextEncoder().encode(value);
    return placesIn(bytes.length, perField).map((at) => ({
      field: `${field}, character ${at}`,
      order: { ...order, [field]: new TextDecoder().decode(flipped(bytes, at)) },
    }));
  });
}

/** Sends JSON; the status and the code in the answer. */
export async function post(url: string, body: unknown): Promise<{ status: number; code: unknown }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  if (answer.status === 200) return { status: 200, code: hex(bytes) };
  const said = JSON.parse(new TextDecoder().decode(bytes)) as { code: unknown };
  return { status: answer.status, code: said.code };
}
