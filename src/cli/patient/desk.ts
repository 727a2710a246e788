/** A patient at work in a command: opened, with the chains it works on, its records at hand, and what the home keeps of them. */
import type { Signer } from "ethers";
import { hex } from "../../core/bytes.ts";
import type { Address, Chain, Side } from "../../ledger/chain.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { Patient } from "../../roles/patient.ts";
import type { ActOptions, Progress as ActProgress } from "../../roles/progress.ts";
import { RelayerSigner } from "../../services/relayerClient.ts";
import type { Config } from "../config/schema.ts";
import type { Context } from "../frame/context.ts";
import type { DryRun } from "../frame/dryRun.ts";
import type { Progress } from "../frame/output.ts";
import { printable } from "../frame/printing.ts";
import { fundIfLocal } from "../up/localMoney.ts";
import { journalOn } from "./journal.ts";
import { rehearse } from "./rehearsal.ts";
import { listCopies, noteHandedOver, noteStanding, readCopy, readStanding } from "./sealedCopies.ts";
import { viewsOf } from "./views.ts";

/** The options of every command of a patient. */
export type PatientChoice = {
  name?: string;
  /** False: the patient pays, whatever the configuration says. */
  relayer?: boolean;
};

export type Desk = {
  context: Context;
  /** What tells this patient from others of the home. */
  name: string | undefined;
  patient: Patient;
  /** The patient's sealed store. */
  store: KeyStore;
  config: Config;
  chains: Record<Side, Chain>;
};

/** How a desk is opened. */
export type Opening = {
  /** Makes the keys at the first time. */
  make?: boolean;
  /** Looks for the published records, too. */
  restore?: boolean;
};

/**
 * Opens a patient: asks for the passphrase, then holds the chains against the home's.
 *
 * @throws DiptychError `key-missing`, `home-mismatch`, `chain-unreachable`, ...
 */
export async function openDesk(
  context: Context,
  { name, relayer }: PatientChoice,
  { make = false, restore = true }: Opening = {},
): Promise<Desk> {
  const store = await context.role("patient", name, { make });
  const chains = await context.chains();
  const config = await context.config();
  if (relayer !== false) context.relayer = config.relayer;
  const patient = await openPatient({ context, store, config, chains });
  const desk: Desk = { context, name, store, config, chains, patient };
  if (restore && (await restoreAll(context, patient))) await takeIn(desk);
  return desk;
}

/** Opens the patient of a store on chains, whatever the home is bound to; in a dry run nothing is sent or kept. */
export async function openPatient(
  { context, store, config, chains }: Omit<Desk, "patient" | "name">,
  run?: DryRun,
): Promise<Patient> {
  const options = {
    chains,
    authority: await context.service("authority"),
    gateway: await context.service("gateway"),
    confirmations: config.confirmations,
    notice: (sentence: string) => context.output.warn(printable(sentence)),
  };
  const journal = await journalOn(chains, store);
  const relayers = relayersOf(context, chains, run);
  if (run === undefined) return Patient.open({ ...options, relayers, keyStore: store, journal });
  return Patient.open({ ...options, relayers, ...(await rehearse(store, journal, chains, run)) });
}

/** Who pays in a patient's stead; in a dry run they only estimate. */
function relayersOf(
  { relayer }: Context,
  chains: Record<Side, Chain>,
  run: DryRun | undefined,
): Partial<Record<Side, Signer>> {
  if (relayer === undefined) return {};
  const signer = (side: Side) => {
    const relaying = new RelayerSigner(relayer, chains[side]);
    return run === undefined ? relaying : run.account(relaying);
  };
  return { storage: signer("storage"), shared: signer("shared") };
}

/** The same patient, whose transactions are only estimated. Its records are at hand as they are at this desk. */
export async function openRehearsal(desk: Desk, run: DryRun): Promise<Patient> {
  const patient = await openPatient(desk, run);
  await patient.restore();
  return patient;
}

/** Sees to it that the patient's accounts can pay, on chains of `diptych up`. */
export async function fundPatient({ config, chains, patient }: Desk): Promise<void> {
  await fundIfLocal(config, chains, await accountsOf(patient));
}

/** The patient's accounts. */
export async function accountsOf(patient: Patient): Promise<Record<Side, Address>> {
  return { storage: await patient.address("storage"), shared: await patient.address("shared") };
}

/** Whether all published records came back. */
async function restoreAll(context: Context, patient: Patient): Promise<boolean> {
  const { failed } = await showing(context, "reading the records from ledgers and cloud", (how) =>
    patient.restore(how),
  );
  for (const { ledgerRecordId, error } of failed)
    context.output.warn(
      `A record of yours can't be read (${ledgerRecordId.slice(0, 10)}): ${printable(error.message)} [${error.code}]`,
    );
  return failed.length === 0;
}

/**
 * Records that were accepted, in another home or on chains before these, and never published from here. Those that were published
 * just before a stop have no note of how they stand: they get it.
 */
async function takeIn(desk: Desk): Promise<void> {
  const { store, patient } = desk;
  const there = patient.list().map((emrId) => hex(emrId));
  for (const emrId of await listCopies(store)) {
    const mine = there.includes(hex(emrId));
    const standing = await readStanding(store, emrId);
    if (standing !== undefined) {
      if (standing.handedOver === "offered" && !mine) await noteHandedOver(store, emrId, "taken");
      continue;
    }
    if (mine) {
      const { full, shared } = await viewsOf(desk, await patient.show(emrId));
      if (full !== undefined && shared !== undefined) await noteStanding(store, patient, emrId);
      continue;
    }
    const copy = await readCopy(store, emrId);
    if (copy !== undefined) await patient.accept(copy.info1, copy.invitation);
  }
}

/** What is over sooner goes without a sign, in milliseconds. */
const soon = 800;

/** Runs an act with a sign of how far it is, when it takes long. Ctrl-C ends it. */
export async function showing<T>(
  { output, signal }: Context,
  title: string,
  act: (how: ActOptions) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  let last: ActProgress | undefined;
  const timer = setTimeout(() => {
    progress = output.progress(title);
    if (last !== undefined) progress.step(last);
  }, soon);
  const tell = (each: ActProgress) => {
    last = each;
    progress?.step(each);
  };
  try {
    return await act({ progress: tell, signal });
  } finally {
    clearTimeout(timer);
    progress?.done();
  }
}
