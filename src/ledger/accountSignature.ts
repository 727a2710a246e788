/**
 * Who counts as having signed in an account's name: the account's own key, or, where a contract is the account (a Safe, say), that
 * contract by its own word (ERC-1271). The ledgers judge mandates alike, but for accounts with an EIP-7702 delegation: there only
 * what the account answers counts, here its key does too.
 */
import { dataSlice, Interface, isHexString, TypedDataEncoder } from "ethers";
import { hex, unhex } from "../core/bytes.ts";
import { DiptychError, isDiptychError } from "../core/errors.ts";
import type { Address, Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";
import {
  type IndexGrant,
  indexMessage,
  invalidSignature,
  type MessageKind,
  recoverSigner,
} from "./typedData.ts";

/** Bytes of the longest signature that is taken: fifteen keys' of a Safe. */
const longestSignature = 1024;
/** Gas that a contract gets to judge a signature; a Safe of ten keys takes about a tenth of it. */
const judgingGas = 1_000_000n;

const erc1271 = new Interface([
  "function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)",
]);
const validAnswer = `0x1626ba7e${"00".repeat(28)}`;

/**
 * Demands that `account` signed `value`. What a contract says is read at `block` (the newest if left out; asked
 * for only where it matters if it is a function): it may say otherwise later, when its keys have changed.
 *
 * @throws DiptychError `signature-invalid`, also for a contract that fails, answers anything else or takes more than 1,000,000
 * gas; `chain-unreachable` when it can't be asked
 */
export async function checkAccountSigner<Value extends object>(
  kind: MessageKind<Value>,
  chain: Chain,
  value: Value,
  signature: string,
  account: Address,
  block?: number | (() => Promise<number>),
): Promise<void> {
  if (!isHexString(signature) || signature.length > 2 + 2 * longestSignature) throw invalidSignature(account);
  if (isSignedByKey(kind, chain, value, signature, account)) return;
  const data = erc1271.encodeFunctionData("isValidSignature", [
    TypedDataEncoder.hash(kind.domain(chain), kind.types, value),
    signature,
  ]);
  const at = typeof block === "function" ? await block() : block;
  const call = { to: account, data, gasLimit: judgingGas, ...(at === undefined ? {} : { blockTag: at }) };
  let answer: string;
  try {
    answer = await chain.provider.call(call);
  } catch (error) {
    const failure = chainError(error, "judge a signature");
    throw failure.code === "chain-unreachable" ? failure : invalidSignature(account);
  }
  // No answer at all is that of an account without code.
  if (answer.length < validAnswer.length || dataSlice(answer, 0, 32) !== validAnswer)
    throw invalidSignature(account);
}

function isSignedByKey<Value extends object>(
  kind: MessageKind<Value>,
  chain: Chain,
  value: Value,
  signature: string,
  account: Address,
): boolean {
  try {
    return recoverSigner(kind, chain, value, signature).toLowerCase() === account.toLowerCase();
  } catch (error) {
    if (isDiptychError(error, "signature-invalid")) return false;
    throw error;
  }
}

/** Bytes that an index has for d_Index. */
const wordSize = 65;

/**
 * d_Index as it stands in an index: 65 bytes. A contract that has approved the message on chain needs no signature (its
 * signature is empty): then all are zero.
 *
 * @throws DiptychError `signature-refused` for a signature of another length
 */
export function encodeIndexWord(signature: string): Uint8Array {
  const bytes = unhex(signature);
  if (bytes.length === wordSize) return bytes;
  if (bytes.length === 0) return new Uint8Array(wordSize);
  throw new DiptychError(
    "signature-refused",
    `An index has room for a signature of ${wordSize} bytes, this account's has ${bytes.length}: ` +
      "have the account approve the message on chain, so that it needs none, and try again.",
  );
}

/**
 * Demands that `owner` gave this word (d_Index), as an index has it in 65 bytes: see `encodeIndexWord` and `checkAccountSigner`.
 *
 * @throws DiptychError `signature-invalid`, `chain-unreachable`
 */
export function checkIndexWord(
  chain: Chain,
  grant: IndexGrant,
  word: Uint8Array,
  owner: Address,
  block?: number,
): Promise<void> {
  const signature = word.every((byte) => byte === 0) ? "0x" : hex(word);
  return checkAccountSigner(indexMessage, chain, grant, signature, owner, block);
}
