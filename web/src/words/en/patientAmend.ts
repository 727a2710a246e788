/** Words of corrections: a patient asks a doctor for one, looks at what came back, and takes it or not. */
import { plural } from "../plural.ts";

export const patientAmend = {
  title: "Corrections",
  lead: "Is something in this record wrong, or missing? Ask a doctor to correct it. A correction counts only once you take it over.",

  ask: {
    open: "Ask for a correction",
    steps: [
      "Your doctor gives you a file for corrections. It is made where doctors write records.",
      "You bring that file here, and save one for your doctor: your whole record, sealed.",
      "Your doctor sends back a correction. You bring it here and look at it before anything changes.",
    ],
    file: "Your doctor's file for corrections",
    fileHint: "It need not be the doctor who wrote the record.",
    checking: "Checking whose file this is",
    wrong: "This is no file for corrections",
    wrongBody: "Ask your doctor for the file that doctors save where they amend records.",
    from: (doctor: string) => `This file is from ${doctor}`,
    place: (place: string) => `Place: ${place}.`,
    until: (date: string) => `The authority vouches for this doctor until ${date}.`,
    reads: "This doctor will read every part of the record, the private ones too. That can't be taken back.",
    make: "Save the file",
    making: "Sealing your record for this doctor",
    fileName: (id: string) => `to-correct-${id}.diptych`,
    done: "The file for your doctor is saved",
    doneBody: (doctor: string) =>
      `Give it to ${doctor}, on any way that you like: nobody else can open it. Your record stays as it is until you take what comes back.`,
  },

  arrival: {
    open: "A correction has come",
    file: "The correction that your doctor gave you",
    fileHint: "It opens only here. Nothing changes before you say so.",
    checking: "Opening the correction, and checking who signed it",
    other: "This corrects another of your records",
    otherBody: "Go to that record, and bring the file there.",
    toOther: (record: string) => `Go to ${record}`,
    stands: "You have taken this correction already",
    standsBody: (version: string) => `Your record stands in version ${version}.`,
    taken: "The correction is part of your record now",
    takenBody:
      "Whoever may read a part reads what it says now. What somebody read before may have been kept.",
    refused: "You didn't take it",
    refusedBody: "Your record is as it was. Tell your doctor why, or ask for another correction.",
  },

  look: {
    title: (version: string) => `What version ${version} would change`,
    signed: (doctor: string, date: string) => `Signed by ${doctor} on ${date}. The signature holds.`,
    otherDoctor: "This isn't the doctor who signed the record as it stands.",
    parts: (n: number) => plural(n, { one: "# part is different", other: "# parts are different" }),
    change: { replaced: "Says something else", new: "New", struck: "Struck out" },
    before: "Now",
    after: "Then",
    struck: "Nothing stands in this part any more.",
    compare: "Compare",
    read: "Read it",
    labelled: (action: string, part: string) => `${action}: ${part}`,
    sharing: (part: string) => `Put ${part} on the shared side`,
    untouched: (n: number) =>
      plural(n, { one: "# part stays as it is.", other: "# parts stay as they are." }),
    newRule: "Your doctor also decided anew which parts may be shared together.",
    loading: "Working out who could read what",
    misplaced: "Some parts have to move first",
    toPrivate: (parts: string) => `Your doctor no longer wants to have shared: ${parts}. Move it to private.`,
    toShared: (parts: string) => `Your doctor wants to have shared, too: ${parts}. Move it to shared.`,
    again: "Move it above, save the change, then bring the correction again.",
  },

  notes: {
    readers: "Whoever may read a part now reads what it will say, without asking again.",
    kept: "What somebody has read or saved until now can't be taken back.",
    unstored:
      "The record isn't stored yet, so nobody else reads it. The correction takes its place in this browser.",
    encrypted: (n: number) =>
      plural(n, {
        one: "# part is encrypted in this browser.",
        other: "# parts are encrypted in this browser.",
      }),
  },

  take: "Take it over",
  refuse: "Don't take it",
  taking: "Taking the correction over",
};
