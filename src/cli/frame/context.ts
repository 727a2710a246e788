/** What a command works with: its home, configuration, chains and keys, opened when asked for and closed at its end. */
import type { JsonRpcProvider } from "ethers";
import { DiptychError, type ErrorCode } from "../../core/errors.ts";
import { type Chain, openChain, type Side } from "../../ledger/chain.ts";
import type { KeyStore } from "../../roles/keyStore.ts";
import { readConfig } from "../config/config.ts";
import type { Config } from "../config/schema.ts";
import { type Binding, demandSame, identify } from "../home/binding.ts";
import { Home } from "../home/home.ts";
import {
  demandRoleName,
  hasRole,
  makeIdentity,
  openIdentity,
  openRoleKeys,
  type RoleIdentity,
} from "../home/roleKeys.ts";
import { statusOfCode } from "./exitStatus.ts";
import type { Output } from "./output.ts";
import { readPassphrase } from "./passphrase.ts";
import { confirm } from "./question.ts";
import type { Settings } from "./settings.ts";

/** The kinds of role that have keys in a home: `world` is what `diptych up` itself keeps. */
export type RoleKind = "authority" | "doctor" | "patient" | "requester" | "gate" | "relayer" | "world";

export class Context {
  readonly settings: Settings;
  readonly output: Output;
  /** URL of the relayer that pays for what patients sign in this command, where one does. */
  relayer: string | undefined;
  private readonly aborting = new AbortController();
  private readonly closers: (() => Promise<unknown>)[] = [];
  private homeOpened: Promise<Home> | undefined;
  private configRead: Promise<Config> | undefined;
  private chainsOpened: Promise<Record<Side, Chain>> | undefined;
  private passphraseGiven: string | undefined;

  constructor(settings: Settings, output: Output) {
    this.settings = settings;
    this.output = output;
  }

  /** Aborted by Ctrl-C: to be given to long calls. */
  get signal(): AbortSignal {
    return this.aborting.signal;
  }

  abort(): void {
    this.aborting.abort();
  }

  /** Has the command end with the status of this code though it prints its result; the first one counts, undefined never. */
  failWith(code: ErrorCode | "internal" | undefined): void {
    if (code !== undefined) process.exitCode ??= statusOfCode(code);
  }

  /** Has `close` called at the end of the command, however it ends; the last one first. */
  defer(close: () => Promise<unknown>): void {
    this.closers.push(close);
  }

  /** Closes what was deferred. */
  async close(): Promise<void> {
    for (const each of this.closers.splice(0).reverse()) await each().catch(() => undefined);
  }

  /** The home, which must be there. @throws DiptychError `home-missing`, `home-invalid`, `home-newer`, `home-unwritable` */
  home(): Promise<Home> {
    this.homeOpened ??= this.openHome(() => Home.open(this.settings.home));
    return this.homeOpened;
  }

  /** The home, made where there is none yet. @throws DiptychError `home-invalid`, `home-newer`, `home-unwritable` */
  makeHome(): Promise<Home> {
    this.homeOpened = this.openHome(() => Home.make(this.settings.home));
    return this.homeOpened;
  }

  private async openHome(open: () => Promise<Home>): Promise<Home> {
    const home = await open();
    if (home.wasOpenToOthers) this.output.warn(`others could enter ${home.folder}; now only you can`);
    return home;
  }

  /** The home's configuration. @throws DiptychError `home-missing`, `config-invalid` */
  config(): Promise<Config> {
    this.configRead ??= this.home().then(readConfig);
    return this.configRead;
  }

  /** URL of the gateway or the authority. @throws DiptychError `config-invalid` when the configuration has none */
  async service(name: "gateway" | "authority"): Promise<string> {
    const url = (await this.config())[name];
    if (url !== undefined) return url;
    throw new DiptychError(
      "config-invalid",
      `The configuration names no ${name}: add its URL and run \`diptych connect CONFIG\`, or run \`diptych up\` with services.`,
    );
  }

