/** `diptych inspect`: every object of a published record in words, and no secret among them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { encodeExtraction } from "../../src/ces/index.ts";
import { inspect } from "../../src/cli/inspect/inspecting.ts";
import {
  describeBlock,
  describeCapsule,
  describeExtraction,
  describeHeader,
  describeManifest,
} from "../../src/cli/inspect/objects.ts";
import { linesOf } from "../../src/cli/inspect/printing.ts";
import { standingIndexes, standingRequests } from "../../src/cli/inspect/standing.ts";
import { parseCid } from "../../src/cloud/index.ts";
import { hex } from "../../src/core/bytes.ts";
import { encodeExtractionFile } from "../../src/record/index.ts";
import { act, makeHome } from "../cli/acting.ts";
import { diptych } from "../cli/running.ts";
import { expectCode } from "../expectCode.ts";
import { random32 } from "../world.ts";
import { type Story, theStory } from "./tampering.ts";

describe("hostile bytes: what inspect prints", function () {
  this.timeout(120_000);
  let story: Story;
  let folder: string;
  before(async () => {
    story = await theStory();
    folder = await mkdtemp(join(tmpdir(), "diptych-inspect-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Everything that must not be shown: keys, salts, sigma, contents. */
  function secretsOf({ opened }: Story): string[] {
    const { index, k, keyring } = opened.learned;
    const salts = opened.extraction.parts.map(({ salt }) => salt);
    const contents = opened.extraction.parts.map(({ content }) => new TextDecoder().decode(content));
    const bytes = [index.sigma, index.dIndex, k, ...keyring.parts.map(({ key }) => key), ...salts];
    return [...bytes.map((each) => hex(each).slice(2)), ...contents];
  }

  const demandNoSecrets = (printed: string) => {
    for (const secret of secretsOf(story)) expect(printed).not.to.include(secret);
  };

  it("manifest, capsule, header and blocks", () => {
    const { manifest } = story.opened.learned;
    const root = [...story.blocks.keys()][0]!;
    const facts = describeManifest(story.blocks.get(root)!);
    expect(facts).to.deep.include({ object: "manifest", parts: manifest.parts.map(String) });
    expect(describeCapsule(manifest.capsule)).to.include({ policy: "role:doctor", attributesOnChain: 1 });
    expect(describeHeader(story.opened.extraction.header)).to.include({
      parts: 9,
      revision: 1,
      schema: "emr9",
    });
    const all = [...story.blocks].map(([cid, bytes]) => describeBlock({ cid: parseCid(cid), bytes }));
    expect(all.map(({ object }) => object)).to.deep.equal(["manifest", ...Array(10).fill("sealed bytes")]);
    demandNoSecrets(all.flatMap((each) => linesOf(each)).join("\n"));
  });

  it("an index and a request as they stand on the ledgers", async () => {
    const chains = Object.values(story.chains);
    const index = await standingIndexes(chains, story.ledgerRecordId);
    expect(Object.keys(index)).to.deep.equal(["id", "storage"]);
    expect(index.storage).to.deep.include({ version: 1, epoch: 1, closed: false });
    expect(linesOf(index).join("\n")).to.match(/proof holds: true/);
    const request = await standingRequests(chains, story.decided.requestId);
    expect(request.storage).to.deep.include({ status: "live", requester: story.requester.address });
    demandNoSecrets(linesOf(index).join("\n") + linesOf(request).join("\n"));
    await expectCode("record-unknown", () => standingIndexes(chains, random32()));
    await expectCode("record-unknown", () => standingRequests(chains, random32()));
  });

  it("an extraction from a file, on the command line", async () => {
    const { extraction } = story.opened;
    const { certificateChain } = story.opened.learned.keyring;
    const path = join(folder, "record.extraction");
    await writeFile(path, encodeExtractionFile({ extraction, certificateChain }));
    const { status, json } = await diptych("inspect", "extraction", path);
    expect(status).to.equal(0);
    const { object, shows } = json as { object: string; shows: { label: string }[] };
    expect([object, shows.length, shows[0]!.label]).to.deep.equal(["extraction", 9, "name"]);
    demandNoSecrets(JSON.stringify(json));
    // Without the certificate, as `encodeExtraction` writes it.
    expect(describeExtraction(encodeExtraction(extraction))).to.deep.include({ shows, certificates: [] });
    const home = join(folder, "home");
    await makeHome(home);
    await expectCode("usage", () => act(home, (context) => inspect(context, {}, "nonsense", undefined)));
  });
});
