/** A disk that is full, read-only, or takes no large files: each is told by its code, and nothing stays half-written. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { writeOutput } from "../../src/cli/frame/outputFile.ts";
import { Home } from "../../src/cli/home/home.ts";
import { makeIdentity, openIdentity, openRoleKeys } from "../../src/cli/home/roleKeys.ts";
import { EmbeddedBlockStore } from "../../src/cloud/embedded.ts";
import { makeBlock } from "../../src/cloud/index.ts";
import { hex, randomBytes } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { mountTinyDisk, type TinyDisk } from "../tinyDisk.ts";
import { scratch } from "./run.ts";

/** All files under a folder and what they hold. */
async function contentsOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name !== "filler") {
      const path = join(entry.parentPath, entry.name);
      found[path] = hex(await readFile(path));
    }
  return found;
}

describe("cli: a disk that takes nothing more", () => {
  let disk: TinyDisk;
  before(function () {
    disk = mountTinyDisk(this, 512);
  });
  after(() => disk?.close());
  afterEach(() => {
    disk.readOnly(false);
    disk.makeRoom();
  });

  for (const [what, stop] of [
    ["full", () => disk.fill()],
    ["read-only", () => disk.readOnly(true)],
  ] as const)
    it(`${what}: a home keeps what it has, says so, and goes on when that is over`, async () => {
      const home = await Home.make(join(disk.folder, what));
      const identity = await makeIdentity(home, "patient", "correct horse battery", 4);
      const keys = await openRoleKeys(home, identity);
      const [old, fresh] = [randomBytes(9000), randomBytes(20_000)];
      await keys.set("patient/seed", old);
      const before = await contentsOf(home.folder);
      stop();
      const error = await expectCode("home-unwritable", () => keys.set("patient/seed", fresh));
      expect(error.message).to.match(what === "full" ? /disk is full; make room/ : /read-only disk/);
      await expectCode("home-unwritable", () => makeIdentity(home, "doctor", "correct horse battery", 4));
      await expectCode("home-unwritable", () => home.lock("patient", "publishing"));
      await expectCode("home-unwritable", () => home.bind(undefined));
      expect(await contentsOf(home.folder)).to.deep.equal(before);
      expect(await keys.get("patient/seed")).to.deep.equal(old);
      // Reading goes on: a command that only looks needs no room.
      const again = await Home.open(home.folder);
      const reopened = await openIdentity(again, "patient", "correct horse battery");
      expect(await (await openRoleKeys(again, reopened)).get("patient/seed")).to.deep.equal(old);

      disk.readOnly(false);
      disk.makeRoom();
      await (await home.lock("patient", "publishing")).release();
      await keys.set("patient/seed", fresh);
      expect(await keys.get("patient/seed")).to.deep.equal(fresh);
      expect(Object.keys(await contentsOf(home.folder)).filter((name) => /\.\d+$/.test(name))).to.deep.equal(
        [],
      );
    });

  for (const [what, stop] of [
    ["full", () => disk.fill()],
    ["read-only", () => disk.readOnly(true)],
  ] as const)
    it(`${what}: a new home can't be made there, and can afterwards`, async () => {
      const folder = join(disk.folder, `${what}-new`);
      stop();
      await expectCode("home-unwritable", () => Home.make(folder));
      disk.readOnly(false);
      disk.makeRoom();
      await Home.make(folder);
      expect(existsSync(join(folder, "home.json"))).to.equal(true);
    });

  it("full: a file that was asked for keeps its old content, and none is left half-written", async () => {
    const [old, other] = [join(disk.folder, "old.backup"), join(disk.folder, "new.backup")];
    await writeOutput(old, "the back-up of before");
    disk.fill();
    for (const file of [old, other]) {
      const error = await expectCode("usage", () => writeOutput(file, randomBytes(60_000)));
      expect(error.message).to.contain("the disk is full; make room and run the command again");
    }
    expect(readFileSync(old, "utf8")).to.equal("the back-up of before");
    expect((await readdir(disk.folder)).filter((name) => name.includes("new.backup"))).to.deep.equal([]);
    disk.makeRoom();
    await writeOutput(old, "the new one");
    expect(readFileSync(old, "utf8")).to.equal("the new one");
  });

  it("nearly full: a key that would only fit in part doesn't take the place of the old one", async () => {
    const home = await Home.make(join(disk.folder, "nearly"));
    const keys = await openRoleKeys(home, await makeIdentity(home, "patient", "correct horse battery", 4));
    const old = randomBytes(500);
    await keys.set("patient/seed", old);
    disk.fill(3);
    await expectCode("home-unwritable", () => keys.set("patient/seed", randomBytes(40_000)));
    expect(await keys.get("patient/seed")).to.deep.equal(old);
  });

  it("full: the block store refuses, keeps what it has, and goes on when there is room", async () => {
    const store = await EmbeddedBlockStore.open(join(disk.folder, "blocks"));
    const kept = await makeBlock(0x55, randomBytes(3000));
    const late = await makeBlock(0x55, randomBytes(60_000));
    await store.put(kept);
    disk.fill();
    await expectCode("store-failed", () => store.put(late));
    expect(await store.get(kept.cid)).to.deep.equal(kept.bytes);
    disk.makeRoom();
    await store.put(late);
    expect(await store.get(late.cid)).to.deep.equal(late.bytes);
    const again = await EmbeddedBlockStore.open(join(disk.folder, "blocks"));
    expect(await again.get(late.cid)).to.deep.equal(late.bytes);
  });
});

describe("cli: files that may not grow", () => {
  const folder = scratch();

  it("a limit on file sizes is told, and the old file stays", function () {
    if (process.platform === "win32" || spawnSync("sh", ["-c", "ulimit -f 8"]).status !== 0) {
      console.warn("    skipped: this system has no ulimit");
      this.skip();
    }
    const entry = join(import.meta.dirname, "../../src/cli/diptych.mjs");
    const file = join(folder, "record.json");
    writeFileSync(file, "as before");
    const { stderr, status } = spawnSync(
      "sh",
      ["-c", `ulimit -f 0; exec "${process.execPath}" "${entry}" --yes doctor sample --out "${file}"`],
      // What Node itself would write there is not what this is about.
      { encoding: "utf8", env: { ...process.env, NO_COLOR: "1", NODE_DISABLE_COMPILE_CACHE: "1" } },
    );
    expect(status, stderr).to.equal(2);
    expect(stderr).to.contain("files may not grow that large here; raise the limit (ulimit -f)");
    expect(readFileSync(file, "utf8")).to.equal("as before");
  });
});
