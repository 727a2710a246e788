/**
 * The one error class of Diptych. A `code` is stable and part of the API (docs/errors.md lists all of them with what to
 * do); the message says what happened and what to do next; `cause` keeps what lay beneath. All ways in which one scheme
 * can fail to decrypt or verify carry one code and one message, so that an error tells an attacker nothing.
 */
export type ErrorCode =
  // core
  | "bytes-invalid" // bytes or hex that aren't what the caller promised
  | "encoding-invalid" // a message that isn't the canonical form of its format
  | "argument-invalid" // a caller's mistake: the message names the argument
  // policy
  | "policy-syntax" // the policy text doesn't parse; the message shows where
  | "policy-limit" // more leaves, depth or bytes than allowed
  | "attribute-invalid" // an attribute that isn't label:value or is too long, or two values of one numeric label
  | "purpose-unknown" // not a code of HL7's PurposeOfUse
  // abe
  | "abe-not-satisfied" // the attributes of the key don't satisfy the (public) policy
  | "abe-decapsulation-failed" // every other reason why a capsule doesn't open
  | "abe-key-invalid" // a key that doesn't fit the public key, or isn't a key
  | "worker-failed" // a worker stopped or could not start
  // ces
  | "ces-verification-failed" // signature, commitment or proof doesn't verify
  | "ces-subset-forbidden" // the content extraction access structure forbids this subset
  | "ces-header-invalid" // a header that breaks its own rules
  | "ces-key-invalid" // not a signing or verification key of a known suite, or too weak
  // seal
  | "seal-open-failed" // an AEAD or HPKE message that doesn't open
  | "share-invalid" // a share of an index key that doesn't match its commitments
  | "proof-invalid" // a proof of knowledge or of equal logarithms that doesn't hold
  | "receipt-invalid" // a gate's receipt that is malformed, another gate's, or not under the root it should be
  | "threshold-not-met" // fewer than t gates gave a valid partial; the message names the others
  // record
  | "record-not-json" // the file isn't JSON, or has a byte order mark, or isn't UTF-8
  | "record-too-large" // the file is larger than Diptych takes
  | "record-unknown-schema" // neither a FHIR R4 Bundle nor an emr9 object
  | "record-keys" // unknown, missing or duplicate keys
  | "record-one-sided" // one side would be empty
  | "record-part-count" // not between 1 and 65,535 parts
  | "record-label-invalid" // a part's label with control characters or too long
  | "record-move-forbidden" // a move that the schema or the CEAS doesn't allow
  | "record-side-table" // the table of default sides is malformed
  | "certificate-invalid" // a doctor's certificate that doesn't chain, is expired or revoked
  | "info1-invalid" // Info1 that doesn't open or doesn't hold what it should
  | "hand-over-invalid" // a record handed over by its owner that can't be read or isn't what it should be
  | "amendment-invalid" // a request for an amendment, or an amendment, that breaks the rules; the message says which
  | "amendment-stale" // it amends another revision than the one that stands
  | "keyring-invalid" // a keyring that doesn't open or doesn't belong to this ledger record
  // cloud
  | "block-mismatch" // bytes that don't match their CID
  | "block-missing" // a block that the store should have and doesn't
  | "block-unexpected" // a block nobody asked for, or too many bytes
  | "manifest-invalid" // a manifest that isn't canonical
  | "store-failed" // the block store can't read or write
  // ledger
  | "chain-unreachable" // no answer from the chain's node
  | "chain-mismatch" // the node is on another chain than configured
  | "contract-missing" // no such contract at the address
  | "transaction-reverted" // the contract refused; the message names its error
  | "record-unknown" // the ledger has no such ledger record
  | "not-owner" // only the owner of the ledger record may do this
  | "signature-refused" // the wallet, or the person behind it, did not sign
  | "version-moved" // the ledger record has moved on to another version
  // services
  | "service-unreachable" // no answer in time
  | "service-refused" // the service refused; the message gives its reason
  | "service-answer-invalid" // an answer that isn't what the protocol says
  | "not-releasable" // the ledger has given no grant for this request
  | "grant-ended" // a grant was given and is over: expired, closed, blocked, ...; the message says which
  | "node-behind" // the service's own chain node lags behind or isn't final yet: try again
  | "finality-unknown" // the service's chain knows no finalized block: it needs a number of confirmations
  | "service-busy" // the service has too much to do at once, or is stopping: try again, or ask another
  | "rate-limited" // too many requests
  | "relay-refused" // the ledger would refuse what a relayer is to carry: signature, nonce or deadline; sign it anew
  | "relay-unaffordable" // the relayer can't pay now: too little money, or gas costs more than it pays
  | "signature-invalid" // a signed request whose signature doesn't hold
  | "anchor-mismatch" // what the authority says isn't what is anchored on the chains
  | "application-unknown" // no such application or not decided
  | "not-officer" // only an officer of the authority may do this
  | "session-ended" // an officer's session is over: open the desk again
  | "letterbox-full" // the gateway has no room for this letter
  | "letter-unknown" // no such letter in this letterbox
  // roles
  | "change-unfinished" // an earlier change of this record has to be finished, or a closed view reopened, first
  | "record-stored" // the record has been published already: change it instead
  | "key-missing" // the key store lacks a key that this needs
  | "rights-inconsistent" // the full view's policy must imply the shared view's
  // cli
  | "usage" // the command line is off
  | "config-invalid" // a configuration file that isn't what its schema says; the message names the place
  | "home-missing" // no home folder, or none with a configuration
  | "home-invalid" // not a home folder, or a damaged one
  | "home-newer" // a home folder of a newer version
  | "home-locked" // another process works on the same thing
  | "home-unwritable" // the home folder can't be written: rights, read-only, disk full
  | "home-mismatch" // the chains are not those that the home is bound to
  | "passphrase-missing" // no passphrase given and no terminal to ask at
  | "passphrase-wrong" // the passphrase doesn't open the keys
  | "start-failed"; // a process of a local world could not start, or ended

/** Thrown by everything in Diptych that fails for a reason outside its caller's program. */
export class DiptychError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "DiptychError";
    this.code = code;
  }
}

/** Whether `error` is a DiptychError, with `code` if one is given. */
export function isDiptychError(error: unknown, code?: ErrorCode): error is DiptychError {
  return error instanceof DiptychError && (code === undefined || error.code === code);
}
