/** A renewal of an index key that is stopped at one of its acts, as by a power failure, and made again by the next start. */
import { expect } from "chai";
import { hex } from "../../src/core/bytes.ts";
import { type Chain, IndexLedger } from "../../src/ledger/index.ts";
import type { KeyStore } from "../../src/roles/keyStore.ts";
import { Patient } from "../../src/roles/patient.ts";
import { type Owner, surroundings, through, world } from "../world.ts";

/** The same patient after the program was started anew. */
export async function restart(keyStore: KeyStore): Promise<Patient> {
  const patient = await Patient.open({ ...(await surroundings()), keyStore, confirmations: 0 });
  expect((await patient.restore()).failed).to.deep.equal([]);
  return patient;
}

/** Whether to stop, now that these acts are done: keeping or forgetting something, sending a transaction. Or after how many. */
export type Stop = number | ((done: readonly string[]) => boolean);

/** A device that stops before an act. */
async function stoppingDevice({ keyStore }: Owner, stop: Stop) {
  const { chains, ...services } = await surroundings();
  const done: string[] = [];
  let stopped = false;
  const act = (what: string) => {
    stopped ||= typeof stop === "number" ? done.length === stop : stop(done);
    if (stopped) throw new Error(`stopped before: ${what}`);
    done.push(what);
  };
  const cut = (chain: Chain) =>
    through(chain, {
      broadcastTransaction: async (signed) => {
        act(`send on ${chain.side}`);
        return chain.provider.broadcastTransaction(signed);
      },
    });
  const patient = await Patient.open({
    ...services,
    chains: { storage: cut(chains.storage), shared: cut(chains.shared) },
    keyStore: {
      get: keyStore.get,
      set: async (name, secret) => {
        act(`keep ${name}`);
        return keyStore.set(name, secret);
      },
      delete: async (name) => {
        act(`forget ${name}`);
        return keyStore.delete(name);
      },
    },
    confirmations: 0,
  });
  expect((await patient.restore()).failed).to.deep.equal([]);
  return { patient, done, isStopped: () => stopped };
}

/**
 * Renews the shared chain's index key of a patient with one record, stopping where `stop` says; if it came to that, the same
 * call after a new start must end it, under the key of number `renewals`. Tells whether it was stopped.
 */
export async function renewStopping(
  owner: Owner,
  stop: Stop,
  { emrId, ledgerRecordIds }: { emrId: Uint8Array; ledgerRecordIds: { shared: string } },
  renewals: number,
): Promise<boolean> {
  const { patient, done, isStopped } = await stoppingDevice(owner, stop);
  const stopped = await patient.gates.renewIndexKey("shared").then(
    () => false,
    (error: unknown) => {
      if (!isStopped()) throw error;
      return true;
    },
  );
  if (!stopped) return false;
  const after = `stopped after ${done.at(-1) ?? "nothing"}`;
  const again = await restart(owner.keyStore);
  const { exposed } = await again.gates.renewIndexKey("shared");
  expect(exposed, after).to.deep.equal([hex(emrId)]);
  const { keySet, indexKeyNumber } = await again.gates.list("shared");
  expect(indexKeyNumber, after).to.equal(renewals);
  const ledger = new IndexLedger((await world()).chains.shared);
  expect(await ledger.record(ledgerRecordIds.shared), after).to.include({ keySet, closed: false });
  return true;
}
