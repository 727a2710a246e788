/** What a doctor's browser keeps besides the signing key, sealed like it: who the doctor is, what was asked, what was sent. */
import type { KeyStore } from "diptych";
import { utf8, utf8Decode } from "diptych/core";
import type { SubjectName } from "diptych/record";
import { alone } from "./alone.ts";
import type { FormValues } from "./doctorForm.ts";

/** What was handed in to the authority, and how far it has come. Times in milliseconds. */
export type KeptEnrolment = {
  id: string;
  subject: SubjectName;
  handedIn: number;
  /** "lost": the authority knows nothing of it (any more). */
  state: "pending" | "approved" | "refused" | "lost";
  /** Why it was refused. */
  reason: string;
};

/** What a certificate says, as it was when it came and had been checked. Times in milliseconds. */
export type KeptCertificate = {
  subject: SubjectName;
  /** SHA-256, hex. */
  fingerprint: string;
  notBefore: number;
  notAfter: number;
};

/** A record that was signed: nothing of what it says. Times in milliseconds. */
export type SentRecord = {
  /** The EMR id, hex. */
  id: string;
  schema: string;
  parts: number;
  /** Size of what travels, in bytes. */
  size: number;
  signed: number;
  /** When it went into the patient's letterbox. */
  sent?: number;
  /** When it was saved as a file. */
  saved?: number;
};

/** What a doctor is about to tell the authority. */
export type KeptAsking = { name: string; organisation: string; evidence: string };

/** A form that isn't signed yet, for which invitation. */
export type KeptForm = {
  /** The invitation's text. */
  text: string;
  values: FormValues;
  /** When it was kept, in milliseconds. */
  at: number;
};

const names = {
  form: "doctor/page/form",
  asking: "doctor/page/asking",
  enrolment: "doctor/page/enrolment",
  certificate: "doctor/page/certificate",
  sent: "doctor/page/sent",
};
/** Names under which the role keeps its own. */
const roleNames = { key: "doctor/signing-key", certificate: "doctor/certificate" };
const mostSent = 1000;

export class DoctorPapers {
  private readonly store: KeyStore;

  constructor(store: KeyStore) {
    this.store = store;
  }

  enrolment(): Promise<KeptEnrolment | undefined> {
    return this.read(names.enrolment);
  }

  keepEnrolment(enrolment: KeptEnrolment): Promise<void> {
    return this.write(names.enrolment, enrolment);
  }

  certificate(): Promise<KeptCertificate | undefined> {
    return this.read(names.certificate);
  }

  keepCertificate(certificate: KeptCertificate): Promise<void> {
    return this.write(names.certificate, certificate);
  }

  /** Forgets the signing key with its certificate. */
  async forgetKey(): Promise<void> {
    for (const name of [...Object.values(roleNames), names.certificate]) await this.store.delete(name);
  }

  /** The newest first. */
  async sent(): Promise<SentRecord[]> {
    return (await this.read<SentRecord[]>(names.sent)) ?? [];
  }

  /** Notes a record, in place of what was noted of the same signature. */
  noteSent(record: SentRecord): Promise<void> {
    return alone(async () => {
      const others = (await this.sent()).filter(
        ({ id, signed }) => id !== record.id || signed !== record.signed,
      );
      await this.write(names.sent, [record, ...others].slice(0, mostSent));
    });
  }

  form(): Promise<KeptForm | undefined> {
    return this.read(names.form);
  }

  keepForm(form: KeptForm): Promise<void> {
    return this.write(names.form, form);
  }

  forgetForm(): Promise<void> {
    return this.store.delete(names.form);
  }

  asking(): Promise<KeptAsking | undefined> {
    return this.read(names.asking);
  }

  keepAsking({ name, organisation, evidence }: KeptAsking): Promise<void> {
    return this.write(names.asking, { name, organisation, evidence });
  }

  forgetAsking(): Promise<void> {
    return this.store.delete(names.asking);
  }

  private async read<T>(name: string): Promise<T | undefined> {
    const bytes = await this.store.get(name);
    return bytes === undefined ? undefined : (JSON.parse(utf8Decode(bytes)) as T);
  }

  private write(name: string, value: unknown): Promise<void> {
    return this.store.set(name, utf8(JSON.stringify(value)));
  }
}
