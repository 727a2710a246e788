/** A real `diptych` that is killed at its effects on the world outside: what it sends to chains and gateway, counted on the way. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonRpcProvider } from "ethers";
import { readConfig, writeConfig } from "../../src/cli/config/config.ts";
import type { Home } from "../../src/cli/home/home.ts";
import { setGates } from "../../src/cli/patient/gates.ts";
import { accept, invite } from "../../src/cli/patient/inviting.ts";
import { MemoryBlockStore } from "../../src/cloud/index.ts";
import { utf8Decode } from "../../src/core/bytes.ts";
import type { Side } from "../../src/ledger/index.ts";
import { parseInvitation } from "../../src/roles/invitation.ts";
import { serveGateway } from "../../src/services/gatewayServer.ts";
import { Gateway } from "../../src/services/index.ts";
import { type Front, serveFront } from "../services/servedGates.ts";
import { sample, sides, theDoctor, world } from "../world.ts";
import { act, makeHome } from "./acting.ts";

const entry = fileURLToPath(new URL("../../src/cli/diptych.mjs", import.meta.url));

/** When the process dies: at its so-manieth effect, before it reaches its service or after, but before the answer comes back. */
export type Kill = { effect: number; when: "before" | "after" };

/** How a run ended: killed, or with a status; `effects` that got through in it. */
export type Run = { killed: boolean; status: number | null; stderr: string; json: unknown };

/** A patient's home whose way to the world is watched. */
export type KillingHome = {
  folder: string;
  home: Home;
  /** Has a new record issued and accepted; its EMR id in hex. */
  takeRecord(): Promise<string>;
  /** Runs a command, killed as said. */
  run(args: readonly string[], kill?: Kill, env?: Record<string, string>): Promise<Run>;
  /** Transactions that the patient's accounts have sent, on each chain. */
  sent(): Promise<number[]>;
  /** Different roots that were uploaded so far. */
  roots(): number;
  close(): Promise<void>;
};

/** Makes it, with gates appointed. */
export async function openKillingHome(folder: string): Promise<KillingHome> {
  const { chains, gates } = await world();
  const roots = new Set<string>();
  let effects = 0;
  let armed: { kill: Kill; now: () => void } | undefined;

  /** Passes a request on, unless the process is to die at it. */
  async function pass(
    target: () => string,
    isEffect: (asked: IncomingMessage, body: Buffer) => boolean,
    [asked, answer]: [IncomingMessage, ServerResponse],
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const due = isEffect(asked, body) && ++effects === armed?.kill.effect ? armed : undefined;
    if (due?.kill.when === "before") return due.now();
    const headers: Record<string, string> = {};
    for (const name of ["content-type", "diptych-roots"]) {
      const value = asked.headers[name];
      if (typeof value === "string") headers[name] = value;
    }
    const given = await fetch(`${target()}${asked.url}`, {
      method: asked.method ?? "GET",
      headers,
      ...(body.length === 0 ? {} : { body }),
    });
    const bytes = Buffer.from(await given.arrayBuffer());
    if (due !== undefined) return due.now();
    answer.writeHead(given.status, { "content-type": given.headers.get("content-type") ?? "" }).end(bytes);
  }
  const front = (target: () => string, isEffect: (asked: IncomingMessage, body: Buffer) => boolean) =>
    serveFront((...pair) => void pass(target, isEffect, pair).catch(() => pair[1].destroy()));

  const urlOf = (side: Side) => (chains[side].provider as JsonRpcProvider)._getConnection().url;
  const isSending = (_: IncomingMessage, body: Buffer) => body.includes("eth_sendRawTransaction");
  const nodes: Record<Side, Front> = {
    storage: await front(() => urlOf("storage"), isSending),
    shared: await front(() => urlOf("shared"), isSending),
  };
  let gatewayUrl = "";
  const cloud = await front(
    () => gatewayUrl,
    ({ url, headers }) => {
      const named = headers["diptych-roots"];
      if (typeof named === "string")
        for (const { cid } of JSON.parse(utf8Decode(Buffer.from(named, "base64url"))) as { cid: string }[])
          roots.add(cid);
      return url === "/v1/uploads" || url === "/v1/keeps";
    },
  );
  const store = new MemoryBlockStore();
  const gateway = new Gateway({ store, chains, confirmations: 0 });
  const served = await serveGateway(gateway, { publicUrl: cloud.url, requestsPerMinute: 10_000 });
  gatewayUrl = served.url;

  const home = await makeHome(join(folder, "home"), "patient");
  const config = await readConfig(home);
  for (const side of sides) config.chains[side].rpc = nodes[side].url;
  await writeConfig(home, { ...config, gateway: cloud.url, gates: { threshold: 2, ...gates } });

  const run: KillingHome["run"] = async (args, kill, env = {}) => {
    const child = spawn(process.execPath, [entry, "--json", "--yes", ...args], {
      env: {
        ...process.env,
        ...{ DIPTYCH_HOME: home.folder, DIPTYCH_PASSPHRASE: "correct horse battery", NO_COLOR: "1" },
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    effects = 0;
    armed = kill && { kill, now: () => void child.kill("SIGKILL") };
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text: Buffer) => {
      stdout += text.toString();
    });
    child.stderr.on("data", (text: Buffer) => {
      stderr += text.toString();
    });
    const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    armed = undefined;
    return {
      killed: signal === "SIGKILL",
      status,
      stderr,
      json: stdout === "" ? undefined : JSON.parse(stdout),
    };
  };

  const here = (work: Parameters<typeof act>[1]) => act(home.folder, work);
  await here((context) => setGates(context, {}));
  const { json } = await here((context) => invite(context, { out: "-" }));
  const accounts = json.accounts as Record<Side, string>;

  const takeRecord = async () => {
    const invited = await here((context) => invite(context, { out: "-" }));
    const invitation = parseInvitation(JSON.stringify(invited.json.invitation));
    const file = join(folder, "info1");
    writeFileSync(file, await (await theDoctor()).issue(sample(), invitation));
    return String((await here((context) => accept(context, {}, file))).json.emrId);
  };
  return {
    folder,
    home,
    takeRecord,
    run,
    sent: () => Promise.all(sides.map((side) => chains[side].provider.getTransactionCount(accounts[side]))),
    roots: () => roots.size,
    close: async () => {
      await served.close();
      for (const each of [cloud, ...Object.values(nodes)]) each.close();
    },
  };
}
