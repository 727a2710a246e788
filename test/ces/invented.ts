/** Invented records for tests. */
import { readFileSync } from "node:fs";
import {
  type Ceas,
  type Extraction,
  type Header,
  importSigningKey,
  importVerifyKey,
  makeSalt,
  type Part,
  type SigningKeyPair,
  sign,
  unrestricted,
} from "../../src/ces/index.ts";
import { randomBytes, unhex, utf8 } from "../../src/core/bytes.ts";

const stored = JSON.parse(readFileSync(new URL("vectors/signingKey.json", import.meta.url), "utf8")) as {
  pkcs8: string;
  spki: string;
};

/** The doctor's key pair, the same in all tests. */
export const doctor: SigningKeyPair = {
  privateKey: await importSigningKey(unhex(stored.pkcs8)),
  publicKey: await importVerifyKey(unhex(stored.spki)),
};

export function inventFields(change: Partial<Omit<Header, "n">> = {}): Omit<Header, "n"> {
  return {
    schema: "test",
    emrId: randomBytes(32),
    revision: 1,
    amends: new Uint8Array(32),
    pseudonym: randomBytes(32),
    issuer: "CN=Dr. Test",
    time: 1_700_000_000,
    ceas: unrestricted as Ceas,
    ...change,
  };
}

export function inventParts(n: number): Part[] {
  return Array.from({ length: n }, (_, at) => ({
    label: `part ${at + 1}`,
    salt: makeSalt(),
    content: utf8(`"content ${at + 1}"`),
  }));
}

export function inventRecord(n: number, change: Partial<Omit<Header, "n">> = {}): Promise<Extraction> {
  return sign(inventFields(change), inventParts(n), doctor.privateKey);
}
