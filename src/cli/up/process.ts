/**
 * The body of every process of `diptych up`: takes its orders over the channel, starts, and ends when it is told to or when
 * the channel breaks, since then its parent is gone.
 */
import { DiptychError } from "../../core/errors.ts";
import type { Facts, FromProcess, Kind, Orders, Running, ToProcess } from "./messages.ts";

const starters: { [K in Kind]: () => Promise<(orders: Orders[K]) => Promise<Running<K>>> } = {
  chains: async () => {
    // Stands in a clone only: the package is built without it, so the compiler mustn't follow this.
    const module = (await import(new URL("./chainsProcess.ts", import.meta.url).href)) as {
      startChains: (orders: Orders["chains"]) => Promise<Running<"chains">>;
    };
    return module.startChains;
  },
  gateway: async () => (await import("./gatewayProcess.ts")).startGateway,
  authority: async () => (await import("./authorityProcess.ts")).startAuthority,
  gate: async () => (await import("./gateProcess.ts")).startGate,
  relayer: async () => (await import("./relayerProcess.ts")).startRelayer,
  page: async () => (await import("./pageProcess.ts")).startPage,
};

// Ctrl-C reaches the whole group: the parent ends its processes in order.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);

// Some errors of servers reach nobody who waits for them.
process.on("uncaughtException", (error) => {
  console.error(error);
  tell({ failed: { code: "internal", message: messageOf(error) } }, () => process.exit(1));
});

let ready = false;
let running: Promise<Running<Kind>> | undefined;
process.on("disconnect", () => process.exit(0));
process.on("message", (message: ToProcess) => {
  if ("start" in message) running ??= start(process.argv[2] as Kind, message.start);
  else void stop();
});

async function start<K extends Kind>(kind: K, orders: Orders[Kind]): Promise<Running<Kind>> {
  try {
    const begin = (await starters[kind]()) as unknown as (orders: Orders[Kind]) => Promise<Running<Kind>>;
    const begun = await begin(orders);
    ready = true;
    tell({ ready: begun.facts as Facts[Kind] });
    return begun;
  } catch (error) {
    const known = error instanceof DiptychError;
    tell({ failed: { code: known ? error.code : "internal", message: messageOf(error) } }, () =>
      process.exit(1),
    );
    if (!known) console.error(error);
    return { facts: {} as Facts[Kind], close: async () => undefined };
  }
}

function messageOf(error: unknown): string {
  const { code, port } = error as { code?: string; port?: number };
  if (code === "EADDRINUSE" || code === "EACCES")
    return `port ${port} is ${code === "EACCES" ? "not for you" : "taken"}: choose another base with --ports, or 0 for free ports.`;
  return error instanceof Error ? error.message : String(error);
}

function tell(message: FromProcess, then: () => void = () => undefined): void {
  if (process.connected) process.send!(message, undefined, {}, then);
  else process.exit(1);
}

async function stop(): Promise<void> {
  // What hasn't started has nothing to close.
  if (!ready) process.exit(0);
  await (await running)?.close().catch((error) => console.error(error));
  process.exit(0);
}
