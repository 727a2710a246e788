/** Words of the patient's keys: back-up, restoring, devices, accounts. */
import { plural } from "../plural.ts";

export const patientKeys = {
  title: "My keys",
  lead: "Your keys open your records. They lie in this browser only, sealed under your passphrase.",
  backup: {
    title: "Make a back-up",
    lead: "If this browser or device is lost, the back-up file and its passphrase bring everything back. The file gets a passphrase of its own: keep the two apart.",
    make: "Make the back-up file",
    fileName: (date: string) => `diptych-backup-${date}.age`,
    made: "The file was saved. Try it now.",
    tryTitle: "Try the back-up",
    tryLead: "Only a back-up that was tried is one. Choose the file that was saved and type its passphrase.",
    file: "Your back-up file",
    try: "Try it",
    good: "The back-up works",
    goodBody: (records: number) =>
      `It holds the keys of this browser${records === 0 ? "" : ` and ${plural(records, { one: "# record", other: "# records" })} as they came from your doctors`}. Keep it somewhere else than this device.`,
    other: "This back-up holds other keys",
    otherBody: "It opens, but it doesn't belong to the keys in this browser. Make a new one.",
    last: (when: string) => `You last tried one ${when}.`,
    never: "You haven't tried a back-up of these keys yet.",
  },
  restore: {
    title: "Move in from a back-up",
    lead: "On a new device, or after you forgot the passphrase: your keys come from the file, your records from the store.",
    file: "The back-up file to move in from",
    restore: "Move in",
    restoring: "Opening the back-up and finding your records",
    done: "Your keys are here, and your records with them.",
    otherTitle: "This browser keeps other keys",
    otherCan: ["The keys from the back-up take their place."],
    otherCannot: [
      "What belongs to the keys of now can't be opened here any more, unless you have a back-up of them.",
    ],
    otherConfirm: "Replace them",
    otherType: "replace",
  },
  again: {
    title: "Find my records again",
    lead: "Looks on both ledgers for everything that is stored under your accounts.",
    find: "Look again",
    finding: "Looking for your records",
    found: (n: number) => plural(n, { one: "# record found.", other: "# records found." }),
  },
  device: {
    title: "Unlock with this device",
    lead: "A fingerprint, face or security key opens your keys here, beside the passphrase.",
    add: "Set it up",
    passphrase: "First your passphrase, to show that it is you.",
    name: "My records",
    there: "This device unlocks your keys.",
    cannot: "This browser can't do that. Your passphrase works as always.",
  },
  lock: {
    title: "Lock",
    lead: "Your keys lock by themselves after ten minutes without a touch.",
    now: "Lock now",
  },
  accounts: {
    title: "Wallet accounts",
    lead: "Your wallet signs for you on each ledger. With two accounts nobody can tell from the ledgers that both belong to you.",
    storage: "Account on the storage ledger",
    shared: "Account on the shared ledger",
    same: "You use one account on both ledgers: whoever sees both can tell that they belong together.",
    change:
      "Records stay with the account that stored them. With another account you see what that one stored.",
  },
};
