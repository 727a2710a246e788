/** What went wrong, and what to do next, for people: one entry for each code of docs/errors.md. */
import type { ErrorCode } from "diptych/core";
import type { Explained } from "../explained.ts";
import { type PageCode, pageErrors } from "./pageErrors.ts";

const again = "Try again. If it stays so, ask whoever runs this service.";
const changed = "Don't use it. Ask whoever gave it to you for another copy.";

/** By code. */
export const errors: Record<ErrorCode | PageCode, Explained> = {
  // core
  "bytes-invalid": {
    title: "This code or file has letters in it that don't belong there.",
    nextStep: "Copy it again, all of it.",
  },
  "encoding-invalid": {
    title: "This file or message can't be read here.",
    nextStep:
      "Get it again. If it stays so, its sender uses another version of Diptych, or it was changed on the way.",
  },
  "argument-invalid": {
    title: "The page asked for something impossible.",
    nextStep: "This is our mistake. Reload the page and tell us what you did.",
  },
  // policy
  "policy-syntax": { title: "This rule can't be read.", nextStep: "Correct it at the place that is marked." },
  "policy-limit": { title: "This rule is too long.", nextStep: "Name fewer groups of people in it." },
  "attribute-invalid": {
    title: "This name of a group can't be used.",
    nextStep: "Choose a shorter name, without line breaks or odd signs.",
  },
  "purpose-unknown": { title: "This purpose isn't known.", nextStep: "Choose a purpose from the list." },
  // abe
  "abe-not-satisfied": {
    title: "This record isn't meant for people like you.",
    nextStep: "Ask the authority to confirm what you are, or ask the patient.",
  },
  "abe-decapsulation-failed": {
    title: "This part of the record doesn't open.",
    nextStep: "Ask for the record once more. If it stays so, tell the patient.",
  },
  "abe-key-invalid": { title: "Your reading key doesn't fit.", nextStep: "Ask the authority for a new one." },
  "worker-failed": {
    title: "The page's helper in the background stopped.",
    nextStep: "Reload the page. Nothing is lost.",
  },
  // ces
  "ces-verification-failed": { title: "This isn't what the doctor signed.", nextStep: changed },
  "ces-subset-forbidden": {
    title: "The doctor has said that these parts may not stand alone.",
    nextStep: "Add the part that belongs with them.",
  },
  "ces-header-invalid": {
    title: "The record's first page is not in order.",
    nextStep: "The doctor has to correct it and sign again.",
  },
  "ces-key-invalid": {
    title: "The doctor's signing key isn't one that we take.",
    nextStep: 'Make a new key on the page "Enrol".',
  },
  // seal
  "seal-open-failed": {
    title: "This doesn't open with your keys.",
    nextStep: "Check that it was sent to you. Then have it sent again.",
  },
  "share-invalid": {
    title: "One of the gates that guard your record holds a wrong piece.",
    nextStep: 'Choose your gates again under "Who guards it".',
  },
  "proof-invalid": {
    title: "A gate gave an answer that can't be right.",
    nextStep: "Try again: another gate will be asked.",
  },
  "receipt-invalid": { title: "A receipt is not genuine.", nextStep: "Don't rely on it. Ask for it again." },
  "threshold-not-met": {
    title: "Too few of the gates that guard this record answered.",
    nextStep: "Try again in some minutes.",
  },
  // record
  "record-not-json": {
    title: "This file isn't a medical record that we can read.",
    nextStep: "Choose a FHIR file in JSON, saved as UTF-8.",
  },
  "record-too-large": {
    title: "This file is too large.",
    nextStep: "Take a file of at most 256 MB, or split it.",
  },
  "record-unknown-schema": {
    title: "This kind of record isn't known.",
    nextStep: "Choose a FHIR R4 bundle, or fill in the form.",
  },
  "record-keys": {
    title: "Some fields of this record are missing, doubled or unknown.",
    nextStep: "Correct the fields that are named below.",
  },
  "record-one-sided": {
    title: "One side of the record would be empty.",
    nextStep: "Leave at least one part on each side.",
  },
  "record-part-count": {
    title: "This record has too many parts.",
    nextStep: "Split it into several records.",
  },
  "record-label-invalid": {
    title: "The name of a part can't be used.",
    nextStep: "Choose a shorter name without odd signs.",
  },
  "record-move-forbidden": {
    title: "The doctor has said that these parts belong together.",
    nextStep: "Move them together, or ask the doctor.",
  },
  "record-side-table": {
    title: "The list of sides can't be used.",
    nextStep: "Choose for each part again on which side it stands.",
  },
  "certificate-invalid": {
    title: "The doctor's certificate isn't valid.",
    nextStep: "Don't rely on this record. Ask the doctor to get a new certificate.",
  },
  "info1-invalid": {
    title: "What the doctor sent isn't complete, or isn't for you.",
    nextStep: "Ask the doctor to send it again.",
  },
  "hand-over-invalid": {
    title: "The record that was handed to you isn't in order.",
    nextStep: "Take nothing over. Ask its owner for it again.",
  },
  "keyring-invalid": {
    title: "This copy of the record isn't in order.",
    nextStep: "Ask its owner to publish it again.",
  },
  // cloud
  "block-mismatch": {
    title: "Something in the store was changed.",
    nextStep: "It isn't used. Try again, or ask for another copy.",
  },
  "block-missing": {
    title: "Something is missing in the store.",
    nextStep: "Try again. If it stays so, its owner has to put it there again.",
  },
  "block-unexpected": {
    title: "The store sent something that nobody asked for.",
    nextStep: "It isn't used. Tell whoever runs the store.",
  },
  "manifest-invalid": {
    title: "The list of the record's pieces isn't in order.",
    nextStep: "Ask its owner to publish it again.",
  },
  "store-failed": { title: "The store can't save or read.", nextStep: again },
  // ledger
  "chain-unreachable": {
    title: "The ledger doesn't answer.",
    nextStep: "Check your connection, then try again. What was begun can be finished later.",
  },
  "chain-mismatch": {
    title: "Your wallet stands on another network.",
    nextStep: "Switch it to the network that is named here.",
  },
  "contract-missing": {
    title: "The ledger isn't where we expected it.",
    nextStep: "Reload the page. If it stays so, tell whoever runs this service.",
  },
  "transaction-reverted": {
    title: "The ledger refused.",
    nextStep: "Read the reason below. Often the account has too little money for the fee.",
  },
  "record-unknown": {
    title: "There is no such record.",
    nextStep: "Check the link or code that you were given.",
  },
  "not-owner": {
    title: "Only the owner of this record may do this.",
    nextStep: "Choose the owner's account in your wallet.",
  },
  "signature-refused": {
    title: "You, or your wallet, did not sign.",
    nextStep: "Nothing was sent. Try again when you are ready.",
  },
  "version-moved": {
    title: "The record was changed in the meantime.",
    nextStep: "Look at it again, then repeat what you wanted to do.",
  },
  // services
  "service-unreachable": {
    title: "The service doesn't answer.",
    nextStep: "Check your connection, then try again.",
  },
  "service-refused": { title: "The service refused.", nextStep: "Read the reason below." },
  "service-answer-invalid": { title: "The service gave an answer that makes no sense.", nextStep: again },
  "not-releasable": {
    title: "You have no permission for this record.",
    nextStep: "Ask for it first. If the answer was no, ask the patient.",
  },
  "grant-ended": {
    title: "Your permission has ended.",
    nextStep: "Ask for it again. If you are blocked, ask the patient.",
  },
  "node-behind": { title: "The ledger needs a moment more.", nextStep: "Try again in some seconds." },
  "finality-unknown": {
    title: "The service doesn't know when an entry is final.",
    nextStep: "Tell whoever runs this service.",
  },
  "service-busy": { title: "The service has too much to do.", nextStep: "Try again in some seconds." },
  "rate-limited": { title: "Too many requests in a short time.", nextStep: "Wait a little, then try again." },
  "signature-invalid": {
    title: "Your signature wasn't taken.",
    nextStep: "Check the clock of your device and the account in your wallet. Then sign again.",
  },
  "anchor-mismatch": {
    title: "The authority isn't the one that the ledgers name.",
    nextStep: "Don't go on. Tell the authority.",
  },
  "application-unknown": {
    title: "There is no such application, or nobody has decided it yet.",
    nextStep: "Look again later.",
  },
  "relay-refused": {
    title: "The ledger would refuse this.",
    nextStep: "Look at the record again, then sign once more.",
  },
  "relay-unaffordable": {
    title: "The carrier can't pay the ledger's fee now.",
    nextStep: "Try again later, or pay the fee from your own wallet.",
  },
  "not-officer": {
    title: "Only officers of the authority may do this.",
    nextStep: "Choose an officer's account in your wallet.",
  },
  "session-ended": { title: "Your time at the desk is over.", nextStep: "Sign once more to open it again." },
  "letterbox-full": {
    title: "The letterbox is full.",
    nextStep: "Ask the patient to take out the letters in it, then send yours again.",
  },
  "letter-unknown": {
    title: "This letter isn't there.",
    nextStep: "It was taken out already, or is too old. Ask its sender to send it again.",
  },
  "amendment-invalid": {
    title: "This change of the record isn't in order.",
    nextStep: "Read the reason below. Then ask for it, or make it, again.",
  },
  "amendment-stale": {
    title: "This change was made for an older state of the record.",
    nextStep: "Look at the newest state, then change that.",
  },
  // roles
  "change-unfinished": {
    title: "An earlier change of this record isn't finished.",
    nextStep: "Finish that first. Nothing of it is lost.",
  },
  "record-stored": { title: "This record is stored already.", nextStep: "Open it and change it there." },
  "key-missing": {
    title: "A key that this needs isn't in this browser.",
    nextStep: "Restore your back-up, or do the step before this one again.",
  },
  "rights-inconsistent": {
    title: "Someone could read the private side but not the shared one.",
    nextStep: "Let them read the shared side too.",
  },
  // cli
  usage: { title: "Something that was entered can't be used.", nextStep: "Correct what is named below." },
  "config-invalid": {
    title: "The settings of this page aren't in order.",
    nextStep: "Tell whoever runs this page.",
  },
  "home-missing": {
    title: "There is nothing stored here yet.",
    nextStep: "Start with your first record, or restore a back-up.",
  },
  "home-invalid": { title: "What is stored in this browser is damaged.", nextStep: "Restore your back-up." },
  "home-newer": {
    title: "What is stored here was made by a newer version.",
    nextStep: "Reload the page to get the newest version.",
  },
  "home-locked": {
    title: "Diptych is at work in another window.",
    nextStep: "Finish there, or close that window.",
  },
  "home-unwritable": {
    title: "This browser can't store anything.",
    nextStep: "Free some space, or leave the private window.",
  },
  "home-mismatch": {
    title: "The ledgers are not those that your keys belong to.",
    nextStep: "Reload the page. If it stays so, tell whoever runs this service.",
  },
  "passphrase-missing": { title: "A passphrase is needed.", nextStep: "Type your passphrase." },
  "passphrase-wrong": {
    title: "This passphrase doesn't open your keys.",
    nextStep: "Type it again. Mind capital letters.",
  },
  "start-failed": { title: "Something couldn't start.", nextStep: again },
  ...pageErrors,
};
