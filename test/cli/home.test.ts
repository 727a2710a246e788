/** The home folder: its rights, versions, locks, and sealed keys. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { readPassphrase } from "../../src/cli/frame/passphrase.ts";
import { type Binding, demandSame } from "../../src/cli/home/binding.ts";
import { Home } from "../../src/cli/home/home.ts";
import { takeLock } from "../../src/cli/home/lock.ts";
import { hasRole, makeIdentity, openIdentity, openRoleKeys } from "../../src/cli/home/roleKeys.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { expectCode } from "../expectCode.ts";
import { scratch } from "./run.ts";

const folder = scratch();
let number = 0;
const fresh = () => join(folder, `home${number++}`);
/** Weak on purpose: these keys guard nothing. */
const quick = 10;
const onWindows = process.platform === "win32";

function everyFile(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe("cli: the home folder", () => {
  it("is made for its owner only, and opened again", async () => {
    const path = fresh();
    await expectCode("home-missing", () => Home.open(path));
    const home = await Home.make(path);
    await home.write("x", "config.json");
    await makeIdentity(home, "patient-anna", "correct horse", quick);
    expect((await Home.open(path)).wasOpenToOthers).to.equal(false);
    expect(await home.roles()).to.deep.equal(["patient-anna"]);
    if (onWindows) return;
    expect(statSync(path).mode & 0o777).to.equal(0o700);
    for (const file of everyFile(path)) expect(statSync(file).mode & 0o777, file).to.equal(0o600);
  });

  it("is closed to others when it was open", async function () {
    if (onWindows) this.skip();
    const path = fresh();
    await Home.make(path);
    chmodSync(path, 0o755);
    expect((await Home.open(path)).wasOpenToOthers).to.equal(true);
    expect(statSync(path).mode & 0o777).to.equal(0o700);
  });

  it("is not made among other files, nor where a file stands", async () => {
    const path = fresh();
    mkdirSync(path);
    writeFileSync(join(path, "thesis.doc"), "x");
    await expectCode("home-invalid", () => Home.make(path));
    await expectCode("home-unwritable", () => Home.make(join(path, "thesis.doc")));
    expect(readdirSync(path)).to.deep.equal(["thesis.doc"]);
  });

  it("of a newer version, or damaged, is left as it is", async () => {
    const home = await Home.make(fresh());
    for (const [text, code] of [
      [`{"format":2,"more":1}`, "home-newer"],
      [`{"format":"1"}`, "home-invalid"],
      ["null", "home-invalid"],
      ["", "home-invalid"],
      ["{", "home-invalid"],
    ] as const) {
      writeFileSync(home.path("home.json"), text);
      await expectCode(code, () => Home.open(home.folder));
      await expectCode(code, () => Home.make(home.folder));
      expect(readFileSync(home.path("home.json"), "utf8")).to.equal(text);
    }
  });

  it("two makers at once make one", async () => {
    const path = fresh();
    const homes = await Promise.all(Array.from({ length: 8 }, () => Home.make(path)));
    expect(new Set(homes.map((home) => home.folder)).size).to.equal(1);
    expect(readdirSync(path).sort()).to.deep.equal(["home.json", "run"]);
    expect(readdirSync(join(path, "run"))).to.deep.equal([]);
  });

  it("is bound to chains; another first block or contract is told", async () => {
    const home = await Home.make(fresh());
    const chain = (n: number) => ({
      chainId: n,
      genesisHash: `0x${"12".repeat(32)}`,
      ledger: `0x${"ab".repeat(20)}`,
      attributeRegistry: `0x${"cd".repeat(20)}`,
      keyRegistry: `0x${"ef".repeat(20)}`,
    });
    const bound: Binding = { storage: chain(1), shared: chain(2) };
    await home.bind(bound);
    expect((await Home.open(home.folder)).bound).to.deep.equal(bound);
    demandSame(bound, { ...bound, shared: { ...bound.shared, ledger: `0x${"AB".repeat(20)}` } });
    for (const other of [
      { genesisHash: `0x${"34".repeat(32)}` },
      { ledger: `0x${"00".repeat(20)}` },
      { chainId: 3 },
    ]) {
      const error = await expectCode("home-mismatch", async () =>
        demandSame(bound, { ...bound, shared: { ...bound.shared, ...other } }),
      );
      expect(error.message).to.match(/shared chain .*diptych replay.*--fresh/);
    }
  });

  it("starts anew without deleting anything", async () => {
    const home = await Home.make(fresh());
    expect(await home.setAside()).to.equal(undefined);
    await home.write("old", "config.json");
    await makeIdentity(home, "doctor", "correct horse", quick);
    const lock = await home.lockRole("doctor", "signing");
    await expectCode("home-locked", () => home.setAside());
    await lock.release();
    const aside = await home.setAside();
    expect(readFileSync(join(aside!, "config.json"), "utf8")).to.equal("old");
    expect(readdirSync(join(aside!, "keys"))).to.include("doctor.age");
    expect(await home.roles()).to.deep.equal([]);
    expect(await home.read("config.json")).to.equal(undefined);
  });
});

describe("cli: locks", () => {
  it("a second taker is told who has it, and gets it afterwards", async () => {
    const path = join(folder, "a.lock");
    const lock = await takeLock(path, "writing this test");
    const error = await expectCode("home-locked", () => takeLock(path, "another"));
    expect(error.message).to.contain("writing this test").and.contain(String(process.pid));
    const waiting = takeLock(path, "another", 10_000);
    await lock.release();
    await (await waiting).release();
    expect(readdirSync(folder).filter((name) => name.startsWith("a.lock"))).to.deep.equal([]);
  });

  it("of a process that is gone, damaged, or of another process with its number: taken over", async () => {
    const gone = spawn(process.execPath, ["-e", ""]);
    await once(gone, "exit");
    const path = join(folder, "b.lock");
    const contents = [
      JSON.stringify({ pid: gone.pid, started: "1", what: "x" }),
      "",
      "{}",
      ...(process.platform === "linux"
        ? [JSON.stringify({ pid: process.pid, started: "1", what: "x" })]
        : []),
    ];
    for (const content of contents) {
      writeFileSync(path, content);
      await (await takeLock(path, "taking over")).release();
    }
  });

  it("of a killed process: one of many takers gets it at a time", async function () {
    this.timeout(60_000);
    const path = join(folder, "c.lock");
    const module = fileURLToPath(new URL("../../src/cli/home/lock.ts", import.meta.url));
    const holder = spawn(process.execPath, [
      "--input-type=module",
      "-e",
      `import { takeLock } from ${JSON.stringify(module)};
       await takeLock(${JSON.stringify(path)}, "holding");
       process.stdout.write("held"); setInterval(() => 0, 1000);`,
    ]);
    await once(holder.stdout, "data");
    await expectCode("home-locked", () => takeLock(path, "me"));
    holder.kill("SIGKILL");
    await once(holder, "exit");
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 12 }, async (_, i) => {
        const lock = await takeLock(path, `taker ${i}`, 30_000);
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
        await lock.release();
      }),
    );
    expect(most).to.equal(1);
  });
});

