import { expect } from "chai";
import { checkAgreement, openChains } from "./agreement.ts";
import { breaks } from "./breaks.ts";
import type { Makers } from "./chainModel.ts";
import { type Chains, Follower, type Step } from "./play.ts";

/** A play that fails is shortened first, which takes its time. */
const PATIENCE = 300_000;

const watch = { everythingEvery: 100, requests: 3 };

describe("Contracts and a plain model of them, on two chains at once", function () {
  this.timeout(PATIENCE);
  let chains: Chains;
  let agreed = false;
  const played: (readonly Step[])[] = [];

  before(async () => {
    chains = await openChains();
  });

  after(() => Promise.all([chains.storage.close(), chains.shared.close()]));

  it("agree on each call and on all that can be seen, over calls by chance", async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    expect(await checkAgreement(chains, { calls: 150, seed, acts: 150, watch })).to.be.at.least(150);
  });

  // This seed, since it must bring about everything that the wrong models are wrong in; so many looks are enough for that.
  it("agree over the calls that wrong models are shown below", async () => {
    const onPlay = (steps: readonly Step[]) => played.push(steps);
    const watch = { everythingEvery: 150, requests: 1 };
    const calls = await checkAgreement(chains, { calls: 800, seed: 7, acts: 150, watch, onPlay });
    expect(calls).to.be.at.least(800);
    followAll();
    agreed = true;
  });

  describe("disagree when in the model", () => {
    before(function () {
      if (!agreed) this.skip();
    });

    for (const [what, makers] of Object.entries(breaks))
      it(what, () => {
        expect(() => followAll(makers)).to.throw(/\nthe model says /);
      });
  });

  /** Has models follow all that was played, from the start each time; throws where they don't agree with it. */
  function followAll(makers?: Makers): void {
    const { cast, domain } = chains.storage;
    const domains = { storage: domain, shared: chains.shared.domain };
    for (const steps of played) {
      const follower = new Follower(domains, cast, makers);
      for (const step of steps) follower.follow(step);
    }
  }
});
