/** Words of the doctor's screens. */
import { plural } from "../plural.ts";
import { doctorWriting } from "./doctorWriting.ts";

export const doctor = {
  title: "Write records",
  nav: { write: "Write", certificate: "Certificate" },

  certificate: {
    title: "Your certificate",
    lead: "It says who you are and which signature is yours. Patients and readers check it by themselves.",
    loading: "Looking how your certificate stands",
    none: {
      title: "You aren't enrolled yet",
      body: "Three steps, once for some years:",
      steps: [
        "This browser makes your signing key. It stays here, sealed under your passphrase.",
        "The authority checks who you are.",
        "It gives you a certificate, and you can sign records.",
      ],
    },
    form: {
      title: "Ask for a certificate",
      name: "Your name, as readers shall see it",
      nameHint: "With your title. For example: Dr. Example",
      organisation: "Hospital or practice",
      organisationHint: "Leave it empty if you work for none.",
      evidence: "How can the authority see that this is you?",
      evidenceHint:
        "For example: your licence number, and whom to call at your hospital. Only the authority reads this.",
      missing: "Fill this in.",
      send: "Make my key and ask",
      sendAgain: "Ask again",
      making: "Making your signing key and asking the authority",
      cancel: "Not now",
    },
    waiting: {
      title: "The authority is looking at it",
      body: (when: string) => `You asked ${when}. You can close this page: the answer will be here.`,
    },
    refused: { title: "The authority said no", reason: "Its reason:", noReason: "It gave no reason." },
    lost: {
      title: "The authority knows nothing of what you asked",
      body: "It may have started anew. Ask again.",
    },
    facts: {
      name: "Name",
      organisation: "Place",
      from: "Valid from",
      until: "Valid until",
      fingerprint: "Fingerprint",
    },
    valid: "Your signature counts",
    validBody: (until: string) => `Readers trust records that you sign until ${until}.`,
    soon: "It ends soon",
    soonBody: "Ask for the next one now. What you signed stays good.",
    expired: "It has expired",
    expiredBody: "What you signed before stays good. To sign more, ask for a new one.",
    revoked: "The authority has revoked it",
    revokedBody:
      "Readers no longer trust anything signed with this key, old records too. To sign again, ask with a new key.",
    renew: "Ask for a new certificate",
    unasked: "What stands here is what was known before",
    unaskedBody: "The authority or a ledger can't be reached just now. This page tries again by itself.",
  },

  writing: doctorWriting,

  sent: {
    title: "What you have signed",
    lead: "This list says nothing of what stands in a record. Only this browser has it.",
    record: (id: string) => `For invitation ${id}`,
    facts: (kind: string, parts: number, size: string) =>
      `${kind}, ${plural(parts, { one: "# part", other: "# parts" })}, ${size}`,
    kinds: { emr9: "Record of nine fields", "fhir-r4": "FHIR bundle" } as Readonly<Record<string, string>>,
    signed: (when: string) => `signed ${when}`,
    sent: (when: string) => `sent ${when}`,
    saved: (when: string) => `saved as a file ${when}`,
    neither: "neither sent nor saved",
  },
};
