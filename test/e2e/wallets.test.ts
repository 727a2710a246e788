/** Wallets as they are: they say no, they don't know the chains, they lock, they change accounts. Storing a record survives it. */
import { expect } from "chai";
import { Wallet } from "ethers";
import { en } from "../../web/src/words/en.ts";
import { castStory } from "./cast.ts";
import { beginToStore, enterWithRecord, goOnStoring, storeRecord, waitForStored } from "./patientActs.ts";
import type { Profile } from "./profile.ts";
import type { Prompt } from "./testWallet.ts";

const { look, patient: words, errors, welcome } = en;

/** What storing a first record asks when nothing stops it: gates on each ledger, index and upload, one entry on each. */
const asked = { send: 4, sign: 4 };

function counted(prompts: readonly Prompt[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of prompts) if (kind !== "switch") counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe("page: a wallet that says no to everything once", () => {
  const cast = castStory();
  let patient: Profile;

  it("stops at each no and goes on from there", async () => {
    patient = await enterWithRecord(cast);
    patient.wallet.takePrompts();
    const refused = new Set<string>();
    let last = "nothing";
    let switched = false;
    patient.wallet.answer = (prompt) => {
      // Of switches the first, which stand before everything else: what comes of a no is the same for all.
      if (prompt.kind === "switch" && switched) return "yes";
      switched ||= refused.has("switch");
      const name = prompt.kind === "switch" ? "switch" : `${nameOf(prompt)} after ${last}`;
      if (!refused.has(name)) {
        refused.add(name);
        return "no";
      }
      if (prompt.kind !== "switch") last = nameOf(prompt);
      return "yes";
    };
    await beginToStore(patient);
    // A no after the last entry, when only clearing up is left, finds the record stored already.
    const done = patient.says(words.record.publish.done).or(patient.says(words.record.change.done));
    const retry = patient.button(look.retry);
    for (let tries = 0; ; tries++) {
      await done.or(retry).first().waitFor({ timeout: 60_000 });
      if (await done.isVisible()) break;
      expect(tries, "tries").to.be.below(60);
      await patient.page.getByText(errors["signature-refused"].title).first().waitFor();
      await retry.click();
    }
    const noes = [...refused].map((each) => each.replace(/ after .*/, ""));
    for (const { chainId } of Object.values(cast.stage.config.chains))
      expect(noes).to.include.members(
        ["send", "sign Index", "sign Upload", "sign KeepOnly"].map((each) => `${each} on ${chainId}`),
      );
    const entries = patient.wallet.takePrompts().filter(({ kind }) => kind === "send").length;
    expect(entries - noes.filter((each) => each.startsWith("send")).length, "entries made").to.equal(
      asked.send,
    );
  });
});

/** Each value that differs from the one before it. */
function changesOf<T>(values: readonly T[]): T[] {
  return values.filter((value, at) => at === 0 || value !== values[at - 1]);
}

function nameOf({ kind, subject, chainId }: Prompt): string {
  return `${kind}${subject === undefined ? "" : ` ${subject}`} on ${chainId}`;
}

describe("page: chains that a wallet doesn't know", () => {
  const cast = castStory();
  const kinds = [
    { unknownChain: 4902, staysAfterAdd: false },
    { unknownChain: 4901, staysAfterAdd: true },
    { unknownChain: -32603, staysAfterAdd: true },
  ] as const;

  for (const kind of kinds)
    it(`are added where the wallet answers ${kind.unknownChain}${kind.staysAfterAdd ? " and stays where it was" : ""}`, async () => {
      const patient = await enterWithRecord(cast, { wallet: { ...kind, knows: [1] } });
      patient.wallet.takePrompts();
      await storeRecord(patient);
      const prompts = patient.wallet.takePrompts();
      expect(counted(prompts)).to.deep.equal({ ...asked, add: 2 });
      const { storage, shared } = cast.stage.config.chains;
      const visited = prompts.filter(({ kind }) => kind === "send" || kind === "sign");
      expect(changesOf(visited.map(({ chainId }) => chainId))).to.deep.equal(
        [storage, shared, storage, shared].map(({ chainId }) => chainId),
      );
      const told = prompts.slice(0, kind.staysAfterAdd ? 3 : 2).map((each) => each.kind);
      expect(told).to.deep.equal(kind.staysAfterAdd ? ["add", "switch", "send"] : ["add", "send"]);
    });
});

describe("page: a wallet that locks and changes", () => {
  const cast = castStory();
  let patient: Profile;

  it("locked half-way: the page says so, and goes on when it is open again", async () => {
    patient = await enterWithRecord(cast);
    let locks = 0;
    patient.wallet.answer = ({ subject }) => (subject === "Upload" && locks++ === 0 ? "lock" : "yes");
    await beginToStore(patient);
    await patient.says(welcome.wallet.locked).waitFor();
    await patient.wallet.unlock();
    await patient.heading("Check-up in spring").waitFor();
    await goOnStoring(patient);
    await waitForStored(patient);
    expect(locks).to.be.above(0);
  });

  it("another account: what the first one stored isn't mixed up with it", async () => {
    const own = patient.wallet.accounts;
    const others = [Wallet.createRandom(), Wallet.createRandom()];
    await patient.goTo("/patient");
    await patient.wallet.use(others);
    await patient.heading(words.records.empty.title).waitFor();
    await patient.wallet.use(own);
    await patient.page.getByText("Check-up in spring").waitFor();
  });
});
