// Whether a deployment is what it should be: read back from the chain, told in plain words.
import { Contract, type EventLog, type InterfaceAbi, id, type Provider, ZeroAddress, ZeroHash } from "ethers";
import { ledgerDomains } from "../src/ledger/typedData.ts";
import type { Deployment, Side } from "./deployment.ts";
import type { ChainParameters } from "./parameters.ts";

/** One thing found: a problem has to be mended, a note is only worth knowing. */
export interface Finding {
  level: "problem" | "note";
  /** What was looked at, in a word: chain, code, wiring, roles, delay, anchors, pause, gates. */
  about: string;
  says: string;
}

/** A compiled contract, as far as it bears on what stands on chain. */
export interface BuiltContract {
  abi: readonly unknown[];
  /** What was compiled to stand on chain, `0x` and hex. */
  deployedBytecode: string;
  /** Where immutable values go into it. */
  immutableReferences?: Record<string, { start: number; length: number }[]>;
}

/** What is to be checked: where a deployment stands, as whom, and what it was built from. */
export interface Expected {
  side: Side;
  deployment: Deployment;
  parameters: ChainParameters;
  readContract: (name: string) => Promise<BuiltContract>;
}

type Name = keyof Deployment["contracts"];

const sourceOf = (side: Side): Record<Name, string> => ({
  ledger: side === "storage" ? "StorageLedger" : "SharedLedger",
  attributeRegistry: "AttributeRegistry",
  keyRegistry: "KeyRegistry",
  timelock: "ConsortiumTimelock",
});

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
const list = (accounts: Iterable<string>) => [...accounts].join(", ") || "nobody";

/** Everything that was found, problems and notes, in the order of the checks. */
export async function examine(provider: Provider, expected: Expected): Promise<Finding[]> {
  const findings: Finding[] = [];
  const problem = (about: string, says: string) => findings.push({ level: "problem", about, says });
  const note = (about: string, says: string) => findings.push({ level: "note", about, says });

  if (!(await isSameChain(provider, expected, problem))) return findings;
  const contracts = await openContracts(provider, expected, problem);
  if (contracts === undefined) return findings;
  try {
    await checkWiring(expected, contracts, problem);
    await checkRoles(expected, contracts, problem);
    await checkTimelock(expected, contracts, problem, note);
    await checkState(expected, contracts, problem, note);
  } catch (error) {
    // Other contracts than these needn't answer; of these the error is the node's.
    if (!findings.some(({ about }) => about === "code")) throw error;
    problem("code", "What stands there doesn't answer as these contracts do, so the rest can't be checked.");
  }
  return findings;
}

type Say = (about: string, says: string) => void;
type Contracts = Record<Name, Contract>;

async function isSameChain(provider: Provider, { deployment }: Expected, problem: Say): Promise<boolean> {
  const found = Number((await provider.getNetwork()).chainId);
  if (found !== deployment.chainId) {
    problem(
      "chain",
      `The node is on chain ${found}, the deployment on ${deployment.chainId}: check the URL.`,
    );
    return false;
  }
  if ((await provider.getBlock(0))?.hash !== deployment.genesisHash) {
    problem("chain", "The chain has another first block than it had: it was started anew. Deploy again.");
    return false;
  }
  return true;
}

async function openContracts(
  provider: Provider,
  { side, deployment, readContract }: Expected,
  problem: Say,
): Promise<Contracts | undefined> {
  const opened: Partial<Contracts> = {};
  let complete = true;
  for (const [name, source] of Object.entries(sourceOf(side)) as [Name, string][]) {
    const built = await readContract(source);
    const address = deployment.contracts[name];
    const code = await provider.getCode(address);
    opened[name] = new Contract(address, built.abi as InterfaceAbi, provider);
    if (code === "0x") {
      problem("code", `There is no contract at ${address}, where ${source} should stand: deploy first.`);
      complete = false;
    } else if (maskImmutables(code, built) !== maskImmutables(built.deployedBytecode, built))
      problem(
        "code",
        `The code at ${address} isn't ${source} as it is built here: check out the version that was deployed, or deploy this one.`,
      );
  }
  return complete ? (opened as Contracts) : undefined;
}

/** Code with the places of immutable values zeroed. */
function maskImmutables(code: string, { immutableReferences }: BuiltContract): string {
  let masked = code.slice(2).toLowerCase();
  for (const { start, length } of Object.values(immutableReferences ?? {}).flat())
    masked = `${masked.slice(0, 2 * start)}${"00".repeat(length)}${masked.slice(2 * (start + length))}`;
  return masked;
}

async function checkWiring(
  { side, deployment }: Expected,
  contracts: Contracts,
  problem: Say,
): Promise<void> {
  for (const name of ["attributeRegistry", "keyRegistry"] as const) {
    const found = await ask<string>(contracts.ledger, name);
    if (!same(found, deployment.contracts[name]))
      problem("wiring", `The ledger stands on the ${name} ${found}, not ${deployment.contracts[name]}.`);
  }
  const domain = await ask<{ name: string; version: string; chainId: bigint }>(
    contracts.ledger,
    "eip712Domain",
  );
  const wanted = ledgerDomains[side];
  if (domain.name !== wanted || domain.version !== "1" || Number(domain.chainId) !== deployment.chainId)
    problem(
      "wiring",
      `The ledger's signatures are for ${domain.name}, version ${domain.version}, chain ${domain.chainId}.`,
    );
}

