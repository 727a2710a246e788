/**
 * A program of a patient that kills itself: node stoppedProgram.ts SETUP POINT. It stores the record whose EMR id the setup names, and
 * after its POINT-th effect ends by SIGKILL; with 0 it runs through. Prints the number of transactions its accounts have sent.
 */
import { readFileSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JsonRpcProvider, Provider } from "ethers";
import { unhex } from "../../src/core/bytes.ts";
import { type Chain, type ChainAddresses, openChain } from "../../src/ledger/index.ts";
import { type KeyStore, Patient, type Rights } from "../../src/roles/index.ts";

/** What the test tells it. */
export type Setup = {
  folder: string;
  chains: Record<"storage" | "shared", ChainAddresses & { url: string }>;
  authority: string;
  gateway: string;
  emrId: string;
  shared: number[];
  rights: Rights;
};

/** A key store of files, for synthetic secrets: nothing is sealed. */
export function folderStore(folder: string): KeyStore {
  const pathOf = (name: string) => join(folder, encodeURIComponent(name));
  return {
    get: async (name) => {
      try {
        return new Uint8Array(await readFile(pathOf(name)));
      } catch {
        return undefined;
      }
    },
    set: async (name, secret) => {
      await mkdir(folder, { recursive: true });
      const file = await open(`${pathOf(name)}.new`, "w");
      await file.writeFile(secret);
      await file.sync();
      await file.close();
      await rename(`${pathOf(name)}.new`, pathOf(name));
    },
    delete: (name) => rm(pathOf(name), { force: true }),
  };
}

async function run(setup: Setup, point: number): Promise<void> {
  let effects = 0;
  const effect = async <T>(work: Promise<T>): Promise<T> => {
    const done = await work;
    if (++effects === point) process.kill(process.pid, "SIGKILL");
    return done;
  };
  const reached = async (side: "storage" | "shared"): Promise<Chain> => {
    const chain = await openChain(setup.chains[side], setup.chains[side].url);
    const send = chain.provider.broadcastTransaction.bind(chain.provider);
    const counted: Pick<Provider, "broadcastTransaction"> = {
      broadcastTransaction: (raw) => effect(send(raw)),
    };
    return { ...chain, provider: Object.assign(chain.provider, counted) };
  };
  const chains = { storage: await reached("storage"), shared: await reached("shared") };
  const store = folderStore(setup.folder);
  const keyStore: KeyStore = {
    get: store.get,
    set: (name, secret) => effect(store.set(name, secret)),
    delete: (name) => effect(store.delete(name)),
  };
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) =>
    /\/v1\/(uploads|keeps)$/.test(String(input)) ? effect(fetch(input, init)) : fetch(input, init);
  const { authority, gateway, emrId, shared, rights } = setup;
  const patient = await Patient.open({ keyStore, chains, authority, gateway, confirmations: 0 });
  await patient.restore();
  await patient.store(unhex(emrId), shared, rights);
  for (const { provider } of Object.values(chains)) (provider as JsonRpcProvider).destroy();
  process.stdout.write(`${effects}\n`);
}

const [, script, setup, point] = process.argv;
if (script !== undefined && import.meta.filename === script && setup !== undefined)
  await run(JSON.parse(readFileSync(setup, "utf8")) as Setup, Number(point));
