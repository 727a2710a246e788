/** The seed that all of a patient's keys derive from, in the patient's key store. */
import { randomBytes } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { type KeyStore, keep } from "./keyStore.ts";

const seedName = "patient/seed";
const seedLength = 32;

/** The seed of the patient in a key store; undefined before the first `Patient.open`. Whoever reads it wipes it. */
export function readPatientSeed(keyStore: KeyStore): Promise<Uint8Array | undefined> {
  return keyStore.get(seedName);
}

/** Makes the patient of a seed the one of a key store, to be opened with `Patient.open`. */
export function writePatientSeed(keyStore: KeyStore, seed: Uint8Array): Promise<void> {
  if (seed.length !== seedLength)
    throw new DiptychError("argument-invalid", `A patient's seed has ${seedLength} bytes.`);
  return keyStore.set(seedName, seed);
}

/** The seed of the patient in a key store, drawn and kept at the first time. */
export function keepPatientSeed(keyStore: KeyStore): Promise<Uint8Array> {
  return keep(keyStore, seedName, () => randomBytes(seedLength));
}