  /**
   * Both chains, opened, and held against what the home is bound to.
   *
   * @throws DiptychError `chain-unreachable`, `chain-mismatch`, `contract-missing`, `home-mismatch`
   */
  chains(): Promise<Record<Side, Chain>> {
    this.chainsOpened ??= this.openChains();
    return this.chainsOpened;
  }

  private async openChains(): Promise<Record<Side, Chain>> {
    const [home, config] = await Promise.all([this.home(), this.config()]);
    const chains = await this.openChainsOf(config);
    const found = await identifyBoth(chains);
    if (home.bound === undefined) await home.bind(found);
    else demandSame(home.bound, found);
    return chains;
  }

  /** Both chains of a configuration, whatever the home is bound to. */
  async openChainsOf(config: Config): Promise<Record<Side, Chain>> {
    const [storage, shared] = await Promise.all(
      (["storage", "shared"] as const).map(async (side) => {
        const { rpc, genesisHash: _, ...addresses } = config.chains[side];
        const chain = await openChain({ side, ...addresses }, rpc);
        this.defer(async () => (chain.provider as JsonRpcProvider).destroy());
        return chain;
      }),
    );
    return { storage: storage!, shared: shared! };
  }

  /** What identifies the chains of a configuration. @throws DiptychError `chain-mismatch` when a genesis hash isn't the one in it */
  async identifyChains(config: Config): Promise<Binding> {
    const found = await identifyBoth(await this.openChainsOf(config));
    for (const side of ["storage", "shared"] as const) {
      const meant = config.chains[side].genesisHash;
      if (meant !== undefined && meant !== found[side].genesisHash)
        throw new DiptychError(
          "chain-mismatch",
          `The first block of the ${side} chain is ${found[side].genesisHash}, not ${meant}: correct the configuration.`,
        );
    }
    return found;
  }

  /**
   * The sealed key store of a role, locked against other commands until this one ends. `name` tells several of a kind apart.
   * With `make` the role's keys are made at the first time, after asking for a new passphrase.
   *
   * @throws DiptychError `home-locked`, `passphrase-missing`, `passphrase-wrong`, `key-missing` without `make`, `usage` for a bad name
   */
  async role(kind: RoleKind, name: string | undefined, options: { make?: boolean } = {}): Promise<KeyStore> {
    return openRoleKeys(await this.home(), await this.identity(kind, name, options));
  }

  /** A role's opened identity, locked as by `role`: what a process of its own needs to open the role's keys. */
  async identity(
    kind: RoleKind,
    name: string | undefined,
    options: { make?: boolean } = {},
  ): Promise<RoleIdentity> {
    const home = options.make === true ? await this.makeHome() : await this.home();
    const role = demandRoleName(name === undefined ? kind : `${kind}-${name}`);
    const lock = await home.lockRole(role, `working as ${role}`);
    this.defer(() => lock.release());
    const known = await hasRole(home, role);
    if (!known && options.make !== true) return openIdentity(home, role, "");
    const passphrase = await this.passphrase(`the keys of ${role}`, !known);
    return known ? openIdentity(home, role, passphrase) : makeIdentity(home, role, passphrase);
  }

  /** Asked for once a command: what opens one role may open the next. */
  private async passphrase(what: string, fresh: boolean): Promise<string> {
    this.passphraseGiven ??= await readPassphrase(what, fresh, this.signal);
    return this.passphraseGiven;
  }

  /** Asks before something that can't be undone. `--yes` answers; without it and without a terminal it's a refusal. */
  async confirm(question: string): Promise<void> {
    if (!this.settings.yes) await confirm(question, this.signal);
  }
}

async function identifyBoth({ storage, shared }: Record<Side, Chain>): Promise<Binding> {
  const [one, other] = await Promise.all([identify(storage), identify(shared)]);
  return { storage: one, shared: other };
}
