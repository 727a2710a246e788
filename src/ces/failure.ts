import { DiptychError } from "../core/errors.ts";

/** The one error for every way in which an extraction can fail to verify: it tells a forger nothing about which check failed. */
export function verificationFailed(): DiptychError {
  return new DiptychError(
    "ces-verification-failed",
    "This extraction doesn't verify: it isn't what the doctor signed. Don't use it; ask its sender for another.",
  );
}
