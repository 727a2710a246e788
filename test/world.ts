/**
 * One Diptych that runs on this machine for all test files that need chains and services: started at the first call,
 * ended after the last test. Accounts, records and gates are made anew by each test, so that none depends on another.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { JsonRpcProvider, type JsonRpcSigner, type Provider, toQuantity, Wallet } from "ethers";
import { startWorld, type World } from "../src/cli/world.ts";
import { hex, randomBytes, utf8 } from "../src/core/bytes.ts";
import { type Chain, type GovernedCall, type Side, Timelock } from "../src/ledger/index.ts";
import { type SplitRecord, sampleRecord, sharedPositions, splitRecord } from "../src/record/index.ts";
import { Doctor, type DoctorOptions } from "../src/roles/doctor.ts";
import { type KeyStore, memoryKeyStore } from "../src/roles/keyStore.ts";
import type { PatientOptions } from "../src/roles/owner.ts";
import { Patient } from "../src/roles/patient.ts";
import type { Rights } from "../src/roles/redefinition.ts";
import { Requester, type RequesterOptions } from "../src/roles/requester.ts";

export type { World };
export const sides: readonly Side[] = ["storage", "shared"];

let started: Promise<World> | undefined;

/** The shared world, its authority anchored on both chains. Its services believe the newest block, so nobody waits. */
export function world(): Promise<World> {
  started ??= startWorld({ confirmations: 0 }).then(async (made) => {
    for (const { provider } of Object.values(made.chains)) (provider as JsonRpcProvider).pollingInterval = 50;
    await made.authority.anchor();
    return made;
  });
  return started;
}

// Outside of any suite, so it runs once, when all files are through.
after(async function () {
  this.timeout(30_000);
  await (await started?.catch(() => undefined))?.close();
});

/** Where a role finds the chains and services of the shared world. */
export async function surroundings() {
  const { chains, authorityUrl: authority, gatewayUrl: gateway } = await world();
  return { chains, authority, gateway };
}

/** A node's own account of a chain, unlocked: 2 is the consortium, the others from 3 on are nobody's. */
export async function nodeAccount(chain: Chain, number: number): Promise<JsonRpcSigner> {
  if (chain.provider instanceof JsonRpcProvider) return chain.provider.getSigner(number);
  throw new Error("this chain is not reached by a URL");
}

/** Gives an account money for gas on both chains, without a transaction. */
export async function fund(address: string): Promise<void> {
  const { chains } = await world();
  const give = (chain: Chain) =>
    (chain.provider as JsonRpcProvider).send("hardhat_setBalance", [address, oneEther]);
  await Promise.all(Object.values(chains).map(give));
}
const oneEther = toQuantity(10n ** 18n);

/** A wallet with money for gas on both chains. */
export async function fundedWallet(): Promise<Wallet> {
  const wallet = new Wallet(random32());
  await fund(wallet.address);
  return wallet;
}

export type Owner = { patient: Patient; keyStore: KeyStore };

/** A patient with money, whose index keys are shared out to `gates` (the world's three unless said), any two of which open. */
export async function enrolPatient(
  options: { gates?: Partial<Record<Side, string[]>> } & Partial<PatientOptions> = {},
): Promise<Owner> {
  const { gates } = await world();
  const { gates: chosen, ...given } = options;
  const keyStore = given.keyStore ?? memoryKeyStore();
  const patient = await Patient.open({ ...(await surroundings()), confirmations: 0, ...given, keyStore });
  const enrol = async (side: Side) => {
    await fund(await patient.address(side));
    await patient.gates.set(side, { gates: chosen?.[side] ?? gates[side], threshold: 2 });
  };
  await Promise.all(sides.map(enrol));
  return { patient, keyStore };
}

/** A doctor with a certificate. */
export async function enrolDoctor(options: Partial<DoctorOptions> = {}): Promise<Doctor> {
  const { authority, authorityUrl, chains } = await world();
  const doctor = await Doctor.open({
    subject: { commonName: "Synthetic Doctor", organization: "Synthetic Hospital" },
    keyStore: memoryKeyStore(),
    authority: authorityUrl,
    chains: Object.values(chains),
    ...options,
  });
  const enrolment = await doctor.enrol("synthetic staff card");
  await authority.certify(enrolment);
  await doctor.collectCertificate(enrolment);
  return doctor;
}

