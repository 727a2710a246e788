/** A relayer on the command line: its operator, its journal, and a patient whose acts it pays for. */
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Wallet } from "ethers";
import { readConfig, writeConfig } from "../../src/cli/config/config.ts";
import { Home } from "../../src/cli/home/home.ts";
import { accept, invite } from "../../src/cli/patient/inviting.ts";
import { publish } from "../../src/cli/patient/publishing.ts";
import { block } from "../../src/cli/patient/stopping.ts";
import { JournalFile } from "../../src/cli/relayer/journalFile.ts";
import { showRelayer } from "../../src/cli/relayer/status.ts";
import { readTerms } from "../../src/cli/relayer/terms.ts";
import { unhex, utf8 } from "../../src/core/bytes.ts";
import type { Address, Side } from "../../src/ledger/chain.ts";
import { parseInvitation } from "../../src/roles/invitation.ts";
import { RelayerSigner } from "../../src/services/index.ts";
import { deriveRelayerAccounts } from "../../src/services/relayerKeys.ts";
import { expectCode } from "../expectCode.ts";
import { PennilessOwner, sentBy, serveOwnRelayer } from "../services/relaying.ts";
import { deadUrl, random32, sample, sides, theDoctor, world } from "../world.ts";
import { act, makeHome } from "./acting.ts";
import { scratch } from "./run.ts";
import { diptych, Running } from "./running.ts";

