/** Words of one record's screen: its two sides, its rules, and changes of both. */
import { plural } from "../plural.ts";

export const patientRecord = {
  back: "My records",
  loading: "Opening your record",
  opening: "Opening your record",
  openingDetail: "It is decrypted and checked in this browser.",
  unchecked:
    "Whether the doctor's certificate still holds can't be checked now: the authority doesn't answer.",
  untrusted: {
    "certificate-invalid": "The doctor's certificate doesn't hold, or no longer does.",
    other: "It isn't what the doctor signed.",
  },
  about: "About this record",
  renameTitle: "What do you call this record?",
  renameHint: "Only you see this name.",
  renameSave: "Save the name",
  facts: {
    doctor: "Written by",
    place: "Place",
    signed: "Signed",
    revision: "The doctor's version",
    parts: "Parts",
  },
  download: "Save it as a file",
  downloadName: "record.json",

  /** Why a part stays where it is. */
  locks: {
    never: "your doctor shares it only with those who read the whole record",
    mandatory: "your doctor wants it in everything that is shared",
    needs: (others: string) => `your doctor shares it only together with ${others}, and that stays private`,
    needed: (others: string) =>
      `your doctor shares ${others} only together with it, and wants that in everything that is shared`,
    lastShared: "the shared side needs at least one part",
    lastPrivate: "the private side needs at least one part",
    envelope: "it holds what surrounds all parts",
  },
  goesWith: (others: string) => `Shared only together with ${others}`,
  movesWith: (others: string) => `Moves together with ${others}`,
  /** The end of a list of parts. */
  others: (n: number) => plural(n, { one: "# other part", other: "# other parts" }),

  /** Asked before parts move along with another. */
  together: {
    title: (n: number) => plural(n, { one: "Move # part?", other: "Move # parts together?" }),
    lead: {
      shared: (names: string) => `${names} would move to the shared side.`,
      private: (names: string) => `${names} would move to the private side.`,
    },
    because: "Your doctor has said which parts may be shared only together:",
    tie: (part: string, other: string) => `${part} only together with ${other}.`,
    confirm: (n: number) => plural(n, { one: "Move it", other: "Move all #" }),
    cancel: "Leave them where they are",
  },

  part: {
    loading: "Opening",
    nothing: "There is nothing in this part.",
    more: (n: number) => plural(n, { one: "# more line isn't shown", other: "# more lines aren't shown" }),
    source: "As it was signed",
    sourceCut: "Only the beginning is shown. Save the whole record to see all of it.",
    binary: "This part is no text.",
    entry: (n: number) => `Entry ${n}`,
  },

  change: {
    bar: (n: number) => plural(n, { one: "# part moved", other: "# parts moved" }),
    bar0: "The rules have changed",
    barHint: "Nothing has changed for anybody yet.",
    look: "See what would change",
    undo: "Undo",
    preview: "Before you say yes",
    loading: "Working out who gains or loses what",
    confirm: "Change it now",
    working: "Changing your record",
    done: "Your record is changed.",
    nothing: "Nothing would change.",
    closedNote: "This also opens what was closed.",
    account: (account: string) => `Account ${account}`,
    all: "all parts",
    and: (n: number) => plural(n, { one: "and # more part", other: "and # more parts" }),
    encrypted: (n: number) =>
      plural(n, {
        one: "# part is encrypted anew, so that old keys no longer open it.",
        other: "# parts are encrypted anew, so that old keys no longer open them.",
      }),
    grantsEnd: {
      storage: "Everybody who may read the whole record now has to ask again.",
      shared: "Everybody who may read the shared side now has to ask again.",
    },
    purposes: {
      storage: "What the whole record may be asked for changes.",
      shared: "What the shared side may be asked for changes.",
    },
    entries: (storage: number, shared: number) =>
      `Your wallet asks you to confirm ${plural(storage, { one: "# entry", other: "# entries" })} on the storage ledger and ${plural(shared, { one: "# entry", other: "# entries" })} on the shared ledger, and to sign some messages.`,
    kept: "What somebody has read or saved until now can't be taken back.",
    lasting: "Whoever reads something from now on may keep it: that can't be taken back later.",
  },

  publish: {
    title: "Store it, and say who may read",
    lead: "Your record is here, in this browser only. Choose what stands on which side and who may read each, then store it: everything is encrypted before it leaves.",
    sides: "1. Choose the sides",
    rules: "2. Choose who may read",
    check: "3. Look, then store it",
    look: "See what would happen",
    confirm: "Store it now",
    working: "Storing your record",
    done: "Your record is stored.",
    gates:
      "The first time, gates are appointed: independent guards who each hold a piece of the key to where your record lies. Only several of them together open it, and only for those whom you allow.",
    gateEntries: "To appoint the gates it asks for one more entry on each ledger.",
    encrypted: (n: number) =>
      plural(n, {
        one: "# part is encrypted in this browser.",
        other: "# parts are encrypted in this browser.",
      }),
  },

  rules: {
    title: "Who may read",
    private: "Who may read the whole record",
    shared: "Who may read the shared side",
    edit: "Change the rules",
    cancel: "Leave them as they are",
    sentence: { private: "The whole record", shared: "The shared side" },
    implied:
      "Some who may read the whole record may not read the shared side. Whoever reads the whole reads both.",
    implyThem: "Let them read the shared side too",
    invalid: "This rule isn't complete yet.",
    purposes: "What for",
    purposesHint: "Choose none to allow any purpose.",
    purposesOf: { private: "The whole record may be asked for", shared: "The shared side may be asked for" },
    only: (purposes: string) => `for ${purposes} only`,
    purposeNarrow:
      "The whole record may be asked for something that the shared side may not: choose it there too.",
  },

  links: {
    title: "For those who want to read",
    lead: "Give somebody the link or let them scan the code. It opens nothing by itself: your rules decide.",
    private: "Link to the whole record",
    shared: "Link to the shared side",
    qr: { private: "link to the whole record", shared: "link to the shared side" },
    show: "Show the code",
    hide: "Hide the code",
  },

  closing: {
    title: "Close everything",
    lead: "Ends everybody's access to this record at once, until you open it again.",
    close: "Close everything",
    closeTitle: "Close this record to everybody?",
    can: ["Nobody but you can open any of it, and nobody is let in, until you open it again."],
    cannot: ["What was read or saved already can't be taken back."],
    confirm: "Close it",
    doing: "Closing",
    closed: "This record is closed",
    closedLead:
      "Nobody but you can open it. When you open it again it is locked anew, and everybody has to ask again.",
    reopen: "Open it again",
    reopening: "Opening it again",
  },

  history: "What happened",
  readers: "Who reads it now",
};