let known: Promise<Doctor> | undefined;

/** The doctor of the shared world; making an RSA key takes a while. */
export function theDoctor(): Promise<Doctor> {
  known ??= enrolDoctor();
  return known;
}

/** A requester with money, to whom `attributes` are attested for a day (or until `expiry`), with a key for them. */
export async function enrolRequester(
  attributes: readonly string[],
  options: Partial<RequesterOptions> & { expiry?: number } = {},
): Promise<Requester> {
  const { authority } = await world();
  const { expiry = Math.floor(Date.now() / 1000) + 86_400, ...given } = options;
  const account = given.account ?? Wallet.createRandom();
  const keyStore = given.keyStore ?? memoryKeyStore();
  const requester = await Requester.open({ ...(await surroundings()), ...given, account, keyStore });
  await fund(requester.address);
  if (attributes.length > 0)
    await authority.approve(await requester.apply([...attributes], "synthetic"), expiry);
  await requester.collectKey();
  return requester;
}

const requesters = new Map<string, Promise<Requester>>();

/** The one requester of the shared world who holds just these attributes: for tests that change nothing about them. */
export function theRequester(...attributes: string[]): Promise<Requester> {
  const name = attributes.join();
  const known = requesters.get(name) ?? enrolRequester(attributes);
  requesters.set(name, known);
  return known;
}

/** Whole record for doctors, shared side for researchers too. */
export const rights: Rights = { full: "role:doctor", shared: "role:doctor or role:researcher" };

/** The nine-part sample, cut. */
export function sample(): SplitRecord {
  return splitRecord(utf8(sampleRecord));
}

/** Has the doctor sign a record and the patient accept it; its EMR id. */
export async function issue(patient: Patient, split = sample()): Promise<Uint8Array> {
  const invitation = patient.invite();
  return patient.accept(await (await theDoctor()).issue(split, invitation), invitation);
}

/** Issues a record and publishes it on both chains. */
export async function issueAndPublish(patient: Patient, split = sample(), policies = rights) {
  const emrId = await issue(patient, split);
  const published = await patient.store(emrId, sharedPositions(split), policies);
  const { ledgerRecordIds } = await patient.show(emrId);
  return { emrId, published, ledgerRecordIds, split };
}

/** Has the chain make `count` blocks more, so that what stands is final; its clock stays the wall's. */
export async function mine(chain: Chain, count = 2): Promise<void> {
  const account = await nodeAccount(chain, 7);
  for (let i = 0; i < count; i++) await (await account.sendTransaction({ to: account.address })).wait();
}

/** Has chains make blocks without a pause, for whoever waits for several; the answer ends it. */
export function keepMining(chains: readonly Chain[]): () => Promise<void> {
  let running = true;
  const mining = chains.map(async (chain) => {
    while (running) await mine(chain, 1);
  });
  return async () => {
    running = false;
    await Promise.all(mining);
  };
}

/** Has the consortium of a chain decide something: scheduled in the timelock, executed when its second has passed. */
export async function govern(chain: Chain, call: GovernedCall): Promise<void> {
  const timelock = await Timelock.of(chain);
  const member = await nodeAccount(chain, 2);
  await timelock.schedule(member, call);
  while ((await timelock.stateOf(call)) !== "ready") await mine(chain, 1);
  await timelock.execute(member, call);
}

/** 32 random bytes in hex. */
export function random32(): string {
  return hex(randomBytes(32));
}

/** A URL of loopback at which nothing listens any more. */
export async function deadUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}`;
}

/** The chain through a node that answers otherwise where `overrides` says so; a `call` of theirs answers `eth_call` too. */
export function through(chain: Chain, overrides: Partial<Provider>): Chain {
  const { call } = overrides;
  const send = async (method: string, params: unknown[]) => {
    if (call === undefined || method !== "eth_call")
      return (chain.provider as JsonRpcProvider).send(method, params);
    const [asked, at] = params as [object, string];
    return call({ ...asked, ...(at === "latest" ? {} : { blockTag: Number(at) }) });
  };
  const provider: Provider = new Proxy(chain.provider, {
    get(target, name) {
      if (name === "provider") return provider;
      if (name in overrides) return Reflect.get(overrides, name);
      if (name === "send") return send;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { ...chain, provider };
}
