/** What a relayer carries: a signed act of an owner, read strictly, and nothing else. */
import { Interface, type InterfaceAbi } from "ethers";
import { hex, utf8 } from "../core/bytes.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import { indexLedgerAbi } from "../ledger/abi/indexLedger.ts";
import type { Address } from "../ledger/chain.ts";

/** A call of the ledger that an owner signed. */
export type RelayedAct = {
  /** The ledger's function, such as `closeFor`. */
  method: string;
  owner: Address;
  /** Of the mandate: each is good for one act. */
  nonce: bigint;
  /** The last second at which the ledger takes it, since 1970. */
  deadline: bigint;
  /** The call, as sent: 0x and hex digits in small letters. */
  data: string;
  /** keccak-256 of the call's text: tells the same act from another under its nonce. */
  digest: string;
};

const face = new Interface(indexLedgerAbi as unknown as InterfaceAbi);

/** Functions of the ledger that take a mandate; each is good for its owner only. */
const relayable: readonly string[] = [
  "publishFor",
  "republishFor",
  "closeFor",
  "setBlockedFor",
  "revokeGrantFor",
  "offerTransferFor",
  "acceptTransferFor",
];

/**
 * Reads a call.
 *
 * @throws DiptychError `service-refused` for another function, or bytes that aren't the canonical encoding of one of these
 */
export function readAct(data: string): RelayedAct {
  const call = data.toLowerCase();
  const decoded = decode(call);
  if (decoded === undefined)
    throw new DiptychError(
      "service-refused",
      `A relayer carries an owner's signed acts to the ledger and nothing else: ${relayable.join(", ")}.`,
    );
  const { method, mandate } = decoded;
  const { owner, nonce, deadline } = mandate;
  return { method, owner, nonce, deadline, data: call, digest: hex(keccak256(utf8(call))) };
}

type Mandated = { owner: Address; nonce: bigint; deadline: bigint };

function decode(data: string): { method: string; mandate: Mandated } | undefined {
  try {
    const call = face.parseTransaction({ data });
    if (call === null || !relayable.includes(call.name)) return undefined;
    // What stands behind or between the arguments would be paid for, and make one act look like two.
    if (face.encodeFunctionData(call.fragment, call.args) !== data) return undefined;
    const [owner, nonce, deadline] = call.args[0] as [Address, bigint, bigint];
    return { method: call.name, mandate: { owner, nonce, deadline } };
  } catch {
    return undefined;
  }
}
