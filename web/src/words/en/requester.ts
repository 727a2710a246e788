/** Words of the requester's screens. */
import { plural } from "../plural.ts";

const count = (n: number) => plural(n, { one: "#", other: "#" });
const parts = (n: number) => plural(n, { one: "# part", other: "# parts" });

export const requester = {
  title: "Read a record",
  nav: { read: "Read", requests: "Requests", attributes: "Who I am" },

  read: {
    lead: "Somebody gave you a link or a code to a record of theirs. Their rules decide whether you may read it.",
    link: "Link to the record",
    linkHint: "It begins with diptych: or leads to a page like this one.",
    find: "Look it up",
    noLink: "There is no link to a record in this. Copy the whole link, from its beginning to its end.",
    photo: "Or a picture of its code",
    photoHint: "A photo or a screenshot in which the whole code can be seen.",
    noCode:
      "There is no code to a record in this picture. Take one in which the whole code can be seen, straight on.",
    now: "You may read these now",
    steps: {
      title: "How it goes",
      list: [
        "Say who you are. The authority checks that and confirms it.",
        "Look up the record. You see what its rules ask for, before you ask.",
        "Ask, and say what for. The ledger answers at once, and it says why.",
        "Open it. It is decrypted and checked in this browser.",
      ],
      who: "Say who you are",
    },
  },

  find: {
    title: { storage: "A whole record", shared: "The shared side of a record" },
    untitled: "A record",
    back: "Read a record",
    loading: "Looking it up on the ledger",
    about: "What you have found",
    side: "What it is",
    sides: {
      storage: "The whole record, with its private side",
      shared: "What its owner shares: a side of the record",
    },
    owner: "Owner",
    account: (account: string) => `Account ${account}`,
    rule: "Who may read it",
    noRule: "Nobody has put this rule in words.",
    purposes: "What for",
    anyPurpose: "Anything",
    closed: "Its owner has closed it. Nobody gets in until they open it again.",
  },

  why: {
    title: "What your request would rest on",
    checking: "Comparing you with the rule",
    now: {
      granted: "You would be let in.",
      closed: "You would be refused: the record is closed.",
      blocked: "You would be refused: its owner has blocked you.",
      "purpose-not-allowed": "You would be refused: the record may not be asked for that purpose.",
      "policy-not-satisfied": "You would be refused: you don't have what the rule asks for.",
    },
    answered: {
      paused: "Refused: all new access is stopped for now.",
      closed: "Refused: the record is closed.",
      blocked: "Refused: its owner has blocked you.",
      "purpose-not-allowed": "Refused: the record may not be asked for that purpose.",
      "policy-not-satisfied": "Refused: you don't have what the rule asks for.",
    },
    next: {
      granted: "",
      paused: "Ask again later. The ledger's operators have stopped new access for everybody.",
      closed: "Ask the owner to open it again.",
      blocked: "Only the owner can change that.",
      "purpose-not-allowed": "Choose a purpose that the record allows, if that is what you need it for.",
      "policy-not-satisfied":
        "If you are what the rule asks for, let the authority confirm it. If not, only the owner can change the rule.",
    },
    leaves: "What the rule names, and what the authority has confirmed of you",
    ways: (n: number) =>
      n === 1 ? "This is what the rule asks for:" : "One of these is enough to be let in:",
    held: "Confirmed of you",
    partly: "Not all of it is confirmed of you",
    lacking: "Not confirmed of you",
    unknownLeaf: "A condition that nobody has put in words",
    who: "Say who I am",
  },

  ask: {
    title: "Ask for it",
    purpose: "What do you need it for?",
    allowed: "The record allows",
    usual: "Often used",
    others: "Others",
    notAllowed: "The record doesn't allow",
    length: "For how long?",
    lengths: [
      { seconds: 86_400, label: "A day" },
      { seconds: 7 * 86_400, label: "A week" },
      { seconds: 30 * 86_400, label: "A month" },
    ],
    ask: "Ask now",
    askAnyway: "Ask all the same",
    public: "Who asked, when and what for stands on the ledger for good. The owner sees it.",
    noKey: "Your key isn't in this browser yet: collect it before you open anything.",
    toKey: "Collect my key",
    granted: "You may read it",
    grantedUntil: (date: string) => `Until ${date}, unless its owner ends it before.`,
    before: "You may read this already: nothing new was asked.",
    open: "Go to the record",
    refused: "The ledger has refused your request",
    refusedBody: "It gave the reason that stands above.",
  },

  requests: {
    title: "My requests",
    lead: "What you asked for in this browser, and how it stands on the ledgers now.",
    loading: "Asking both ledgers",
    empty: "You haven't asked for anything yet",
    emptyBody: "When you ask for a record, your request stands here.",
    find: "Look up a record",
    of: { storage: "A whole record", shared: "A shared side" },
    signedBy: (name: string) => `Record signed by ${name}`,
    askedFor: (purpose: string) => `For ${purpose}`,
    noPurpose: "No purpose was stated",
    asked: (when: string) => `asked ${when}`,
    readParts: (n: number, of: number) =>
      n === of ? `all ${parts(n)} read` : `${count(n)} of ${parts(of)} read`,
    until: (date: string, relative: string) => `until ${date} (${relative})`,
  },

  /** How a request stands: a word for lists, a sentence for its screen. */
  status: {
    word: {
      live: "You may read it",
      denied: "Refused",
      revoked: "Ended by the owner",
      expired: "Run out",
      "epoch-ended": "Ended",
      closed: "Closed",
      blocked: "You are blocked",
      "purpose-not-allowed": "Ended",
      "policy-not-satisfied": "Ended",
      unknown: "Unknown",
    },
    sentence: {
      live: "",
      denied: "The ledger refused this request.",
      revoked: "The owner has ended your access.",
      expired: "The time that you asked for is over.",
      "epoch-ended": "The owner has changed who may read what. Everybody has to ask again.",
      closed: "The owner has closed the record to everybody.",
      blocked: "The owner has blocked you.",
      "purpose-not-allowed": "The record may no longer be asked for this purpose.",
      "policy-not-satisfied":
        "You no longer have what the rule asks for. Perhaps what the authority confirmed of you has run out.",
      unknown: "The ledger doesn't know this request.",
    },
    kept: "What you have read you keep. Nothing newer comes.",
    again: "Ask again",
  },

  record: {
    back: "My requests",
    missing: "There is no such request in this browser",
    missingBody: "Requests can be opened only where they were made.",
    untitled: { storage: "A whole record", shared: "A shared side of a record" },
    purpose: "What for",
    until: "You may read it until",
    asked: "Asked",
    elsewhere:
      "You asked for this in another browser, and the key to the answer is there. Open it there, or ask again here.",
    open: "Open it",
    openAgain: "Open it again",
    openLead: "The gates let you in, the encrypted parts are fetched, then they are opened and checked here.",
    opening: "Opening the record",
    newer: "There is a newer version",
    newerBody: "The owner has published it since you opened this one.",
    gates: (answered: number, failed: number) =>
      failed === 0
        ? `${plural(answered, { one: "# gate", other: "# gates" })} let you in.`
        : `${answered} of ${plural(answered + failed, { one: "# gate", other: "# gates" })} answered. That was enough.`,
    whole: (n: number) => `The whole record: ${parts(n)}.`,
    some: (n: number, of: number) =>
      `${count(n)} of ${parts(of)}: just what the rules let you read. The others are proven to be there and stay hidden.`,
    revision: (n: number) => `The doctor's version ${n}`,
    parts: "What it says",
    part: (position: number) => `Part ${position}`,
    find: "Find a part",
    noMatch: "No part has that name.",
    show: "Show",
    hide: "Hide",
    save: "Take it with you",
    saveWhole: "Save the whole record",
    saveWholeHint: "The file that the doctor signed, byte for byte.",
    saveParts: { "fhir-r4": "Save the parts as FHIR", emr9: "Save the parts" } as Readonly<
      Record<string, string>
    >,
    savePartsOther: "Save the parts",
    savePartsHint: "A file with exactly what you were granted, each value as it was signed.",
    saveProof: "Save the proof",
    saveProofHint:
      "Shows anybody that the doctor signed this and that nothing was changed: diptych verify checks it.",
    fileName: { whole: "record.json", parts: "granted-parts.json", proof: "record.extraction" },
    untrusted: {
      "certificate-invalid": "The doctor's certificate doesn't hold, or no longer does.",
      other: "It isn't what a doctor signed. Nothing of it is shown.",
    },
  },

  who: {
    title: "Who I am",
    lead: "Records let you in for what you are. The authority checks it once and confirms it on both ledgers.",
    loading: "Asking the authority and both ledgers",
    nothing: "Nothing is confirmed of you yet",
    nothingBody:
      "Tell the authority what you are, below. Records that ask for nothing of the kind can be asked for now.",
    held: "What is confirmed of you",
    until: (date: string) => `Until ${date}`,
    ended: (date: string) => `It ran out on ${date}`,
    oneSide: {
      storage: "on the storage ledger only",
      shared: "on the shared ledger only",
    },
    applications: "What you applied for",
    states: {
      pending: "Waiting for the authority",
      approved: "Confirmed",
      refused: "Refused",
      unknown: "The authority no longer knows it",
    },
    applied: (when: string) => `Handed in ${when}`,
    reason: "Reason",
    noReason: "The authority gave no reason.",

    key: "Your key",
    keyHeld: (list: string) => `It is in this browser, checked, and made for: ${list}.`,
    keyBare: "It is in this browser, checked, and made for your account alone.",
    keyNone:
      "With it you open what you are let in to. The authority makes it for what is confirmed of you, and this browser checks it.",
    keyOld: (list: string) => `It doesn't know yet that you are: ${list}. Collect it again.`,
    collect: "Collect my key",
    collectAgain: "Collect it again",
    collecting: "Collecting your key and checking it",
    collected: "Your key is here, and it is right.",

    apply: "Tell the authority what you are",
    role: "I am",
    noRole: "Choose",
    place: "Of",
    noPlace: "No place in particular",
    places: (list: string) => `of ${list}`,
    evidence: "How can the authority check that?",
    evidenceHint:
      "For example the number of your staff card and whom to call. The authority's people read it. No passwords.",
    expert: "Write attributes myself",
    attributes: "Attributes",
    attributesHint: "One a line, for example role:doctor or level = 3.",
    sentence: "You apply as",
    missing: "Choose what you are, or write an attribute.",
    noEvidence: "Say how the authority can check it.",
    submit: "Hand it in",
    done: "It is handed in. The authority's people decide. This page looks every few seconds.",
    account: "Your account",
  },
};
