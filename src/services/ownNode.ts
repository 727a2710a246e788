/** Whether a gate's own chain node still is what the gate was set up with. */
import { JsonRpcApiProvider } from "ethers";
import { DiptychError } from "../core/errors.ts";
import type { Chain } from "../ledger/chain.ts";
import { askNode } from "./finality.ts";
import { sharing } from "./sharedAnswer.ts";

const usualEvery = 10_000;

/** Looks, at the first question and then every so often, whether the node is on the chain and the contracts stand there. */
export class OwnNode {
  private readonly chain: Chain;
  private readonly look: () => Promise<void>;
  private readonly every: number;
  private good = Number.NEGATIVE_INFINITY;

  /** `every`: how long a good answer counts, in milliseconds; ten seconds unless said. */
  constructor(chain: Chain, every = usualEvery) {
    this.chain = chain;
    this.every = every;
    this.look = sharing(() => this.check());
  }

  /**
   * Demands that the node is the right one.
   *
   * @throws DiptychError `chain-mismatch`, `contract-missing`, `chain-unreachable`
   */
  async demandRight(): Promise<void> {
    if (performance.now() - this.good >= this.every) await this.look();
  }

  private async check(): Promise<void> {
    const { chain } = this;
    const [chainId, ...codes] = await Promise.all([
      askNode(() => this.chainId()),
      ...[chain.ledger, chain.keyRegistry].map((address) => askNode(() => chain.provider.getCode(address))),
    ]);
    if (chainId !== chain.chainId)
      throw new DiptychError(
        "chain-mismatch",
        `This service's node answers for chain ${chainId}, not for chain ${chain.chainId}: tell its operator.`,
      );
    if (codes.includes("0x"))
      throw new DiptychError(
        "contract-missing",
        "On this service's node the contracts are not where they should be: tell its operator.",
      );
    this.good = performance.now();
  }

  /** As the node says now: what ethers was told at the start isn't asked for again. */
  private async chainId(): Promise<number> {
    const { provider } = this.chain;
    if (provider instanceof JsonRpcApiProvider) return Number(await provider.send("eth_chainId", []));
    return Number((await provider.getNetwork()).chainId);
  }
}
