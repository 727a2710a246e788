/** One error, code and message, for all the ways in which a scheme of this folder can fail: it tells an attacker nothing. */
import { DiptychError } from "../core/errors.ts";

export function openFailed(): DiptychError {
  return new DiptychError(
    "seal-open-failed",
    "This sealed message does not open: the key is another one, or the message or what it is bound to was changed.",
  );
}

export function shareInvalid(): DiptychError {
  return new DiptychError(
    "share-invalid",
    "This share of an index key is not what its dealing says: ask the patient to deal the key set anew.",
  );
}

export function proofInvalid(): DiptychError {
  return new DiptychError(
    "proof-invalid",
    "This proof does not hold: refuse what it came with, and ask another gate or the patient.",
  );
}
