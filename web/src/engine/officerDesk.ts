/** What an officer of the authority does, as the page calls it: plain values in, plain values out. */
import { DiptychError, fetchCredentials, isDiptychError } from "diptych";
import {
  type AttestedAccount,
  AuthorityClient,
  AuthorityDeskClient,
  type DeskDecision,
  type DeskOutcome,
  type DeskRequest,
  type IssuedCertificate,
} from "diptych/services";
import { checksummed } from "./checksummed.ts";
import type { Office } from "./office.ts";

/** Whose desk is open, and until when (Unix seconds). */
export type OpenDesk = { officer: string; until: number };

export class OfficerDesk {
  private readonly office: Office;
  private opened: AuthorityDeskClient | undefined;

  constructor(office: Office) {
    this.office = office;
  }

  /** Opens the desk: the wallet signs once. @throws DiptychError `not-officer`, `signature-refused`, `anchor-mismatch` */
  async openDesk(): Promise<OpenDesk> {
    const { world } = this.office;
    const chains = await world.chains();
    const { authority: url } = world.config;
    // Only an authority whose keys both chains anchor is named in what the wallet signs.
    const { name } = await fetchCredentials(new AuthorityClient(url), Object.values(chains));
    const { storage: signer } = await this.office.signers();
    const { side, chainId, ledger, attributeRegistry, keyRegistry } = chains.storage;
    const chain = { side, chainId, ledger, attributeRegistry, keyRegistry };
    this.opened = await AuthorityDeskClient.open({ url, signer, chain, authority: name });
    return this.facts(this.opened);
  }

  /** The desk that is open with the account of now, if one is. */
  async desk(): Promise<OpenDesk | undefined> {
    const client = this.current();
    return client && this.facts(client);
  }

  /** Ends reading at the authority, too. */
  async closeDesk(): Promise<void> {
    const client = this.current();
    this.opened = undefined;
    // It ends by itself in some minutes where the authority can't be reached.
    await client?.close().catch(() => undefined);
  }

  /** What waits for a decision, and what was decided, oldest first. */
  async requests(): Promise<DeskRequest[]> {
    const requests = await this.read((desk) => desk.requests("all"));
    return requests.map((each) =>
      "account" in each ? { ...each, account: checksummed(each.account) } : each,
    );
  }

  certificates(): Promise<IssuedCertificate[]> {
    return this.read((desk) => desk.certificates());
  }

  async attestations(): Promise<AttestedAccount[]> {
    const attested = await this.read((desk) => desk.attestations());
    return attested.map((each) => ({ ...each, account: checksummed(each.account) }));
  }

  async decisions(): Promise<DeskDecision[]> {
    const decisions = await this.read((desk) => desk.decisions());
    return decisions.map((each) => {
      const told = { ...each, officer: checksummed(each.officer) };
      return "account" in told ? { ...told, account: checksummed(told.account) } : told;
    });
  }

  /** Attests what an application asks for; `until` in Unix seconds. Each decision has the wallet sign once. */
  approve(request: DeskRequest, until: number): Promise<DeskOutcome> {
    return this.demandOpen().approve(request, until);
  }

  /** Certifies a doctor's key until `until` (Unix seconds). */
  certify(request: DeskRequest, until: number): Promise<DeskOutcome> {
    return this.demandOpen().certify(request, until);
  }

  refuse(request: DeskRequest, reason: string): Promise<DeskOutcome> {
    return this.demandOpen().refuse(request, reason.toWellFormed());
  }

  revokeAttributes(account: string, attributes: readonly string[]): Promise<DeskOutcome> {
    return this.demandOpen().revokeAttributes(account, attributes);
  }

  revokeCertificate(fingerprint: string): Promise<DeskOutcome> {
    return this.demandOpen().revokeCertificate(fingerprint);
  }

  /** Reads at the desk; one that the authority has closed, such as by starting anew, is closed here, too. */
  private async read<T>(read: (desk: AuthorityDeskClient) => Promise<T>): Promise<T> {
    const desk = this.demandOpen();
    try {
      return await read(desk);
    } catch (error) {
      if (isDiptychError(error, "session-ended") && this.opened === desk) this.opened = undefined;
      throw error;
    }
  }

  private facts({ officer, until }: AuthorityDeskClient): OpenDesk {
    return { officer, until };
  }

  /** None once its time is over, or another account was chosen. */
  private current(): AuthorityDeskClient | undefined {
    const client = this.opened;
    if (client === undefined || client.until * 1000 <= Date.now()) return undefined;
    return client.officer === this.office.accounts().storage ? client : undefined;
  }

  private demandOpen(): AuthorityDeskClient {
    const client = this.current();
    if (client === undefined) throw new DiptychError("session-ended", "The desk is closed: open it again.");
    return client;
  }
}
