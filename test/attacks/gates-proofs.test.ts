/** F14 at the gates: each index needs its owner's proof of knowledge, for its own record and version. */
import { expect } from "chai";
import type { Chain } from "../../src/ledger/chain.ts";
import { type Decided, KeyRegistry } from "../../src/ledger/index.ts";
import { encodeIndex, type SealedIndex, sealIndex } from "../../src/seal/index.ts";
import { askRelease, orderOf } from "../services/ownGates.ts";
import { askAs, makeByHand, someIndex } from "./handMade.ts";
import { type Stage, stage } from "./world.ts";

const side = "shared";

describe("attacks on gates: an index without its owner's proof of knowledge", () => {
  let here: Stage;
  let chain: Chain;

  before(async () => {
    here = await stage();
    chain = here.world.chains[side];
  });

  /** How all gates of the chain answer, each once. */
  async function answers(request: Decided): Promise<unknown[]> {
    const registry = new KeyRegistry(chain);
    const given = here.world.gates[side].map(async (gate) => {
      const { status, body } = await askRelease((await registry.gate(gate)).url, orderOf(request));
      return status === 200 ? "released" : body.code;
    });
    return [...new Set(await Promise.all(given))];
  }

  /** A record of mallory's for herself alone, under the index key that she dealt. */
  async function hers() {
    const signer = here.mallory.keys.account(chain);
    const { publicKey } = here.mallory.keys.index(chain, signer.address);
    const made = await makeByHand(chain, signer, publicKey, `id:${signer.address.toLowerCase()}`);
    const seal = (version: number) => sealIndex(publicKey, someIndex(), made.bindingAt(version));
    const grant = async () => (await askAs(chain, signer, made.id)).decided;
    return { ...made, seal, grant };
  }

  it("missing: refused", async () => {
    for (const spoil of [
      (index: SealedIndex) => encodeIndex({ ...index, proof: new Uint8Array(64) }),
      (index: SealedIndex) => {
        const whole = encodeIndex(index);
        return new Uint8Array([...whole.subarray(0, 66), ...whole.subarray(66 + 64)]);
      },
    ]) {
      const record = await hers();
      await record.publish(spoil(await record.seal(1)), 1);
      const [code, ...others] = await answers(await record.grant());
      expect(code).to.be.oneOf(["proof-invalid", "encoding-invalid"]);
      expect(others).to.deep.equal([]);
    }
  });

  it("of another record of the same owner: refused", async () => {
    const [first, second] = [await hers(), await hers()];
    const index = encodeIndex(await first.seal(1));
    await first.publish(index, 1);
    await second.publish(index, 1);
    expect(await answers(await second.grant())).to.deep.equal(["proof-invalid"]);
    expect(await answers(await first.grant())).to.deep.equal(["released"]);
  });

  it("of another version: refused", async () => {
    const record = await hers();
    const index = encodeIndex(await record.seal(1));
    await record.publish(index, 1);
    const grant = await record.grant();
    expect(await answers(grant)).to.deep.equal(["released"]);
    await record.publish(index, 2);
    expect(await answers(grant)).to.deep.equal(["proof-invalid"]);
    await record.publish(encodeIndex(await record.seal(3)), 3);
    expect(await answers(grant)).to.deep.equal(["released"]);
  });
});
