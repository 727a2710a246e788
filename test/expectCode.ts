import { expect } from "chai";
import { DiptychError, type ErrorCode } from "../src/core/errors.ts";

/** Runs `act` and demands that it fails with a DiptychError of that code; returns the error for further looks. */
export async function expectCode(code: ErrorCode, act: () => unknown): Promise<DiptychError> {
  let outcome: unknown;
  try {
    outcome = await act();
  } catch (error) {
    if (!(error instanceof DiptychError)) throw error;
    expect(error.code, error.message).to.equal(code);
    return error;
  }
  throw new Error(`expected ${code}, but it succeeded with ${typeof outcome}`);
}
