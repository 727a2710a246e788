/** The people of all attacks that need chains, on the Diptych that all tests share. */
import type { JsonRpcProvider, Signer } from "ethers";
import { Wallet } from "ethers";
import type { World } from "../../src/cli/world.ts";
import { randomBytes, utf8 } from "../../src/core/bytes.ts";
import type { Side } from "../../src/ledger/chain.ts";
import type { PublishCall } from "../../src/ledger/index.ts";
import { sampleRecord, splitRecord } from "../../src/record/index.ts";
import { Doctor } from "../../src/roles/doctor.ts";
import type { Draft } from "../../src/roles/drafting.ts";
import { memoryKeyStore } from "../../src/roles/keyStore.ts";
import { OwnerKeys } from "../../src/roles/ownerKeys.ts";
import type { ViewName } from "../../src/roles/ownRecord.ts";
import { Patient } from "../../src/roles/patient.ts";
import type { Rights } from "../../src/roles/redefinition.ts";
import { Requester } from "../../src/roles/requester.ts";
import { world as sharedWorld } from "../world.ts";

export const rights: Rights = {
  full: "(role:doctor and org:yzu-hospital) or role:government",
  shared: "(role:doctor and org:yzu-hospital) or role:government or role:researcher",
};
export const sharedSide = [2, 3, 4, 5, 6, 7];
export const sample = splitRecord(utf8(sampleRecord));
export const sides = ["storage", "shared"] as const;

/** A patient, and the secrets that only they have: for looking whether they leak. */
export type Owner = { patient: Patient; keys: OwnerKeys; addresses: Record<Side, string> };

export type Stage = {
  world: World;
  doctor: Doctor;
  alice: Owner;
  /** A patient like any other, who is up to no good. */
  mallory: Owner;
  requesters: { physician: Requester; researcher: Requester; stranger: Requester };
};

/** A record on both ledgers. */
export type Stored = {
  emrId: Uint8Array;
  ids: Record<Side, string>;
  draft: Draft;
  calls: Map<ViewName, PublishCall>;
};

let starting: Promise<Stage> | undefined;

export function stage(): Promise<Stage> {
  starting ??= start();
  return starting;
}

async function start(): Promise<Stage> {
  const world = await sharedWorld();
  const doctor = await Doctor.open({
    subject: { commonName: "Synthetic Doctor", organization: "Synthetic Hospital" },
    keyStore: memoryKeyStore(),
    authority: world.authorityUrl,
  });
  const enrolment = await doctor.enrol("staff card (synthetic)");
  await world.authority.certify(enrolment);
  await doctor.collectCertificate(enrolment);
  const requesters = {
    physician: await makeRequester(world, ["role:doctor", "org:yzu-hospital"]),
    researcher: await makeRequester(world, ["role:researcher"]),
    stranger: await makeRequester(world, []),
  };
  return { world, doctor, alice: await makeOwner(world), mallory: await makeOwner(world), requesters };
}

/**
 * A patient with an account on each chain (or one `account` on both), money for gas, and gates that hold the index keys, 2 of
 * them for an opening.
 */
export async function makeOwner(world: World, account?: Signer): Promise<Owner> {
  const keyStore = memoryKeyStore();
  const seed = randomBytes(32);
  await keyStore.set("patient/seed", seed);
  const { chains, authorityUrl: authority, gatewayUrl: gateway } = world;
  const accounts = account === undefined ? {} : { storage: account, shared: account };
  const patient = await Patient.open({ keyStore, chains, authority, gateway, accounts, confirmations: 0 });
  const addresses = { storage: await patient.address("storage"), shared: await patient.address("shared") };
  for (const side of sides) await world.fund(addresses[side]);
  await Promise.all(sides.map((side) => patient.gates.set(side, { gates: world.gates[side], threshold: 2 })));
  return { patient, keys: await OwnerKeys.derive(seed), addresses };
}

/** A requester with these attributes attested on both chains, and an attribute key. */
export async function makeRequester(
  world: World,
  attributes: string[],
  account: Signer = Wallet.createRandom(),
): Promise<Requester> {
  const { chains, authorityUrl: authority, gatewayUrl: gateway } = world;
  const requester = await Requester.open({ keyStore: memoryKeyStore(), chains, account, authority, gateway });
  await world.fund(requester.address);
  if (attributes.length > 0) {
    const application = await requester.apply(attributes, "synthetic evidence");
    await world.authority.approve(application);
  }
  await requester.collectKey();
  return requester;
}

/** The doctor issues the sample record to `owner`, who stores it. */
export async function storeSample({ doctor }: Stage, { patient }: Owner, policies = rights): Promise<Stored> {
  const invitation = patient.invite();
  const emrId = await patient.accept(await doctor.issue(sample, invitation), invitation);
  const draft = await patient.encrypt(emrId, sharedSide, policies);
  await patient.upload(draft);
  const calls = await patient.index(draft);
  await patient.publish(draft, calls);
  return { emrId, ids: (await patient.show(emrId)).ledgerRecordIds, draft, calls };
}

let sampling: Promise<Stored> | undefined;

/** One record of alice's for all attacks that leave it as it is. */
export function aliceSample(): Promise<Stored> {
  sampling ??= stage().then((here) => storeSample(here, here.alice));
  return sampling;
}

/** A local chain's own account of that number, for which its node signs; 2 administers the registries. */
export async function nodeAccount(world: World, side: Side, number: number): Promise<Signer> {
  return (world.chains[side].provider as JsonRpcProvider).getSigner(number);
}