describe("cli: a role's sealed keys", () => {
  const passphrase = "correct horse battery";

  it("come back with the passphrase, and not with another", async () => {
    const home = await Home.make(fresh());
    const store = await openRoleKeys(home, await makeIdentity(home, "patient-anna", passphrase, quick));
    const secret = utf8("the seed of anna, 32 bytes long.");
    await store.set("patient/seed", secret);
    await store.set("patient/seed", secret);
    await store.set("other", new Uint8Array(100_000).fill(7));
    const again = await openRoleKeys(home, await openIdentity(home, "patient-anna", passphrase));
    expect(await again.get("patient/seed")).to.deep.equal(secret);
    expect((await again.get("other"))!.length).to.equal(100_000);
    expect(await again.get("unknown")).to.equal(undefined);
    await again.delete("other");
    await again.delete("other");
    expect(await store.get("other")).to.equal(undefined);
    expect(await hasRole(home, "patient-anna")).to.equal(true);
    expect(await hasRole(home, "patient-bert")).to.equal(false);
    const error = await expectCode("passphrase-wrong", () =>
      openIdentity(home, "patient-anna", `${passphrase} `),
    );
    expect(error.message).to.not.contain(passphrase);
    await expectCode("key-missing", () => openIdentity(home, "patient-bert", passphrase));
    for (const file of everyFile(home.folder)) {
      const bytes = readFileSync(file);
      expect(bytes.includes(Buffer.from(secret))).to.equal(false);
      expect(`${file.slice(home.folder.length)} ${bytes.toString("latin1")}`).to.not.contain("patient/seed");
    }
  });

  it("are refused when a byte was changed, when swapped, when of another role", async () => {
    const home = await Home.make(fresh());
    const identity = await makeIdentity(home, "requester", passphrase, quick);
    const store = await openRoleKeys(home, identity);
    await store.set("one", utf8("1"));
    const [one] = readdirSync(home.path("keys", "requester"));
    await store.set("two", utf8("2"));
    const two = readdirSync(home.path("keys", "requester")).find((name) => name !== one);
    const oneBytes = readFileSync(home.path("keys", "requester", one!));
    const bad = Buffer.from(oneBytes);
    bad[bad.length - 20]! ^= 1;
    for (const bytes of [bad, oneBytes.subarray(0, -1), readFileSync(home.path("keys", "requester", two!))]) {
      writeFileSync(home.path("keys", "requester", one!), bytes);
      await expectCode("home-invalid", () => store.get("one"));
    }
    const renamed = await openRoleKeys(home, { ...identity, role: "doctor" });
    writeFileSync(home.path("keys", "doctor", one!), oneBytes);
    await expectCode("home-invalid", () => renamed.get("one"));
  });

  it("have names that can't leave the folder", async () => {
    const home = await Home.make(fresh());
    for (const name of ["", "..", "../x", "a/b", "A", "a b", ".a", "a.", "x".repeat(65), "a\n"])
      await expectCode("usage", () => makeIdentity(home, name, passphrase, quick));
  });
});

