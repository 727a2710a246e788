/**
 * Receipts: what a gate signs about each release, and the Merkle roots of batches of them that gates anchor on their chain. A
 * receipt proves a release; its absence proves nothing: anchoring is best effort, and a gate that is killed may lose a batch.
 */
import { type BaseWallet, type Contract, recoverAddress, type Signer, TypedDataEncoder } from "ethers";
import { concat, hex, unhex, utf8 } from "../core/bytes.ts";
import { Writer } from "../core/encoding.ts";
import { DiptychError } from "../core/errors.ts";
import { keccak256 } from "../core/hash.ts";
import { keyRegistryAbi } from "./abi/keyRegistry.ts";
import type { Address, Chain, ChainAddresses } from "./chain.ts";
import { contractAt, type Mined, read, transact } from "./transactions.ts";
import { type ReceiptFields, receiptMessage } from "./typedData.ts";

/** A gate's word that it released an index: for which request, of which version, when. `signature`: 65 bytes, hex. */
export type Receipt = ReceiptFields & { gate: Address; signature: string };

/** The Merkle tree of a batch, as OpenZeppelin's MerkleProof reads it. */
export type ReceiptTree = {
  root: string;
  /** Different receipts in it. */
  count: number;
  /** The siblings from the i-th of the leaves given up to the root. */
  proofOf: (i: number) => string[];
};

const word = /^0x[0-9a-f]{64}$/i;

// By hand and with what never changes made once, as gates sign hundreds of receipts a second.
const typeHash = keccak256(utf8(TypedDataEncoder.from(receiptMessage.types).encodeType("Receipt")));
const domainHashes = new WeakMap<ChainAddresses, Uint8Array>();
const eip712Prefix = Uint8Array.of(0x19, 0x01);

/** The EIP-712 digest that a gate signs. */
function receiptDigest(chain: ChainAddresses, fields: ReceiptFields): Uint8Array {
  let domainHash = domainHashes.get(chain);
  if (domainHash === undefined) {
    domainHash = unhex(TypedDataEncoder.hashDomain(receiptMessage.domain(chain)));
    domainHashes.set(chain, domainHash);
  }
  const { requestId, ledgerRecordId, version, time } = fields;
  if (!word.test(requestId) || !word.test(ledgerRecordId))
    throw new DiptychError("argument-invalid", "A receipt's ids are 32 bytes each, as 0x and 64 hex digits.");
  const struct = new Writer().fixed(typeHash).fixed(unhex(requestId)).fixed(unhex(ledgerRecordId));
  const structHash = keccak256(struct.u256(version).u256(time).finish());
  return keccak256(concat(eip712Prefix, domainHash, structHash));
}

/** Signs a receipt with the gate's account; RFC 6979, so the same receipt has the same signature. */
export async function signReceipt(
  gate: BaseWallet,
  chain: ChainAddresses,
  fields: ReceiptFields,
): Promise<Receipt> {
  const { requestId, ledgerRecordId, version, time } = fields;
  const signature = gate.signingKey.sign(receiptDigest(chain, fields)).serialized;
  return { requestId, ledgerRecordId, version, time, gate: gate.address, signature };
}

/** Demands that the receipt is well-formed and its gate's own, on this chain; throws `receipt-invalid`. */
export function checkReceipt(chain: ChainAddresses, receipt: Receipt): void {
  const { requestId, ledgerRecordId, version, time, gate, signature } = receipt;
  const wellFormed =
    [requestId, ledgerRecordId].every((id) => word.test(id)) &&
    [version, time].every((number) => Number.isSafeInteger(number) && number > 0) &&
    // Receipts come from gates as JSON: what a type promises needn't be so.
    /^0x[0-9a-f]{40}$/i.test(gate) &&
    /^0x[0-9a-f]{130}$/i.test(signature);
  if (!wellFormed) throw notAReceipt("it is malformed");
  let signer: Address;
  try {
    signer = recoverAddress(receiptDigest(chain, receipt), signature);
  } catch (cause) {
    throw notAReceipt("its signature is malformed", cause);
  }
  if (signer.toLowerCase() !== gate.toLowerCase()) throw notAReceipt(`gate ${gate} did not sign it`);
}

