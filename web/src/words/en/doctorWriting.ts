/** Words of writing a record: from a patient's invitation to the patient's letterbox. */
import type { Explained } from "../explained.ts";
import { plural } from "../plural.ts";

const partsOf = (n: number) => plural(n, { one: "# part", other: "# parts" });

export const doctorWriting = {
  title: "Write a record",
  lead: "You sign a record once. Your patient keeps it, and decides who else reads which part.",
  progress: "From invitation to letterbox",
  steps: { invitation: "Invitation", record: "Record", rules: "Parts and rules", done: "Signed" },
  back: "Back",
  needCertificate: "You need a certificate first",
  needCertificateBody: "The authority has to say who you are before patients can rely on your signature.",
  toCertificate: "To my certificate",
  another: "Write another record",

  begun: {
    title: "You have begun to write a record",
    named: (name: string, when: string) => `It is about ${name}. You filled something in ${when}.`,
    unnamed: (when: string) => `You filled something in ${when}.`,
    goOn: "Go on writing",
    forget: "Throw it away",
  },

  invitation: {
    title: "Which patient is it for?",
    lead: "Your patient makes an invitation and gives it to you: as a link, a file, or a code to scan.",
    text: "Link or text of the invitation",
    textHint: "Paste all of it.",
    read: "Go on",
    anyway: "Write another one for it",
    file: "Or the invitation as a file, or a picture of its code",
    fileHint: "The file is called invitation.json.",
    pictureFailed: "There is no readable code in this picture. Take it again, closer and in better light.",
    failed: "This is no invitation",
    failedBody: "Ask your patient for the whole link, or for the file.",
    before: "You have signed a record for this invitation already",
    beforeBody: (when: string) =>
      `That was ${when}. An invitation is for one record: ask your patient for a new one, or go on if the first never arrived.`,
    chosen: (id: string) => `Invitation ${id}`,
  },

  record: {
    title: "What is the record?",
    how: "How",
    form: "Fill in a form",
    file: "Bring a file",
    drop: "A record as a file",
    dropHint:
      "A FHIR R4 bundle in JSON, or the nine fields in JSON. At most 256 MB. It stays in this browser.",
    reading: "Reading the file",
    fields: {
      name: "The patient's full name.",
      gender: "",
      dateOfBirth: "",
      idNumber: "Of the health insurance or the identity card.",
      symptoms: "One on each line.",
      diagnosis: "",
      prescription: "One on each line, with its dose.",
      examinationReport: "",
      medicalHistory: "",
    },
    missingName: "Without the name nobody can tell whose record it is.",
    missingContent: "Fill in at least one of the fields from here on.",
    next: "See the parts",
  },

  amend: {
    title: "Or amend a record",
    lead: "A patient can ask you to correct or complete a record that stands. Give the patient your file for that; the patient's file comes back.",
    invite: "Save my file for patients",
    fileName: "for-amendments.diptych",
    file: "What a patient sent to have it amended",
    fileHint: "It opens only in this browser.",
    reading: "Opening it, and checking who signed it and who asks",
    verified: (revision: number) => `Version ${revision} of the record holds`,
    signed: (name: string, date: string, parts: number) =>
      `${name} signed its ${partsOf(parts)} on ${date}. Its patient asks for the next version.`,
    byForm: "Change what has to be changed in the form. What you leave as it is stays untouched.",
    byFile: "Save the record, change it in your own program, then bring the changed file.",
    save: "Save this version",
    recordName: "record.json",
  },

  refused: {
    "byte-order-mark": {
      title: "This file begins with three bytes too many.",
      nextStep: "Save it again as UTF-8 without a byte order mark (BOM).",
    },
    "utf-16": {
      title: "This file is saved as UTF-16.",
      nextStep: "Save it again as UTF-8 without a byte order mark.",
    },
    xml: { title: "This file is XML.", nextStep: "Export the record as FHIR in JSON." },
    pdf: {
      title: "This file is a PDF.",
      nextStep: "Export the record as FHIR in JSON, or fill in the form.",
    },
    zip: { title: "This file is packed.", nextStep: "Unpack it, and take the JSON file that is in it." },
    "not-json": {
      title: "This file is no JSON.",
      nextStep:
        "Export it again as FHIR in JSON, saved as UTF-8. Comments and commas before a closing bracket aren't allowed.",
    },
    keys: {
      title: "A field of this file is missing, unknown, or there twice.",
      nextStep: "Correct the file as it says here, then bring it again.",
    },
    unknown: {
      title: "This is JSON, but no record that we know.",
      nextStep: "Bring a FHIR R4 bundle, or the nine fields of the form.",
    },
    "too-large": {
      title: "This file is too large.",
      nextStep: "Bring at most 256 MB: split it into several records.",
    },
    "too-many": {
      title: "This file has too many kinds of entries.",
      nextStep: "Split it into several records.",
    },
    "one-sided": {
      title: "This file has nothing in it that treats, or nothing that is private.",
      nextStep: "Add the patient, or what was found and done, to the file.",
    },
  } satisfies Record<string, Explained>,

  parts: {
    title: "The parts",
    lead: (n: number) =>
      `The record is cut into ${partsOf(n)}. Your patient can show some of them without the others. What is usually private or shared is marked; your patient decides.`,
    find: "Find a part",
    noMatch: "No part has that name.",
    number: (n: number) => `Part ${n}`,
    change: { replaced: "Changed", new: "New" },
    frameNote: "Holds the file together. It goes with the whole record only.",
    holdsPrivate: "Private, because something private stands in it.",
    named: "The patient's name may stand in here.",
    names: (n: number) =>
      plural(n, {
        one: "The patient's name may stand in # part that is usually shared",
        other: "The patient's name may stand in # parts that are usually shared",
      }),
    namesBody:
      "Whoever is shown such a part learns who it is about. Take the name out of the file and bring it again, or go on and tell your patient.",
    namesOf: (list: string) => `It stands in: ${list}.`,
    more: (n: number) => plural(n, { one: "# more", other: "# more" }),
    namesIncomplete: "Not every name of the patient was looked for",
    namesIncompleteBody: "There are too many, or very long ones. Look into the file yourself.",
    back: "Back to the record",
  },

  rules: {
    title: "What must stay together",
    lead: "A part can mislead without another. These rules are part of your signature, and nobody can get round them.",
    none: "There are no rules: each part may be shown by itself.",
    always: (part: string) => ["", part, " is always shown."] as const,
    never: (part: string) => ["", part, " is only shown with the whole record."] as const,
    needs: (part: string, needed: string) => ["", part, " is never shown without ", needed, "."] as const,
    first: (n: number, name: string) => `Part ${n} (${name})`,
    part: (n: number, name: string) => `part ${n} (${name})`,
    fixed: "It holds the file together.",
    remove: "Remove",
    removeLabel: (rule: string) => `Remove: ${rule}`,
    add: "Add a rule",
    which: "This part",
    whichNumber: "Number of the part",
    needed: "The other part",
    neededNumber: "Number of the other part",
    unknownPart: (n: number) => `Choose a number from 1 to ${n}.`,
    kind: "Must be",
    kinds: {
      needs: "never shown without another",
      always: "always shown",
      never: "only shown with the whole record",
    },
    addButton: "Add this rule",
    known: "This rule stands there already.",
    refusedRule: "This rule can't be added",
    why: {
      itself: "A part is always shown with itself. Choose two different parts.",
      "always-never": (part: string) => `“${part}” can't be always shown and only with the whole record.`,
      "needs-never": (part: string, needed: string) =>
        `“${part}” needs “${needed}”, but one of the two is only shown with the whole record.`,
      "nothing-alone":
        "Then nothing could be shown but the whole record. Remove one of the other rules first.",
    },
    usualForbidden: "What is usually shared can't be shown with these rules",
    usualForbiddenBody:
      "Your patient will have to choose other parts to share. If you don't want that, change a rule.",
  },

  sign: {
    title: "Sign",
    lead: "You sign all parts with these rules at once. Sealed, it opens for your patient only.",
    as: (name: string) => ["You sign as ", name, "."] as const,
    send: "Sign and send to the patient",
    file: "Sign, and save it as a file",
    signing: "Signing and sealing",
    sending: "Putting it into the patient's letterbox",
    working: "Under way",
    signed: "Signed and sealed",
    sent: "It is in your patient's letterbox",
    sentBody:
      "Your patient opens Diptych and finds it there, for 30 days. Nobody else can open it, the letterbox neither.",
    revision: (n: number) => `You sign version ${n} of the record.`,
    amendedBody: "Give the file back to your patient. Nobody else can open it.",
    tooLong: "It is too long for the letterbox, which takes 64 MB.",
    saved: "Saved as a file",
    savedBody: "Give the file to your patient, on any way that you like. Nobody else can open it.",
    notSent: "It is signed, but not with your patient yet",
    sendNow: "Send it to the patient",
    saveNow: "Save it as a file",
    fileName: (id: string) => `record-${id}.diptych`,
  },
};
