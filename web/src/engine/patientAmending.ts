/** Corrections of a patient's records, as the page calls them: asking a doctor for one, looking at one, taking it. */
import { type ActOptions, DiptychError, isDiptychError } from "diptych";
import type { RevealedPart } from "diptych/ces";
import { hex, unhex, utf8Decode } from "diptych/core";
import { envelopeLabel } from "diptych/record";
import { type AmendmentEffect, previewAmendment } from "./amendmentPreview.ts";
import type { Office } from "./office.ts";
import type { PatientActs } from "./patientActs.ts";
import { wholeOf } from "./patientOpening.ts";
import { factsOf, type Practice, type ReviewedAmendment } from "./patientRecords.ts";
import { type Reading, readContent, summarise } from "./reading.ts";
import { type Person, readSubject } from "./subject.ts";

/** Who made a file for corrections. Their certificate holds until then, in milliseconds. */
export type Inviter = Person & { until: number };

/** What a correction does to one part: it says something else, is new, or says nothing any more. With the first words of each. */
export type CorrectedPart = {
  position: number;
  label: string;
  change: "replaced" | "new" | "struck";
  before?: string;
  after: string;
};

/** A correction that was opened and verified, against the record as it stands. */
export type Correction = {
  /** The EMR id, hex, of the record that it corrects. */
  id: string;
  revision: number;
  by: Person;
  /** Somebody else signed what stands. */
  otherDoctor: boolean;
  /** When it was signed; Unix seconds. */
  signed: number;
  /** What differs. */
  parts: CorrectedPart[];
  untouched: number;
  /** The doctor rules otherwise on what may be shown of the parts. */
  newRule: boolean;
  /** It was taken before. */
  stands: boolean;
  /** How the record stood when this was looked at. */
  standing: string;
};

/** How a part is written that says nothing. */
const nothingSaid = new Set(["[]", '""', "{}", "null"]);
const longestNothing = 16;

export class AmendingDesk {
  private readonly office: Office;
  private readonly acts: PatientActs;

  constructor(office: Office, acts: PatientActs) {
    this.office = office;
    this.acts = acts;
  }

  /** Which doctor made a file for corrections. @throws DiptychError `amendment-invalid`, `certificate-invalid` */
  async inviter(file: Uint8Array): Promise<Inviter> {
    const { patient } = await this.acts.practice();
    const { subject, notAfter } = await patient.amendments.readInviter(file);
    return { ...readSubject(subject), until: notAfter.getTime() };
  }

  /** The whole record, sealed to the doctor who made that file. */
  ask(actId: string, id: string, file: Uint8Array): Promise<Uint8Array> {
    return this.office.acts.run(actId, async (options) =>
      (await this.acts.practice()).patient.amendments.request(unhex(id), file, options),
    );
  }

  /** Opens and verifies what came back, and tells what it would change. It may correct another of the patient's records. */
  review(actId: string, id: string, file: Uint8Array): Promise<Correction> {
    return this.office.acts.run(actId, async (options) => {
      const practice = await this.acts.practice();
      delete practice.amendment;
      const { standing } = await factsOf(practice, id);
      const found = await findAmended(practice, id, file, options);
      practice.amendment = found;
      return correctionOf(practice, found, standing, options);
    });
  }

  /** What one part would say. @throws DiptychError `version-moved` when the correction has to be looked at again */
  async part(id: string, position: number): Promise<Reading> {
    const { amendment } = demandReviewed(await this.acts.practice(), id);
    const { content } = amendment.parts[position - 1]!;
    return readContent(content, amendment.header.schema);
  }

  /** Who could read what is new, with these new parts on the shared side. @throws as `part` */
  async preview(id: string, share: readonly number[]): Promise<AmendmentEffect> {
    const practice = await this.acts.practice();
    const { amendment } = demandReviewed(practice, id);
    const { sides: parts, rights } = await factsOf(practice, id);
    const appended = amendment.appended.map((position) => amendment.parts[position - 1]!);
    return previewAmendment(
      { parts, ...(rights === undefined ? {} : { rights }) },
      { ceas: amendment.header.ceas, appended },
      share,
    );
  }

  /**
   * Takes the correction that was looked at, and publishes it where the record is stored. Called again after a stop it goes on.
   *
   * @param shown how the record stood when its patient was shown what would change; left out once it was begun
   * @throws DiptychError `version-moved` when it stands otherwise now
   */
  take(actId: string, id: string, share: readonly number[], shown?: string): Promise<void> {
    return this.acts.run(actId, id, async (patient, options) => {
      const practice = await this.acts.practice();
      const { info1, amendment } = demandReviewed(practice, id);
      const { standing, views } = await factsOf(practice, id);
      if (shown !== undefined && standing !== shown) throw moved();
      const reopen = (["full", "shared"] as const).filter((view) => views[view]?.closed === true);
      const only = amendment.replaced;
      await patient.amendments.accept(unhex(id), info1, { share, only, reopen }, options);
      await practice.papers.keepNext(id, info1);
      delete practice.amendment;
    });
  }

  /** Forgets the correction that was looked at: nothing has changed. */
  async refuse(): Promise<void> {
    delete (await this.acts.practice()).amendment;
  }
}

/** The record that a correction is for: the one that is looked at, else another of this patient's. */
async function findAmended(
  { patient }: Practice,
  id: string,
  info1: Uint8Array,
  options: ActOptions,
): Promise<ReviewedAmendment> {
  const others = patient.list().filter((each) => hex(each) !== id);
  for (const emrId of [unhex(id), ...others]) {
    try {
      const amendment = await patient.amendments.review(emrId, info1, undefined, options);
      return { id: hex(emrId), info1, amendment };
    } catch (error) {
      if (!isDiptychError(error, "seal-open-failed")) throw error;
    }
  }
  throw new DiptychError(
    "info1-invalid",
    "This corrects none of your records, or was changed on its way: ask the doctor to send it again.",
  );
}

async function correctionOf(
  practice: Practice,
  { id, amendment }: ReviewedAmendment,
  standing: string,
  options: ActOptions,
): Promise<Correction> {
  const { header, parts, replaced, appended, newRule } = amendment;
  const { header: now } = await practice.patient.show(unhex(id));
  const before = replaced.length === 0 ? [] : (await wholeOf(practice, id, options)).parts;
  // A frame of a file says nothing to people.
  const summary = ({ label, content }: RevealedPart) =>
    label === envelopeLabel ? "" : summarise(content, header.schema);
  const told = (position: number): CorrectedPart => {
    const after = parts[position - 1]!;
    const old = before.find((each) => each.position === position);
    const change = old === undefined ? "new" : saysNothing(after.content) ? "struck" : "replaced";
    return {
      ...{ position, label: after.label, change, after: summary(after) },
      ...(old === undefined ? {} : { before: summary(old) }),
    };
  };
  return {
    ...{ id, revision: header.revision, by: readSubject(header.issuer), signed: header.time },
    otherDoctor: header.issuer !== now.issuer,
    parts: [...replaced, ...appended].map(told),
    untouched: parts.length - replaced.length - appended.length,
    ...{ newRule, stands: header.revision === now.revision, standing },
  };
}

/** Amendments can't take parts away: what is struck out stays as an empty one. */
function saysNothing(content: Uint8Array): boolean {
  return content.length <= longestNothing && nothingSaid.has(utf8Decode(content).trim());
}

function demandReviewed({ amendment }: Practice, id: string): ReviewedAmendment {
  if (amendment?.id !== id) throw moved();
  return amendment;
}

function moved(): DiptychError {
  return new DiptychError("version-moved", "The record was changed since you looked at it: look again.");
}
