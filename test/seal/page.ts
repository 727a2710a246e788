/** What page.test.ts does in a real page: products by WebCrypto against those of the curve's library, and an opening. */
import { hex } from "../../src/core/bytes.ts";
import { GENERATOR, pointBytes, randomScalar } from "../../src/seal/curve.ts";
import { openIndexWithPartials } from "../../src/seal/index.ts";
import { prepareBase, prepareScalar } from "../../src/seal/multiply.ts";
import { makeWorld } from "./world.ts";

const calls = {
  /** Pairs that should be equal: k G and k B by either way. */
  async products(count: number): Promise<[string, string][]> {
    const pairs: [string, string][] = [];
    for (let i = 0; i < count; i++) {
      const point = GENERATOR.multiply(randomScalar());
      const scalar = randomScalar();
      const prepared = await prepareScalar(scalar);
      pairs.push([hex(prepared.publicKey), hex(pointBytes(GENERATOR.multiply(scalar)))]);
      pairs.push([hex(await prepared.multiply(prepareBase(point))), hex(pointBytes(point.multiply(scalar)))]);
    }
    return pairs;
  },

  /** The url in an index that two of three gates open. */
  async open(): Promise<[string, string]> {
    const world = await makeWorld(2, 3);
    const partials = await Promise.all([1, 3].map(world.partial));
    const { plaintext } = await openIndexWithPartials(partials, world.context);
    return [plaintext.url, world.plaintext.url];
  },
};

export type PageCalls = typeof calls;
Object.assign(globalThis, { calls });