async function checkRoles(expected: Expected, contracts: Contracts, problem: Say): Promise<void> {
  const { parameters, deployment } = expected;
  const { timelock } = deployment.contracts;
  const roles = [
    ["attributeRegistry", "AUTHORITY_ROLE", parameters.authority],
    ["keyRegistry", "GATE_ADMIN_ROLE", parameters.gateAdmin],
    ["ledger", "PAUSER_ROLE", parameters.pauser],
  ] as const;
  for (const [name, role, account] of roles) {
    const contract = contracts[name];
    const admin = await ask<string>(contract, "defaultAdmin");
    if (!same(admin, timelock))
      problem("roles", `The ${name} is administered by ${admin}, not by the timelock ${timelock}.`);
    const pending = await ask<{ newAdmin: string }>(contract, "pendingDefaultAdmin");
    if (!same(pending.newAdmin, ZeroAddress))
      problem("roles", `The ${name} is about to go to another administrator, ${pending.newAdmin}.`);
    const delay = Number(await ask<bigint>(contract, "defaultAdminDelay"));
    if (delay < parameters.adminDelay)
      problem("delay", `A new administrator of the ${name} waits ${delay} s, not ${parameters.adminDelay}.`);
    const coming = await ask<{ newDelay: bigint; schedule: bigint }>(contract, "pendingDefaultAdminDelay");
    if (coming.schedule !== 0n && Number(coming.newDelay) < parameters.adminDelay)
      problem(
        "delay",
        `A new administrator of the ${name} is about to wait ${coming.newDelay} s, not ${parameters.adminDelay}.`,
      );
    compareHolders(name, role, await holdersOf(contract, id(role)), [account], problem);
  }
}

function compareHolders(
  name: string,
  role: string,
  found: ReadonlySet<string>,
  wanted: readonly string[],
  problem: Say,
): void {
  const named = new Set(wanted.map((each) => each.toLowerCase()));
  const missing = [...named].filter((each) => !found.has(each));
  const foreign = [...found].filter((each) => !named.has(each));
  if (missing.length > 0) problem("roles", `${role} of the ${name} is missing from ${list(missing)}.`);
  if (foreign.length > 0)
    problem(
      "roles",
      `${role} of the ${name} is also held by ${list(foreign)}: take it back, or name them in the parameters.`,
    );
}

/** Who holds a role now, by the events of its history, lower case. */
async function holdersOf(contract: Contract, role: string): Promise<Set<string>> {
  const changes = await Promise.all(
    (["RoleGranted", "RoleRevoked"] as const).map((name) =>
      contract.queryFilter(contract.filters[name]!(role), 0),
    ),
  );
  const holders = new Set<string>();
  const inOrder = changes
    .flat()
    .sort((a, b) => a.blockNumber - b.blockNumber || a.index - b.index) as EventLog[];
  for (const { eventName, args } of inOrder) {
    const account = String(args.account).toLowerCase();
    if (eventName === "RoleGranted") holders.add(account);
    else holders.delete(account);
  }
  return holders;
}

async function checkTimelock(
  { parameters, deployment }: Expected,
  { timelock }: Contracts,
  problem: Say,
  note: Say,
): Promise<void> {
  const delay = Number(await ask<bigint>(timelock, "getMinDelay"));
  if (delay < parameters.minDelay)
    problem("delay", `The consortium's decisions wait ${delay} s, not ${parameters.minDelay}.`);
  for (const role of ["PROPOSER_ROLE", "EXECUTOR_ROLE", "CANCELLER_ROLE"])
    compareHolders("timelock", role, await holdersOf(timelock, id(role)), parameters.consortium, problem);
  compareHolders(
    "timelock",
    "DEFAULT_ADMIN_ROLE",
    await holdersOf(timelock, ZeroHash),
    [deployment.contracts.timelock],
    problem,
  );
  const scheduled = (await timelock.queryFilter(timelock.filters.CallScheduled!(), 0)) as EventLog[];
  const ids = [...new Set(scheduled.map(({ args }) => String(args.id)))];
  const pending = await Promise.all(ids.map((each) => ask<boolean>(timelock, "isOperationPending", each)));
  const count = pending.filter(Boolean).length;
  if (count > 0) note("delay", `${count} decision(s) of the consortium wait in the timelock.`);
}

async function checkState(
  { parameters }: Expected,
  { attributeRegistry, keyRegistry, ledger }: Contracts,
  problem: Say,
  note: Say,
): Promise<void> {
  const anchor = await ask<string[]>(attributeRegistry, "authorityAnchor");
  if ([...anchor].some((hash) => hash === ZeroHash))
    problem(
      "anchors",
      `No authority has anchored its keys yet: have ${parameters.authority} do it, since nobody can check them before.`,
    );
  if ((await ask<string>(attributeRegistry, "revocationList")) === ZeroHash)
    note("anchors", "No certificate revocation list is anchored yet.");
  if (await ask<boolean>(ledger, "paused")) note("pause", "New grants are paused: every request is denied.");
  const gates = await ask<string[]>(keyRegistry, "gateAccounts");
  if (gates.length === 0) note("gates", "No gate is registered yet: nothing can be released.");
  if (parameters.consortium.length === 1)
    note("roles", `One account alone is the consortium: ${parameters.consortium[0]}.`);
}

function ask<T>(contract: Contract, method: string, ...args: unknown[]): Promise<T> {
  return contract.getFunction(method).staticCall(...args) as Promise<T>;
}
