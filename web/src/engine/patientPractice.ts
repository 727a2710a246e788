/** Opens the patient of this browser: keys, accounts, ciphertext kept near, and all records that stand on the ledgers. */
import {
  DiptychError,
  type GateChoices,
  type KeyStore,
  Patient,
  readPatientSeed,
  writePatientSeed,
} from "diptych";
import { randomBytes, wipe } from "diptych/core";
import type { PageConfig } from "./config.ts";
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

/** The page's gates for chains on which the patient has none yet. @throws DiptychError `config-invalid` where the page names none */
export async function missingGates(
  { patient }: Pick<Practice, "patient">,
  { gates }: PageConfig,
): Promise<GateChoices> {
  const missing = await patient.gates.missing();
  if (missing.length === 0) return {};
  if (gates === undefined)
    throw new DiptychError(
      "config-invalid",
      "diptych.json names no gates: appoint some with the command line.",
    );
  const { threshold } = gates;
  return Object.fromEntries(missing.map((side) => [side, { gates: gates[side], threshold }]));
}
