/**
 * View functions that every release calls, read without ethers' general way through the ABI: that costs a gate more than
 * all the rest of asking, and grows with each gate of a key set.
 */
import { getAddress, JsonRpcApiProvider, toQuantity } from "ethers";
import { hex, unhex, utf8Decode } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import type { Address, Chain } from "./chain.ts";
import { chainError } from "./reverts.ts";

const wordSize = 32;

/**
 * Calls the view function of these first four bytes (`0x` and 8 hex digits) with one word, at `block` or now, and gives what
 * `decode` makes of the answer; `act` completes "refused to …".
 *
 * @throws DiptychError `argument-invalid` for a word that isn't 32 bytes or an address of 20; what the contract refused with;
 * `transaction-reverted` also for an answer of another form; `chain-unreachable`
 */
export async function callView<T>(
  chain: Chain,
  {
    to,
    selector,
    word,
    act,
    block,
  }: { to: Address; selector: string; word: string; act: string; block?: number | undefined },
  decode: (answer: AbiHead) => T,
): Promise<T> {
  if (!/^0x([0-9a-f]{64}|[0-9a-f]{40})$/i.test(word))
    throw new DiptychError(
      "argument-invalid",
      `To ${act} takes 32 bytes or an address, as 0x and hex digits.`,
    );
  const answer = await ask(chain, to, selector + word.slice(2).padStart(2 * wordSize, "0"), act, block);
  try {
    return decode(new AbiHead(unhex(answer)));
  } catch (cause) {
    throw new DiptychError(
      "transaction-reverted",
      `The contract was asked to ${act}, and its answer has another form: is this a Diptych contract of this version?`,
      { cause },
    );
  }
}

async function ask(
  { provider }: Chain,
  to: Address,
  data: string,
  act: string,
  block?: number,
): Promise<string> {
  try {
    if (provider instanceof JsonRpcApiProvider) {
      const at = block === undefined ? "latest" : toQuantity(block);
      return String(await provider.send("eth_call", [{ to, data }, at]));
    }
    return await provider.call(block === undefined ? { to, data } : { to, data, blockTag: block });
  } catch (error) {
    throw chainError(error, act);
  }
}

/** The head of a tuple or list in an answer, in words of 32 bytes; whatever lies outside of the answer is refused. */
export class AbiHead {
  private readonly bytes: Uint8Array;
  private readonly start: number;

  constructor(bytes: Uint8Array, start = 0) {
    this.bytes = bytes;
    this.start = start;
  }

  /** The i-th word as `0x` and hex. */
  hex32(i: number): string {
    return hex(this.word(i));
  }

  /** The i-th word as a number. */
  number(i: number): number {
    const word = this.word(i);
    let value = 0;
    for (const [at, byte] of word.entries()) {
      if (at < wordSize - 8 && byte !== 0) throw new Error("a number is too large");
      value = 256 * value + byte;
    }
    if (!Number.isSafeInteger(value)) throw new Error("a number is too large");
    return value;
  }

  /** The number that is all of the answer. */
  onlyNumber(): number {
    if (this.bytes.length !== wordSize) throw new Error("the answer is not one word");
    return this.number(0);
  }

  /** The i-th word as an address, in mixed case as EIP-55 has it. */
  address(i: number): Address {
    const word = this.word(i);
    if (word.subarray(0, 12).some((byte) => byte !== 0)) throw new Error("an address is too long");
    return checksummed(hex(word.subarray(12)));
  }

  /** The i-th word as a yes or no. */
  boolean(i: number): boolean {
    const value = this.number(i);
    if (value > 1) throw new Error("a yes or no is neither");
    return value === 1;
  }

  /** The tuple at which the i-th word points. */
  tuple(i: number): AbiHead {
    return new AbiHead(this.bytes, this.start + this.number(i));
  }

  /** The byte string at which the i-th word points. */
  bytesAt(i: number): Uint8Array {
    const body = this.tuple(i);
    const length = body.number(0);
    const found = body.bytes.slice(body.start + wordSize, body.start + wordSize + length);
    if (found.length !== length) throw new Error("a byte string ends too soon");
    return found;
  }

  /** The text at which the i-th word points. */
  text(i: number): string {
    return utf8Decode(this.bytesAt(i));
  }

  /** The list at which the i-th word points, each item as `read` takes it from the list's head. */
  list<T>(i: number, read: (head: AbiHead, at: number) => T): T[] {
    const body = this.tuple(i);
    const length = body.number(0);
    const head = new AbiHead(body.bytes, body.start + wordSize);
    if (length > this.bytes.length / wordSize) throw new Error("a list is too long");
    return Array.from({ length }, (_, at) => read(head, at));
  }

  private word(i: number): Uint8Array {
    const from = this.start + wordSize * i;
    const word = this.bytes.subarray(from, from + wordSize);
    if (word.length !== wordSize) throw new Error("the answer ends too soon");
    return word;
  }
}

/** Addresses that were met last, in mixed case: each costs a hash. */
const known = new Map<string, Address>();
const mostKnown = 1024;

function checksummed(lower: string): Address {
  let address = known.get(lower);
  if (address === undefined) {
    address = getAddress(lower);
    if (known.size === mostKnown) known.delete(known.keys().next().value!);
    known.set(lower, address);
  }
  return address;
}
