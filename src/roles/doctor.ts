/** The doctor: makes a signing key, has it certified, signs a record once, hands it to the patient (paper, 5.1.1). */
import {
  type Ceas,
  exportSigningKey,
  exportVerifyKey,
  generateSigningKey,
  importSigningKey,
  importVerifyKey,
  makeSalt,
  type SignatureSuite,
  type SigningKeyPair,
  sign,
} from "../ces/index.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import {
  encodeInfo1,
  printSubject,
  requestCertificate,
  type SplitRecord,
  type SubjectName,
} from "../record/index.ts";
import { sealTo } from "../seal/index.ts";
import { AuthorityClient } from "../services/authorityClient.ts";
import { type EmrInvitation, info1Info } from "./info1.ts";
import { type KeyStore, keep } from "./keyStore.ts";

/** Who the doctor is, where the signing key lies, and whom to ask for a certificate. */
export type DoctorOptions = {
  /** Who the doctor is, as the certificate will say. */
  subject: SubjectName;
  keyStore: KeyStore;
  /** URL of the authority. */
  authority: string;
  /** What kind of key to make at the first time; RSA-PSS 3072 unless told. */
  suite?: SignatureSuite | undefined;
};

/** A doctor: issues and signs records. */
export class Doctor {
  private readonly subject: SubjectName;
  private readonly keyStore: KeyStore;
  private readonly authority: AuthorityClient;
  private readonly keys: SigningKeyPair;

  private constructor(options: DoctorOptions, keys: SigningKeyPair) {
    this.subject = options.subject;
    this.keyStore = options.keyStore;
    this.authority = new AuthorityClient(options.authority);
    this.keys = keys;
  }

  /** Opens a doctor with the signing key in the store, making and keeping one at the first time. */
  static async open(options: DoctorOptions): Promise<Doctor> {
    const stored = await keep(options.keyStore, "doctor/signing-key", async () => {
      const made = await generateSigningKey(options.suite);
      return new Writer()
        .u8(1)
        .bytes(await exportVerifyKey(made.publicKey))
        .bytes(await exportSigningKey(made.privateKey))
        .finish();
    });
    const reader = new Reader(stored, "signing key").version(1);
    const publicKey = await importVerifyKey(reader.bytes());
    const privateKey = await importSigningKey(reader.bytes());
    reader.end();
    return new Doctor(options, { publicKey, privateKey });
  }

  /** Asks the authority for a certificate, on evidence of who the doctor is; the id of the request under review. */
  async enrol(evidence: string): Promise<string> {
    return this.authority.enrol(await requestCertificate(this.keys, this.subject), evidence);
  }

  /** Fetches the certificate once the authority has approved; throws `application-unknown` until then or when refused. */
  async collectCertificate(enrolment: string): Promise<Uint8Array> {
    const { state, reason, certificate } = await this.authority.enrolment(enrolment);
    if (certificate === undefined)
      throw new DiptychError(
        "application-unknown",
        state === "refused"
          ? `The authority refused: ${reason}`
          : "The authority has not decided yet: ask again later.",
      );
    await this.keyStore.set("doctor/certificate", certificate);
    return certificate;
  }

  /**
   * Signs a record for the patient who sent the invitation and seals it to the patient's record key: Info1. `ceas` says which
   * parts may be shown without which others; the schema's default unless given.
   *
   * @throws DiptychError `key-missing` without a certificate, `ces-header-invalid` when the CEAS contradicts itself
   */
  async issue(record: SplitRecord, invitation: EmrInvitation, ceas: Ceas = record.ceas): Promise<Uint8Array> {
    const certificate = await this.keyStore.get("doctor/certificate");
    if (certificate === undefined)
      throw new DiptychError(
        "key-missing",
        "The doctor has no certificate yet: enrol with the authority first.",
      );
    const extraction = await sign(
      {
        schema: record.schema,
        emrId: invitation.emrId,
        revision: 1,
        amends: new Uint8Array(32),
        pseudonym: invitation.pseudonym,
        issuer: printSubject(this.subject),
        time: Math.floor(Date.now() / 1000),
        // Whatever the doctor rules, an envelope is in no proper extraction.
        ceas: { ...ceas, never: [...new Set([...ceas.never, ...record.ceas.never])].sort((a, b) => a - b) },
      },
      record.parts.map(({ label, content }) => ({ label, content, salt: makeSalt() })),
      this.keys.privateKey,
    );
    const info1 = encodeInfo1({ extraction, certificateChain: [certificate] });
    return sealTo(invitation.recordKey, info1Info(invitation), info1);
  }
}
