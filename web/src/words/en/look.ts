/** Words of the building blocks that all screens share. */
import { plural } from "../plural.ts";

const sides = { private: "Private side", shared: "Shared side" };

export const look = {
  close: "Close",
  cancel: "Cancel",
  retry: "Try again",
  dismiss: "Hide",
  details: "Details",
  code: (code: string) => `Code: ${code}`,
  show: "Show",
  hide: "Hide",
  loading: "Loading",

  skip: "Skip to content",
  mainNavigation: "Main",
  roleSwitch: "You are here as",
  roleNone: "Choose",
  menu: "Menu",
  account: "Account",
  lock: "Lock",
  unlock: "Unlock",
  locked: "Locked",
  scheme: { name: "Colours", auto: "As the device", light: "Light", dark: "Dark" },
  count: (n: number) => plural(n, { one: "# new", other: "# new" }),

  sides,
  sideShort: { private: "Private", shared: "Shared" },
  chains: { storage: "Storage ledger", shared: "Shared ledger" },

  split: {
    heading: "Your record",
    readBy: "Who can read it",
    nobody: "Nobody but you",
    empty: {
      private: "Nothing is kept private.",
      shared: "Nothing is shared.",
    },
    dropHere: "Drop it here",
    moveTo: { private: "Move to private", shared: "Move to shared" },
    moveLabel: (part: string, to: "private" | "shared") => `Move to ${to}: ${part}`,
    open: "Open",
    openLabel: (part: string) => `Open ${part}`,
    handle: (part: string) => `Drag ${part}`,
    moved: "Moved, not saved yet",
    lockedBecause: (why: string) => `Stays here: ${why}`,
    find: "Find a part",
    showMore: (n: number) => plural(n, { one: "Show # more", other: "Show # more" }),
    count: (n: number) => plural(n, { one: "# part", other: "# parts" }),
    noMatch: "No part has that name.",
    instructions:
      "To move a part to the other side, press space or enter. Press an arrow key to choose the side, then space or enter to put it down. Press escape to leave it where it was.",
    pickedUp: (part: string, side: "private" | "shared") => `Picked up ${part} from the ${side} side.`,
    over: (part: string, side: "private" | "shared") => `${part} is over the ${side} side.`,
    overNothing: (part: string) => `${part} is over neither side.`,
    dropped: (part: string, side: "private" | "shared") => `${part} now stands on the ${side} side.`,
    stayed: (part: string) => `${part} stays where it was.`,
  },

  signed: {
    checking: "Checking the signature",
    unchanged: "Signed and unchanged",
    by: (name: string) => ["Signed by ", name, ""] as const,
    on: (date: string) => `on ${date}`,
    since: "Nothing in it has been changed since.",
    untrusted: "Don't rely on this",
    claims: (name: string) => ["It says it is signed by ", name, "."] as const,
  },

  rule: {
    legend: "Who may read",
    group: (n: number) => `Group ${n}`,
    or: "or",
    orBetween: ", or ",
    and: ", who are also ",
    of: " of ",
    bracket: (text: string) => `(${text})`,
    atLeast: (k: number, of: number) => `those who are at least ${k} of these ${of}: `,
    role: "People",
    anyRole: "Of any kind",
    organisation: "Place",
    anyOrganisation: "Anywhere",
    person: "A certain person",
    noPerson: "Nobody in particular",
    also: (list: string) => `They also have to be: ${list}`,
    addGroup: "Add a group",
    removeGroup: (n: number) => `Remove group ${n}`,
    emptyGroup: "Choose people, a place or a person for this group.",
    nobody: "Nobody but you",
    sentence: "In words",
    expert: "Expert: write the rule as text",
    text: "Rule",
    textHint: 'For example: role:doctor and org:yzu-hospital or "role:public health"',
    tooComplex: "This rule can only be changed as text.",
    compare: (label: string, operator: string, value: string) =>
      `people whose ${label} is ${operator} ${value}`,
    operators: { "<": "below", "<=": "at most", "=": "exactly", ">=": "at least", ">": "above" } as Record<
      string,
      string
    >,
    labels: {
      role: (value: string) => `people with the role ${value}`,
      org: (value: string) => `people of ${value}`,
      id: (value: string) => `the account ${value}`,
      emergency: (value: string) => `emergency staff of ${value}`,
      mark: (value: string) => `people marked "${value}"`,
      other: (label: string, value: string) => `people with ${label} ${value}`,
    },
    at: (line: number, column: number) => `Line ${line}, character ${column}`,
  },

  timeline: {
    empty: "Nothing has happened yet.",
    on: (chain: string) => `on the ${chain.toLowerCase()}`,
  },

  access: {
    empty: "Nobody has access now.",
    reads: { private: "May read the whole record", shared: "May read the shared side" },
    since: (date: string) => `since ${date}`,
    until: (date: string, relative: string) => `until ${date} (${relative})`,
    noEnd: "until you end it",
    ended: "has ended",
    term: (parts: string[]) => {
      const sentence = parts.join(", ");
      return sentence.slice(0, 1).toUpperCase() + sentence.slice(1);
    },
    purpose: (purpose: string) => `For: ${purpose}`,
    revoke: "End access",
    revokeLabel: (who: string) => `End access of ${who}`,
    block: "Block",
    blockLabel: (who: string) => `Block ${who}`,
  },

  change: {
    heading: "What would change",
    gains: "Can read more",
    loses: "Can read less",
    none: "Nobody can read more or less than before.",
    gainsWhat: "will be able to read:",
    losesWhat: "will no longer be able to read:",
  },

  steps: {
    states: {
      waiting: "Waiting",
      running: "Under way",
      done: "Done",
      failed: "Failed",
      skipped: "Not needed",
      current: "Now",
      next: "Later",
    },
    cancel: "Stop",
    cancelling: "Stopping…",
    progress: (label: string, percent: string) => `${label}: ${percent}`,
  },

  wallet: {
    titles: {
      connect: "Your wallet asks to let this page see an account",
      sign: "Your wallet asks you to sign",
      send: "Your wallet asks you to confirm an entry",
      switch: "Your wallet asks to switch the network",
      add: "Your wallet asks to add a network",
    },
    where: "Where",
    why: "Why",
    open: (wallet: string) => `Open ${wallet} and answer there. It may be behind an icon of your browser.`,
    yours: "your wallet",
  },

  offline: {
    title: "You are offline",
    body: "You can look at what is open. Everything else waits until you are connected.",
  },

  wrongChain: {
    title: (wanted: string) => `Your wallet has to switch to the ${wanted.toLowerCase()}`,
    now: (current: string) => ["It stands on ", current, " now."] as const,
    switch: "Switch network",
    switching: "Switching…",
  },

  confirm: {
    can: "What this does",
    cannot: "What this can't do",
    type: (word: string) => `Type "${word}" to go on`,
  },

  qr: { alt: (label: string) => `QR code: ${label}` },
  link: { copy: "Copy", copied: "Copied", failed: "Select the text and copy it yourself." },

  file: {
    choose: "Choose a file",
    orDrop: "or drop it here",
    tooLarge: (limit: string) => `This file is too large. The most is ${limit}.`,
    wrongKind: "This kind of file can't be used here.",
    several: "One file at a time, please.",
    empty: "This file is empty.",
    reading: "Reading the file",
  },

  passphrase: {
    new: "New passphrase",
    current: "Passphrase",
    repeat: "The same passphrase again",
    advice:
      "Take four or more words that don't belong together. Nobody can give you a new one: write it down and keep it safe.",
    short: (n: number) => plural(n, { one: "# more character needed", other: "# more characters needed" }),
    different: "The two aren't the same.",
    strength: { weak: "Too easy to guess", fair: "Good", strong: "Very good" },
    strengthLabel: "How hard it is to guess",
    show: "Show what I type",
    set: "Set passphrase",
    unlock: "Unlock",
    missing: "Type your passphrase.",
  },
};
