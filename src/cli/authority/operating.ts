/**
 * How the operator's commands reach the desk of a running authority: over a Unix socket in a folder that only the home's owner
 * can enter. Whoever may enter it decides as the authority does, as whoever may read that process's memory could.
 */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError, type ErrorCode } from "../../core/errors.ts";
import type { Home } from "../home/home.ts";
import type { Desk } from "./desk.ts";

/** What operators may ask of a desk. */
const methods = [
  "about",
  "anchor",
  "requests",
  "request",
  "approve",
  "refuse",
  "certify",
  "attest",
  "revoke",
  "revokeCertificate",
  "issued",
] as const;
type Method = (typeof methods)[number];

/** A desk as its operator sees it, here or in another process. */
export type Operator = {
  [M in Method]: (...args: Parameters<Desk[M]>) => Promise<Awaited<ReturnType<Desk[M]>>>;
};

/** Where a home says how its running authority is reached. */
const place = ["run", "authority.json"] as const;
/** Systems take no longer paths of sockets. */
const longestPath = 100;
const longestOrder = 1 << 20;
const longestAnswer = 1 << 28;

/** The operator's view of a desk in this process. */
export function operate(desk: Desk): Operator {
  const entries = methods.map((method) => {
    const act = desk[method].bind(desk) as (...args: unknown[]) => unknown;
    return [method, async (...args: unknown[]) => act(...args)] as const;
  });
  return Object.fromEntries(entries) as unknown as Operator;
}

/** Lets operators of this home in; `close` ends that. Named pipes of Windows are not done: there commands open the role themselves. */
export async function letOperatorsIn(home: Home, desk: Desk): Promise<{ close(): Promise<void> }> {
  await home.folderOf("run");
  const inHome = home.path("run", "authority.sock");
  const path =
    inHome.length <= longestPath
      ? inHome
      : join(await mkdtemp(join(tmpdir(), "diptych-desk-")), "authority.sock");
  // One process at a time has the authority's role: what lies there is a dead one's.
  await rm(path, { force: true });
  const operator = operate(desk);
  const server = createServer((asked, answer) => void serve(operator, asked, answer));
  await listen(server, path);
  await chmod(path, 0o600);
  await home.write(`${JSON.stringify({ socket: path, pid: process.pid })}\n`, ...place);
  return {
    close: async () => {
      await rm(home.path(...place), { force: true });
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
      await rm(path === inHome ? path : dirname(path), { recursive: true, force: true });
    },
  };
}

/** The desk of this home's running authority; undefined when none runs. @throws DiptychError `service-unreachable` */
export async function reachOperator(home: Home, signal: AbortSignal): Promise<Operator | undefined> {
  const found = await home.read(...place);
  if (found === undefined) return undefined;
  const { socket } = JSON.parse(utf8Decode(found)) as { socket: string };
  const ask = async (method: Method, args: unknown[]) => {
    const answer = await exchange(socket, JSON.stringify({ method, args }), signal);
    const { result, error } = JSON.parse(answer, readPlain) as {
      result?: unknown;
      error?: { code: ErrorCode; message: string };
    };
    if (error !== undefined) throw new DiptychError(error.code, error.message);
    return result;
  };
  try {
    await ask("issued", []);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
    throw error;
  }
  return Object.fromEntries(
    methods.map((method) => [method, (...args: unknown[]) => ask(method, args)]),
  ) as unknown as Operator;
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}

async function serve(operator: Operator, asked: IncomingMessage, answer: ServerResponse): Promise<void> {
  let said: unknown;
  try {
    const { method, args } = JSON.parse(await readAll(asked, longestOrder)) as {
      method: Method;
      args: unknown[];
    };
    if (!methods.includes(method))
      throw new DiptychError(
        "service-refused",
        `The authority's process knows no ${JSON.stringify(method)}.`,
      );
    const act = operator[method] as (...args: unknown[]) => Promise<unknown>;
    said = { result: (await act(...args)) ?? null };
  } catch (error) {
    const known = error instanceof DiptychError;
    if (!known) console.error(error);
    said = {
      error: known
        ? { code: error.code, message: error.message }
        : { code: "service-refused", message: "The authority's process failed inside: look at its log." },
    };
  }
  answer.setHeader("connection", "close");
  answer.end(JSON.stringify(said, writePlain));
}

/** Amounts of gas are big integers. */
function writePlain(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? { bigint: value.toString() } : value;
}

function readPlain(_key: string, value: unknown): unknown {
  const big = (value as { bigint?: unknown } | null)?.bigint;
  return typeof big === "string" ? BigInt(big) : value;
}

async function exchange(socketPath: string, order: string, signal: AbortSignal): Promise<string> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath, method: "POST", path: "/", agent: false, signal }, resolve)
      .once("error", reject)
      .end(order);
  });
  return readAll(answer, longestAnswer);
}

async function readAll(stream: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > limit) throw new DiptychError("service-refused", "The message is too long.");
    chunks.push(chunk as Buffer);
  }
  return utf8Decode(new Uint8Array(Buffer.concat(chunks)));
}
