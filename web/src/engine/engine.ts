/**
 * All of Diptych that works with keys and plaintext, in a worker of its own: the page stays responsive, and what is secret stays
 * out of it but for what is shown.
 */
import type { Side } from "diptych";
import type { AskWallet } from "./accounts.ts";
import { Acts, type Report } from "./acts.ts";
import type { PageConfig } from "./config.ts";
import { DoctorDesk } from "./doctorDesk.ts";
import { Office } from "./office.ts";
import { OfficerDesk } from "./officerDesk.ts";
import { PatientActs } from "./patientActs.ts";
import { AmendingDesk } from "./patientAmending.ts";
import { forgetBlocks } from "./patientBlocks.ts";
import { PatientDesk } from "./patientDesk.ts";
import { RequesterDesk } from "./requesterDesk.ts";
import { type Opener, Vault, type VaultState } from "./vault.ts";
import { type Accounts, nameOfWorld, World } from "./world.ts";

/** What the page does for the engine. */
export type Page = { askWallet: AskWallet; report: Report };

export class Engine {
  readonly patient: PatientDesk;
  readonly amending: AmendingDesk;
  readonly doctor: DoctorDesk;
  readonly requester: RequesterDesk;
  readonly officer: OfficerDesk;
  private readonly office: Office;

  private constructor(office: Office) {
    this.office = office;
    const acts = new PatientActs(office);
    this.patient = new PatientDesk(office, acts);
    this.amending = new AmendingDesk(office, acts);
    this.doctor = new DoctorDesk(office);
    this.requester = new RequesterDesk(office);
    this.officer = new OfficerDesk(office);
  }

  /** Opens the engine for one world; chains are reached when they are first needed. */
  static async start(config: PageConfig, page: Page): Promise<Engine> {
    const vault = await Vault.at(nameOfWorld(config));
    return new Engine(new Office(new World(config, page.askWallet), vault, new Acts(page.report)));
  }

  keys(): Promise<VaultState> {
    return this.office.vault.state();
  }

  makeKeys(opener: Opener): Promise<void> {
    return this.office.vault.create(opener);
  }

  unlock(opener: Opener): Promise<void> {
    return this.office.vault.open(opener);
  }

  addOpener(known: Opener, added: Opener): Promise<void> {
    return this.office.vault.addOpener(known, added);
  }

  lock(): void {
    this.office.lock();
  }

  /** Forgets all keys of this world, what is sealed under them, and the ciphertext that was kept near. */
  async forgetKeys(): Promise<void> {
    this.office.lock();
    await this.office.vault.forget();
    await forgetBlocks(nameOfWorld(this.office.world.config));
  }

  useAccounts(accounts: Accounts | undefined): void {
    this.office.useAccounts(accounts);
  }

  cancel(actId: string): void {
    this.office.acts.cancel(actId);
  }

  /** The newest block of each chain. @throws DiptychError `chain-unreachable`, `chain-mismatch`, `contract-missing` */
  async heads(): Promise<Record<Side, number>> {
    const { storage, shared } = await this.office.world.chains();
    const [ofStorage, ofShared] = await Promise.all(
      [storage, shared].map(({ provider }) => provider.getBlockNumber()),
    );
    return { storage: ofStorage!, shared: ofShared! };
  }
}