/** The receipt's leaf in its batch: keccak-256 of its EIP-712 digest. An inner node hashes 64 bytes, so neither is the other. */
export function receiptLeaf(chain: ChainAddresses, receipt: ReceiptFields): string {
  return hex(keccak256(receiptDigest(chain, receipt)));
}

/**
 * The tree over a batch, for `anchorReceipts`. A leaf given twice (one request released twice within a second) stands in it once.
 *
 * @throws DiptychError `argument-invalid` for no leaves, or a leaf that isn't 32 bytes of hex
 */
export function receiptTree(leaves: readonly string[]): ReceiptTree {
  if (leaves.length === 0 || !leaves.every((leaf) => word.test(leaf)))
    throw new DiptychError("argument-invalid", "A batch has one leaf or more, of 32 bytes each.");
  const places = new Map<string, number>();
  for (const leaf of leaves) {
    const key = leaf.toLowerCase();
    if (!places.has(key)) places.set(key, places.size);
  }
  const levels = [[...places.keys()]];
  for (let level = levels[0]!; level.length > 1; levels.push(level)) level = pairUp(level);
  return {
    root: levels.at(-1)![0]!,
    count: places.size,
    proofOf(i) {
      const leaf = leaves[i];
      if (leaf === undefined) throw new DiptychError("argument-invalid", `The batch has no leaf ${i}.`);
      let place = places.get(leaf.toLowerCase())!;
      return levels.flatMap((level) => {
        const sibling = level[place ^ 1];
        place >>= 1;
        return sibling === undefined ? [] : [sibling];
      });
    },
  };
}

/** The next level: pairs hashed, a node without a sibling as it is. */
function pairUp(level: readonly string[]): string[] {
  const above: string[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i]!, level[i + 1]];
    above.push(right === undefined ? left : hashPair(left, right));
  }
  return above;
}

/** The smaller one first: then a proof needs no word on which side its nodes stand. */
function hashPair(a: string, b: string): string {
  const [first, second] = a < b ? [a, b] : [b, a];
  return hex(keccak256(concat(unhex(first), unhex(second))));
}

/** Demands that the receipt is its gate's own and lies under this root, whether anchored or not; throws `receipt-invalid`. */
export function checkReceiptProof(
  chain: ChainAddresses,
  receipt: Receipt,
  root: string,
  proof: readonly string[],
): void {
  checkReceipt(chain, receipt);
  if (!Array.isArray(proof) || ![root, ...proof].every((node) => typeof node === "string" && word.test(node)))
    throw notAReceipt("its Merkle proof is malformed");
  const found = proof.reduce(
    (node, sibling) => hashPair(node, sibling.toLowerCase()),
    receiptLeaf(chain, receipt),
  );
  if (found !== root.toLowerCase()) throw notAReceipt(`it does not lie under the root ${root}`);
}

function notAReceipt(reason: string, cause?: unknown): DiptychError {
  const message = `The receipt proves nothing: ${reason}. Ask its gate for it again.`;
  return new DiptychError("receipt-invalid", message, { cause });
}

function registryOf(chain: Chain): Contract {
  return contractAt(chain, chain.keyRegistry, keyRegistryAbi);
}

/** Anchors a batch of a registered gate's receipts, each root once. */
export function anchorReceipts(chain: Chain, gate: Signer, root: string, count: number): Promise<Mined> {
  return transact(registryOf(chain), gate, "anchorReceipts", [root, count], "anchor the receipts");
}

/** When a gate anchored a root, in Unix seconds of the block; undefined if it didn't. */
export async function anchoredAt(
  chain: Chain,
  gate: Address,
  root: string,
  block?: number,
): Promise<number | undefined> {
  const args = [gate, root];
  const time = await read<bigint>(registryOf(chain), "receiptsAnchoredAt", args, "tell when", block);
  return time === 0n ? undefined : Number(time);
}

/** Whether the receipt is its gate's own, and the chain says that this gate anchored it under this root; throws `receipt-invalid`. */
export async function isAnchored(
  chain: Chain,
  receipt: Receipt,
  root: string,
  proof: readonly string[],
  block?: number,
): Promise<boolean> {
  checkReceipt(chain, receipt);
  const { requestId, ledgerRecordId, version, time } = receipt;
  const args = [receipt.gate, root, { requestId, ledgerRecordId, version, time }, proof];
  return read<boolean>(registryOf(chain), "receiptAnchored", args, "look the receipt up", block);
}
