/** What each act costs: the common calls, with a five-attribute policy and an index of 300 bytes. */
import { concat, toBeHex, Wallet } from "ethers";
import {
  allOf,
  attribute,
  type Publishing,
  point,
  program,
  type World,
} from "../../test/contracts/fixture.ts";

/** The attributes of the policy that everything is measured with. */
export const five = ["role:doctor", "org:yzu-hospital", "dept:cardiology", "grade:senior", "country:cn"];

const thirtyTwo = Array.from({ length: 32 }, (_, i) => `project:${i}`);

/** Sizes of what `deal` takes: a sealed share is HPKE's 65 bytes, 32 of share, 16 of tag, and 64 of its dealer's proof. */
export const sealedShare = `0x${"5a".repeat(177)}`;
const dealt = [
  [1, 1],
  [2, 3],
  [5, 9],
  [11, 21],
  [16, 31],
] as const;

export type Sent = Promise<{ wait(): Promise<{ gasUsed: bigint; status: number | null } | null> }>;

/** The gas that a transaction used; fails if it was reverted. */
export async function gasOf(sent: Sent): Promise<number> {
  const receipt = await (await sent).wait();
  if (receipt?.status !== 1) throw new Error("A transaction that should be measured was reverted.");
  return Number(receipt.gasUsed);
}

/** Measures each act once, after what a chain's very first act pays for. */
export async function measureActs(world: World): Promise<Map<string, number>> {
  const { attributes, authority, keys, ledger, owner, requester, stranger, relayer, gates } = world;
  const { attest, ask, firstVersion, nextVersion, publish, publishFor, republish, republishFor } = world;
  const measured = new Map<string, number>();
  const note = async (name: string, sent: Sent) => void measured.set(name, await gasOf(sent));
  const act = (method: string, by = owner) => ledger.connect(by).getFunction(method);

  for (let i = 3; i < 31; i++)
    await note("gateRegistered", world.registerGate(new Wallet(toBeHex(i, 32)), point(i)));
  const accounts = [...(await keys.gateAccounts())];
  const deal = (threshold: number, n: number, key: number, generation = 1) =>
    keys.connect(owner).getFunction("deal")(
      point(key),
      generation,
      threshold,
      accounts.slice(0, n),
      concat(Array.from({ length: threshold }, (_, i) => point(key + i))),
      accounts.slice(0, n).map(() => sealedShare),
    );
  for (const [threshold, n] of dealt) await note(`deal@${threshold}of${n}`, deal(threshold, n, 1000 * n));
  await note("dealAgain@2of3", deal(2, 3, 3000, 2));
  const keySet = await world.dealKeySet(owner);
  const gate = (method: string, at = 0) => keys.connect(gates[at]!).getFunction(method);
  await note("complain", gate("complain")(keySet, 1, `0x${"c0".repeat(300)}`));
  await note("complainSecond", gate("complain", 1)(keySet, 1, `0x${"c0".repeat(300)}`));
  const batch = await gasOf(gate("anchorReceipts")(toBeHex(1, 32), 256));
  measured.set("anchorReceipts", batch);
  measured.set("receipt@256", Math.ceil(batch / 256));

  const index = (seed: number) => `0x${toBeHex(seed, 1).slice(2).repeat(300)}`;
  const policy = five.join(" and ");
  const record = (salt: number, changes: Partial<Publishing> = {}) =>
    firstVersion({
      salt: toBeHex(salt, 32),
      program: allOf(...five),
      index: index(0xab),
      policy,
      ...changes,
    });
  await note("publishFirstOfOwner", publish(record(1)));
  const first = record(2);
  await note("publish", publish(first));
  const relayed = record(3);
  await note("publishRelayed", publishFor(relayed, await world.mandateFor(relayed)));

  await attest(requester, five);
  const granted = await ask(first.ledgerRecordId, requester);
  measured.set("request@5", Number(granted.gasUsed));
  measured.set("requestDenied", Number((await ask(first.ledgerRecordId, stranger)).gasUsed));
  await note("revoke", act("revokeGrant")(granted.requestId));
  const again = await ask(first.ledgerRecordId, requester);
  const { requestId } = again;
  await note(
    "revokeRelayed",
    act("revokeGrantFor", relayer)(await world.mandate("RevokeGrant", { requestId }), requestId),
  );
  await note("block", act("setBlocked")(first.ledgerRecordId, stranger.address, true));
  await note("unblock", act("setBlocked")(first.ledgerRecordId, stranger.address, false));

  const second = nextVersion(first, { index: index(0xcd) });
  await note("redefineSamePolicy", republish(second));
  const third = nextVersion(second, { epoch: 2n, program: allOf(...five.toReversed()), index: index(0xef) });
  await note("redefine", publish(third));
  const fourth = nextVersion(third, { index: index(0x12) });
  await note("republishFor", republishFor(fourth, await world.mandateFor(fourth)));
  await ask(first.ledgerRecordId, requester);
  measured.set("requestAfterRepublish@5", Number((await ask(first.ledgerRecordId, requester)).gasUsed));

  await note("close", act("close")(first.ledgerRecordId));
  const { ledgerRecordId } = relayed;
  const closing = await world.mandate("Close", { ledgerRecordId, epoch: 1n });
  await note("closeRelayed", act("closeFor", relayer)(closing, ledgerRecordId, 1n));
  await note("transferOffer", act("offerTransfer")(ledgerRecordId, stranger.address));
  await note("transferAccept", act("acceptTransfer", stranger)(ledgerRecordId));

  const wide = firstVersion({
    salt: toBeHex(5, 32),
    program: program(
      thirtyTwo.map(attribute),
      concat([...thirtyTwo.map((_, i) => toBeHex(i, 1)), "0x402020"]),
    ),
  });
  await note("publish@32", publish(wide));
  await attest(requester, thirtyTwo);
  measured.set("request@32", Number((await ask(wide.ledgerRecordId, requester)).gasUsed));

  const expiry = (await world.now()) + 3600n;
  const register = attributes.connect(authority).getFunction("attest");
  const ten = [...five, "licence:icu", "ward:7", "project:heart", "country:de", "shift:night"];
  await note("attestOne", register(stranger.address, ["role:nurse"], expiry));
  const attested = await gasOf(register(relayer.address, ten, expiry));
  measured.set("attestTen", attested);
  measured.set("attestInTen", Math.ceil(attested / 10));
  await note("renewTen", register(relayer.address, ten, expiry + 1n));
  const numbers = ten.map((_, i) => ({ label: `n${i}`, unit: 1, value: i }));
  await note(
    "attestTenNumbers",
    attributes.connect(authority).getFunction("attestNumbers")(relayer.address, numbers, expiry),
  );
  await note(
    "revokeTenAttributes",
    attributes.connect(authority).getFunction("revoke")(relayer.address, ten),
  );
  return measured;
}