describe("cli: the passphrase", () => {
  const names = ["DIPTYCH_PASSPHRASE", "DIPTYCH_PASSPHRASE_FILE"] as const;
  const before = names.map((name) => process.env[name]);
  const given = (passphrase?: string, file?: string) => {
    for (const [i, value] of [passphrase, file].entries())
      if (value === undefined) delete process.env[names[i]!];
      else process.env[names[i]!] = value;
  };
  after(() => given(...before));

  it("comes from the file before the environment, without the line's end", async () => {
    const file = join(folder, "passphrase");
    writeFileSync(file, "from the file \r\nsecond line\n", { mode: 0o600 });
    given("from the environment", file);
    expect(await readPassphrase("x", true)).to.equal("from the file ");
    given("from the environment", "");
    expect(await readPassphrase("x", false)).to.equal("from the environment");
    // The same letters, written with and without a combining mark.
    given("cafe\u0301-society");
    expect(await readPassphrase("x", true)).to.equal("caf\u00e9-society");
  });

  it("is missed where nobody can be asked, and not repeated in messages", async function () {
    if (process.stdin.isTTY) this.skip();
    given();
    await expectCode("passphrase-missing", () => readPassphrase("x", false));
    given(undefined, join(folder, "nowhere"));
    await expectCode("passphrase-missing", () => readPassphrase("x", false));
    given("short12");
    expect(await readPassphrase("x", false)).to.equal("short12");
    expect((await expectCode("usage", () => readPassphrase("x", true))).message).to.not.contain("short12");
  });
});
