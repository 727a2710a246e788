/** The doctor: makes a signing key, has it certified, signs a record once, hands it to the patient (paper, 5.1.1). */
import {
  type Ceas,
  type Extraction,
  exportSigningKey,
  exportVerifyKey,
  generateSigningKey,
  type Header,
  headerDigest,
  importSigningKey,
  importVerifyKey,
  makeSalt,
  type Part,
  type SignatureSuite,
  type SigningKeyPair,
  sign,
} from "../ces/index.ts";
import { Reader, Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import type { Chain } from "../ledger/chain.ts";
import {
  encodeAmendmentInvitation,
  encodeInfo1,
  printSubject,
  requestCertificate,
  type SplitRecord,
  type SubjectName,
  signRequestKey,
} from "../record/index.ts";
import { publicKeyOf, sealTo } from "../seal/index.ts";
import { AuthorityClient } from "../services/authorityClient.ts";
import {
  openAmendmentRequest,
  type RecordToAmend,
  readRequestKey,
  saltAmended,
} from "./amendmentRequests.ts";
import { fetchCredentials } from "./credentials.ts";
import { type EmrInvitation, info1Info } from "./info1.ts";
import { type KeyStore, keep } from "./keyStore.ts";

/** Who the doctor is, where the signing key lies, and whom to ask for a certificate. */
export type DoctorOptions = {
  /** Who the doctor is, as the certificate will say. */
  subject: SubjectName;
  keyStore: KeyStore;
  /** URL of the authority. */
  authority: string;
  /** The chains that anchor the authority and tell which certificates are revoked: needed to amend records only. */
  chains?: readonly Chain[] | undefined;
  /** What kind of key to make at the first time; RSA-PSS 3072 unless told. */
  suite?: SignatureSuite | undefined;
};

/** A doctor: issues and signs records. */
export class Doctor {
  private readonly subject: SubjectName;
  private readonly keyStore: KeyStore;
  private readonly authority: AuthorityClient;
  private readonly keys: SigningKeyPair;
  private readonly chains: readonly Chain[];

  private constructor(options: DoctorOptions, keys: SigningKeyPair) {
    this.subject = options.subject;
    this.keyStore = options.keyStore;
    this.authority = new AuthorityClient(options.authority);
    this.keys = keys;
    this.chains = options.chains ?? [];
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
    const certificate = await this.certificate();
    const { schema } = record;
    const { emrId, pseudonym } = invitation;
    const first = { schema, emrId, revision: 1, amends: new Uint8Array(32), pseudonym };
    const parts = record.parts.map(({ label, content }) => ({ label, content, salt: makeSalt() }));
    const extraction = await this.signParts(first, record, parts, ceas);
    const info1 = encodeInfo1({ extraction, certificateChain: [certificate] });
    return sealTo(invitation.recordKey, info1Info(invitation), info1);
  }

  /**
   * What patients need to send this doctor a record to amend: a key to seal it to, in the word of the certified signing key. Public
   * values; the same until the certificate changes.
   *
   * @throws DiptychError `key-missing` without a certificate
   */
  async inviteAmendment(): Promise<Uint8Array> {
    const certificate = await this.certificate();
    const requestKey = publicKeyOf(await readRequestKey(this.keyStore));
    const signature = await signRequestKey(this.keys.privateKey, requestKey);
    return encodeAmendmentInvitation({ requestKey, certificateChain: [certificate], signature });
  }

  /**
   * Opens what a patient sent and verifies all of it: certificate and revocation of the doctor who signed before, commitments,
   * signature, and that the record's patient asks.
   *
   * @throws DiptychError `seal-open-failed`, `amendment-invalid`, `certificate-invalid`, `ces-verification-failed`
   */
  async readAmendmentRequest(sealed: Uint8Array): Promise<RecordToAmend> {
    if (this.chains.length === 0)
      throw new DiptychError(
        "argument-invalid",
        "A doctor who amends records needs the chains: they tell which certificates are revoked.",
      );
    const { trust } = await fetchCredentials(this.authority, this.chains);
    return openAmendmentRequest(this.keyStore, sealed, trust);
  }

  /**
   * Signs the next revision of a record and seals it to its patient: an Info1. `record` is the changed file as `splitAmendment` cuts it;
   * parts that say what they said keep their salts, others get fresh ones.
   *
   * @throws DiptychError as `readAmendmentRequest`, and `amendment-invalid` when nothing is different, or parts are missing or moved
   */
  async amend(sealed: Uint8Array, record: SplitRecord, ceas: Ceas = record.ceas): Promise<Uint8Array> {
    const certificate = await this.certificate();
    const { header, extraction: before, recordKey } = await this.readAmendmentRequest(sealed);
    const { schema, emrId, pseudonym } = header;
    const amends = headerDigest(before.header);
    const next = { schema, emrId, revision: header.revision + 1, amends, pseudonym };
    const parts = saltAmended({ header, extraction: before }, record, ceas);
    const extraction = await this.signParts(next, record, parts, ceas);
    const info1 = encodeInfo1({ extraction, certificateChain: [certificate] });
    return sealTo(recordKey, info1Info({ emrId, pseudonym }), info1);
  }

  private signParts(
    fields: Pick<Header, "schema" | "emrId" | "revision" | "amends" | "pseudonym">,
    record: SplitRecord,
    parts: readonly Part[],
    ceas: Ceas,
  ): Promise<Extraction> {
    // Whatever the doctor rules, an envelope is in no proper extraction.
    const never = [...new Set([...ceas.never, ...record.ceas.never])].sort((a, b) => a - b);
    const issuer = printSubject(this.subject);
    const time = Math.floor(Date.now() / 1000);
    return sign({ ...fields, issuer, time, ceas: { ...ceas, never } }, parts, this.keys.privateKey);
  }

  private async certificate(): Promise<Uint8Array> {
    const certificate = await this.keyStore.get("doctor/certificate");
    if (certificate === undefined)
      throw new DiptychError(
        "key-missing",
        "The doctor has no certificate yet: enrol with the authority first.",
      );
    return certificate;
  }
}