describe("cli: a relayer", function () {
  this.timeout(120_000);
  const folder = scratch();
  const closers: (() => Promise<unknown>)[] = [];
  after(() => Promise.all(closers.map((close) => close())));

  /** A home whose configuration names gates and this relayer. */
  async function homeWith(name: string, relayer: string | undefined, ...roles: string[]): Promise<string> {
    const { gates } = await world();
    const home = await makeHome(join(folder, name), ...roles);
    const config = await readConfig(home);
    await writeConfig(home, {
      ...config,
      gates: { threshold: 2, ...gates },
      ...(relayer === undefined ? {} : { relayer }),
    });
    return home.folder;
  }

  it("pays for what a patient's commands send; the patient pays for dealing, and for all with --no-relayer", async () => {
    const { url, wallets, close } = await serveOwnRelayer();
    closers.push(close);
    const home = await homeWith("patient", url, "patient");
    const [out, info1] = [join(folder, "invitation.json"), join(folder, "info1")];
    const { json } = await act(home, (context) => invite(context, { out }));
    const accounts = json.accounts as Record<Side, Address>;
    const invitation = parseInvitation(readFileSync(out, "utf8"));
    writeFileSync(info1, await (await theDoctor()).issue(sample(), invitation));
    await act(home, (context) => accept(context, {}, info1));
    const before = await sentBy(wallets.storage.address);
    const sent = async () => {
      const paid = await sentBy(wallets.storage.address);
      const { chains } = await world();
      const own = sides.map((side) => chains[side].provider.getTransactionCount(accounts[side]));
      return { relayer: paid.map((count, i) => count - before[i]!), patient: await Promise.all(own) };
    };

    const dry = await act(home, (context) => publish(context, { dryRun: true }));
    expect(dry.json.relayer).to.equal(url);
    expect(dry.text).to.contain("pays for what you sign");
    expect(await sent()).to.deep.equal({ relayer: [0, 0], patient: [0, 0] });

    expect((await act(home, (context) => publish(context, {}))).json.published).to.have.length(2);
    expect(await sent()).to.deep.equal({ relayer: [1, 1], patient: [1, 1] });
    const [whom, other] = [Wallet.createRandom().address, Wallet.createRandom().address];
    await act(home, (context) => block(context, {}, whom));
    expect(await sent()).to.deep.equal({ relayer: [2, 2], patient: [1, 1] });
    const alone = await act(home, (context) => block(context, { relayer: false, dryRun: true }, other));
    expect([alone.json.relayer, alone.text.includes("relayer")]).to.deep.equal([undefined, false]);
    await act(home, (context) => block(context, { relayer: false }, other));
    expect(await sent()).to.deep.equal({ relayer: [2, 2], patient: [2, 2] });
  });

  it("status: one that can't pay, and one that is down", async () => {
    const { url, close } = await serveOwnRelayer({ prices: { floor: 10n ** 20n } });
    closers.push(close);
    const home = await homeWith("looking", url);
    const poor = await act(home, (context) => showRelayer(context, undefined));
    expect([poor.status, poor.json.ok]).to.deep.equal([6, false]);
    expect(poor.text).to.contain("less than its floor");
    const down = await deadUrl();
    await expectCode("service-unreachable", () => act(home, (context) => showRelayer(context, down)));
  });

  it("runs in a home, goes on after a kill, and tells how it stands", async () => {
    const home = await homeWith("operator", undefined);
    const run = async (...args: string[]) => {
      const running = new Running("--home", home, "relayer", "run", "--port", "0", ...args);
      closers.push(() => running.end("SIGKILL"));
      const ready = await running.event(({ event }) => event === "ready");
      return { running, ready, url: String(ready.url) };
    };
    const { chains } = await world();
    const owner = new PennilessOwner(chains.shared);
    const relay = async (url: string, data: string) => {
      const signer = new RelayerSigner(url, chains.shared);
      return (await signer.sendTransaction({ to: chains.shared.ledger, data })).wait();
    };

    const first = await run();
    const status = await act(home, (context) => showRelayer(context, first.url));
    expect([status.status, status.json.ok]).to.deep.equal([0, true]);
    const again = await diptych("--home", home, "relayer", "run", "--port", "0");
    expect([again.status, (again.json.error as { code: string }).code]).to.deep.equal([7, "home-locked"]);
    await relay(first.url, await owner.publish());
    await first.running.end("SIGKILL");

    const [seed, file] = [random32(), join(folder, "seed")];
    writeFileSync(file, `${seed}\n`);
    const second = await run("--acts-per-owner", "2", "--seed-file", file);
    const accounts = deriveRelayerAccounts(unhex(seed));
    expect(second.ready.accounts).to.deep.equal({
      storage: accounts.storage.address,
      shared: accounts.shared.address,
    });
    await relay(second.url, await owner.block());
    await expectCode("rate-limited", async () => relay(second.url, await owner.block()));
    expect(await second.running.end("SIGINT")).to.equal(0);
    const said = JSON.stringify([...second.running.events, second.running.stderr]);
    expect(said).to.not.contain(seed.slice(2, 20));
    expect(statSync(join(home, "journal", "relayer.jsonl")).mode & 0o777).to.equal(0o600);
  });

  it("terms are read, or refused", async () => {
    const owners = join(folder, "owners");
    const account = Wallet.createRandom().address;
    writeFileSync(owners, `# patients\n${account}\n\n  ${account.toLowerCase()} # again\n`);
    const terms = await readTerms({ actsPerOwner: "5", maxFee: "0.5", floor: "0", owners });
    expect(terms).to.deep.equal({
      limits: { actsPerOwner: 5 },
      prices: { maxFeePerGas: 500_000_000n, floor: 0n },
      owners: [account, account.toLowerCase()],
    });
    expect(await readTerms({})).to.deep.equal({ limits: {}, prices: {} });
    writeFileSync(owners, "0x12\n");
    for (const bad of [
      { actsPerOwner: "-1" },
      { gasPerDay: "1e9" },
      { gasPerAct: "many" },
      { maxFee: "-1" },
      { maxFee: "" },
      { floor: "x" },
      { owners },
    ])
      await expectCode("usage", () => readTerms(bad));
  });

  it("a journal keeps whole lines, on the chains it was made for", async () => {
    const home = await Home.open(await homeWith("journal", undefined));
    const path = home.path("relays.jsonl");
    const place = {
      chainId: 1,
      genesisHash: "0x01",
      ledger: "0x02",
      attributeRegistry: "0x03",
      keyRegistry: "0x04",
    };
    const journal = new JournalFile(path, [place]);
    expect(await journal.read()).to.deep.equal([]);
    await journal.replace(["one"]);
    await journal.append("two");
    await journal.close();
    appendFileSync(path, utf8("thr"));
    const reopened = new JournalFile(path, [place]);
    expect(await reopened.read()).to.deep.equal(["one", "two", "thr"]);
    expect(await new JournalFile(path, [{ ...place, genesisHash: "0x05" }]).read()).to.deep.equal([]);
    await reopened.replace(["two"]);
    await reopened.append("four");
    await reopened.close();
    expect(await new JournalFile(path, [place]).read()).to.deep.equal(["two", "four"]);
  });
});
