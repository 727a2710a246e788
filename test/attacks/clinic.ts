/** A certified doctor and a signed record without any chain: what the rows about the signature need. */
import {
  type Extraction,
  generateSigningKey,
  makeSalt,
  type SigningKeyPair,
  sign,
} from "../../src/ces/index.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import {
  type CertificateAuthority,
  createCertificateAuthority,
  emrPublicKey,
  issueCertificate,
  pseudonymOf,
  requestCertificate,
  sampleRecord,
  splitRecord,
  type Trust,
} from "../../src/record/index.ts";

export type Clinic = {
  authority: CertificateAuthority;
  doctor: SigningKeyPair & { certificate: Uint8Array };
  trust: Trust;
};

/** The secret of an EMR key with the record that the doctor signed for it. */
export type SignedRecord = { emrSecret: Uint8Array; whole: Extraction; certificateChain: Uint8Array[] };

let opening: Promise<Clinic> | undefined;

/** The same clinic for all tests. */
export function clinic(): Promise<Clinic> {
  opening ??= openClinic();
  return opening;
}

async function openClinic(): Promise<Clinic> {
  const authority = await createCertificateAuthority({ commonName: "Test authority" });
  const keys = await generateSigningKey();
  const certificate = await certify(authority, keys);
  return {
    authority,
    doctor: { ...keys, certificate },
    trust: { authority: authority.certificate, revoked: () => false },
  };
}

/** A certificate in the doctor's name, for any key. */
export async function certify(authority: CertificateAuthority, keys: SigningKeyPair): Promise<Uint8Array> {
  return issueCertificate(authority, await requestCertificate(keys, { commonName: "Synthetic Doctor" }), {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
  });
}

/** The sample record, signed with `keys` for a fresh patient. Its rule: 7 needs 6, 6 needs 5. */
export async function signSample(
  keys: Pick<SigningKeyPair, "privateKey">,
  certificate: Uint8Array,
): Promise<SignedRecord> {
  const { schema, parts, ceas } = splitRecord(utf8(sampleRecord));
  const emrSecret = randomBytes(32);
  const fields = {
    schema,
    emrId: randomBytes(32),
    revision: 1,
    amends: new Uint8Array(32),
    pseudonym: pseudonymOf(emrPublicKey(emrSecret)),
    issuer: "CN=Synthetic Doctor",
    time: Math.floor(Date.now() / 1000),
    ceas,
  };
  const salted = parts.map(({ label, content }) => ({ label, content, salt: makeSalt() }));
  return {
    emrSecret,
    whole: await sign(fields, salted, keys.privateKey),
    certificateChain: [certificate],
  };
}

/** The sample record, signed by the clinic's doctor. */
export async function sampleSigned(): Promise<SignedRecord> {
  const { doctor } = await clinic();
  return signSample(doctor, doctor.certificate);
}
