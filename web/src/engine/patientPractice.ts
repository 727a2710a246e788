/** Opens the patient of this browser: keys, accounts, ciphertext kept near, and all records that stand on the ledgers. */
import {
  type ActOptions,
  DiptychError,
  isDiptychError,
  type KeyStore,
  Patient,
  readPatientSeed,
  type Side,
  writePatientSeed,
} from "diptych";
import { randomBytes, wipe } from "diptych/core";
import { type PageConfig, sides } from "./config.ts";
import type { Office } from "./office.ts";
import { openBlocks } from "./patientBlocks.ts";
import { Papers } from "./patientPapers.ts";
import type { Practice } from "./patientRecords.ts";
import { nameOfWorld } from "./world.ts";

/** Makes the seed at the first time. Two windows that come here at once have one: what was published under another would be lost. */
export async function keepSeed(store: KeyStore, world: string): Promise<void> {
  await navigator.locks.request(`diptych/seed/${world}`, async () => {
    const known = await readPatientSeed(store);
    const seed = known ?? randomBytes(32);
    if (known === undefined) await writePatientSeed(store, seed);
    wipe(seed);
  });
}

/** The patient of the vault's seed and the wallet's accounts, who gets a seed at the first time; its published records at hand. */
export async function openPractice(office: Office): Promise<Practice> {
  const { config } = office.world;
  const chains = await office.world.chains();
  const store = office.vault.store();
  await keepSeed(store, nameOfWorld(config));
  const patient = await Patient.open({
    keyStore: store,
    journal: store,
    cache: await openBlocks(nameOfWorld(config)),
    chains,
    authority: config.authority,
    gateway: config.gateway,
    accounts: await office.signers(),
    confirmations: config.confirmations,
  });
  const { failed } = await patient.restore();
  const lost = failed.map(({ ledgerRecordId, error: { code, message } }) => ({
    ledgerRecordId,
    code,
    message,
  }));
  return { patient, papers: new Papers(store), chains, seen: new Map(), lost };
}

/** Sides on which the patient has appointed no gates yet. */
export async function sidesWithoutGates({ patient }: Pick<Practice, "patient">): Promise<Side[]> {
  const missing: Side[] = [];
  for (const side of sides) {
    try {
      await patient.gates.list(side);
    } catch (error) {
      if (!isDiptychError(error, "key-missing")) throw error;
      missing.push(side);
    }
  }
  return missing;
}

/** Appoints the page's gates on sides that have none. @throws DiptychError `config-invalid` where the page names none */
export async function appointGates(
  practice: Pick<Practice, "patient">,
  { gates }: PageConfig,
  options: ActOptions,
): Promise<void> {
  for (const side of await sidesWithoutGates(practice)) {
    options.signal?.throwIfAborted();
    if (gates === undefined)
      throw new DiptychError(
        "config-invalid",
        "diptych.json names no gates: appoint some with the command line.",
      );
    await practice.patient.gates.set(side, { gates: gates[side], threshold: gates.threshold }, options);
  }
}
