/** A relayer's service, as the account that carries a patient's signed acts. */
import {
  AbstractSigner,
  type Provider,
  type Signer,
  type TransactionRequest,
  type TransactionResponse,
} from "ethers";
import { exchangeJson } from "../cloud/http.ts";
import { DiptychError, type ErrorCode, isDiptychError } from "../core/errors.ts";
import type { Address, Chain } from "../ledger/chain.ts";

/** How often an act is offered again when the relayer is busy, behind or silent, and the pause between, in milliseconds. */
const attempts = 12;
const silences = 3;
const pause = 750;
/** How often it is looked whether the own node has a transaction. */
const look = 250;
/** How long an act that is under way is waited for. */
const patience = 120_000;

/** Codes after which the same act is worth another try at once. */
const passing: readonly ErrorCode[] = ["service-busy", "node-behind"];

/**
 * Sends what an owner signed through a relayer's service, which pays: a value for a patient's `relayers`. It takes only calls of
 * its chain's ledger, and believes the relayer nothing: each transaction that it names must stand on the patient's own node and
 * carry the act. An act that is offered twice is paid for once.
 *
 * Its methods throw `service-unreachable`, `service-answer-invalid`, or what the relayer refuses with: `relay-refused`,
 * `relay-unaffordable`, `rate-limited`, `service-refused`, `service-busy`, ...
 */
export class RelayerSigner extends AbstractSigner {
  readonly url: string;
  private readonly chain: Chain;
  private readonly sighting: number;
  private account: Promise<Address> | undefined;

  /**
   * @param url where the relayer's service is reached
   * @param chain the chain whose ledger it carries acts to, at the patient's own node
   * @param options.sighting milliseconds that a transaction may take until that node knows it; 30,000 unless said
   */
  constructor(url: string, chain: Chain, options: { sighting?: number } = {}) {
    super(chain.provider);
    this.sighting = options.sighting ?? 30_000;
    this.url = url.replace(/\/$/, "");
    this.chain = chain;
  }

  /** The relayer's account, by its own word. */
  override getAddress(): Promise<string> {
    this.account ??= this.askAccount();
    this.account.catch(() => {
      this.account = undefined;
    });
    return this.account;
  }

  /** The same relayer, whose transactions are looked for at another node. */
  override connect(provider: Provider | null): Signer {
    const { url, chain, sighting } = this;
    return provider === null ? this : new RelayerSigner(url, { ...chain, provider }, { sighting });
  }

  /** What the act would take; whoever sends it, it is the same. */
  override estimateGas(request: TransactionRequest): Promise<bigint> {
    const { to = null, data = null } = request;
    return this.chain.provider.estimateGas({ to, data });
  }

  /** Has the relayer send an act; resolves when the patient's own node knows the transaction. */
  override async sendTransaction(request: TransactionRequest): Promise<TransactionResponse> {
    const { side, chainId, ledger } = this.chain;
    const data = String(request.data).toLowerCase();
    if (String(request.to).toLowerCase() !== ledger.toLowerCase())
      throw new DiptychError("argument-invalid", "A relayer carries acts to the ledger only.");
    const answer = await this.offer({ side, chainId, ledger, data });
    if (typeof answer.hash !== "string" || !/^0x[0-9a-f]{64}$/.test(answer.hash))
      throw this.lies("names no transaction");
    return this.sight(answer.hash, data);
  }

  /**
   * Waits until nothing that this relayer was given for an owner is under way: to be called before looking at a ledger to see what is
   * left to do.
   */
  async settle(owner: Address): Promise<void> {
    const until = Date.now() + patience;
    for (;;) {
      const { underWay } = await this.ask(`relays/${this.chain.side}/${owner}`);
      if (!Array.isArray(underWay)) throw this.lies("doesn't say what is under way");
      if (underWay.length === 0) return;
      if (Date.now() > until)
        throw new DiptychError(
          "service-busy",
          `The relayer has an act of yours under way on the ${this.chain.side} chain that isn't mined: call the same act again, or pay yourself.`,
        );
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Refuses: a relayer signs nothing for others. */
  override signTransaction(): Promise<string> {
    return this.signsNothing();
  }

  /** Refuses. */
  override signMessage(): Promise<string> {
    return this.signsNothing();
  }

  /** Refuses. */
  override signTypedData(): Promise<string> {
    return this.signsNothing();
  }

  private async signsNothing(): Promise<never> {
    throw new DiptychError("argument-invalid", "A relayer signs nothing for others.");
  }

  private async askAccount(): Promise<Address> {
    const { side, chainId, ledger } = this.chain;
    const { chains } = await this.ask("relayer");
    const found = (chains as Record<string, Record<string, unknown> | undefined> | undefined)?.[side];
    if (found?.chainId !== chainId || String(found.ledger).toLowerCase() !== ledger.toLowerCase())
      throw new DiptychError(
        "chain-mismatch",
        `The relayer at ${this.url} doesn't serve this ${side} chain's ledger: choose another, or pay yourself.`,
      );
    if (typeof found.account !== "string" || !/^0x[0-9a-fA-F]{40}$/.test(found.account))
      throw this.lies("names no account");
    return found.account;
  }

  /** Offers an act until it is taken or refused; the relayer knows it again. */
  private async offer(order: object): Promise<Record<string, unknown>> {
    for (let attempt = 1, silent = 0; ; attempt++) {
      try {
        return await this.ask("relays", order);
      } catch (error) {
        if (isDiptychError(error, "service-unreachable")) silent += 1;
        const again =
          attempt < attempts &&
          isDiptychError(error) &&
          (passing.includes(error.code) || (error.code === "service-unreachable" && silent < silences));
        if (!again) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** The transaction of this hash, once the own node has it; it must carry the act. */
  private async sight(hash: string, data: string): Promise<TransactionResponse> {
    const { provider, ledger } = this.chain;
    for (const until = Date.now() + this.sighting; ; ) {
      const found = await provider.getTransaction(hash);
      if (found !== null) {
        if (found.to?.toLowerCase() === ledger.toLowerCase() && found.data.toLowerCase() === data)
          return found;
        throw this.lies("named a transaction that doesn't carry the act");
      }
      if (Date.now() > until) throw this.lies("named a transaction that the chain doesn't know");
      await new Promise((resolve) => setTimeout(resolve, look));
    }
  }

  private async ask(path: string, order?: object): Promise<Record<string, unknown>> {
    try {
      return await exchangeJson({
        service: "the relayer",
        url: `${this.url}/v1/${path}`,
        ...(order === undefined ? {} : { body: order }),
      });
    } catch (error) {
      if (!isDiptychError(error, "service-unreachable")) throw error;
      throw new DiptychError(
        error.code,
        `${error.message} Call the same act again later, or pay for it yourself, without the relayer.`,
        { cause: error },
      );
    }
  }

  private lies(how: string): DiptychError {
    return new DiptychError(
      "service-answer-invalid",
      `The relayer at ${this.url} ${how}: call the same act again without it, and pay yourself.`,
    );
  }
}
