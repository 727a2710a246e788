import { execFile } from "node:child_process";
import { getEventListeners } from "node:events";
import { promisify } from "node:util";
import { expect } from "chai";
import {
  checkSecretKey,
  decapsulate,
  encapsulate,
  keygen,
  type MasterKey,
  type PublicKey,
  SecretKey,
  setup,
} from "../../src/abe/index.ts";
import { KeptKeys } from "../../src/abe/workerMessages.ts";
import { openWorkers, type Workers } from "../../src/abe/workers.ts";
import { utf8 } from "../../src/core/bytes.ts";
import { parsePolicy } from "../../src/policy/index.ts";
import { expectCode } from "../expectCode.ts";

const crashing = new URL("./crashingWorker.ts", import.meta.url);

/** What a promise rejects with. */
async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail("it should have been rejected"),
    (reason: unknown) => reason,
  );
}

describe("abe: workers", () => {
  let workers: Workers;
  let publicKey: PublicKey;
  let masterKey: MasterKey;
  const ad = utf8("ad");

  before(async () => {
    workers = openWorkers({ count: 2 });
    ({ publicKey, masterKey } = await setup());
  });

  after(() => workers.close());

  it("make what the main thread opens, and open what it makes", async () => {
    const theirs = await workers.setup();
    const key = await workers.keygen(theirs.publicKey, theirs.masterKey, ["a:1", "level = 4"]);
    await checkSecretKey(theirs.publicKey, key);
    await workers.checkSecretKey(theirs.publicKey, key);
    const sealed = await workers.encapsulate(theirs.publicKey, parsePolicy("a:1 and level > 3"), ad);
    expect(await decapsulate(theirs.publicKey, key, sealed.capsule, ad)).to.deep.equal(sealed.key);
    const ours = await encapsulate(theirs.publicKey, "a:1");
    expect(await workers.decapsulate(theirs.publicKey, key, ours.capsule)).to.deep.equal(ours.key);
    const own = await keygen(theirs.publicKey, theirs.masterKey, ["b:2"]);
    await workers.checkSecretKey(theirs.publicKey, own);
    const read = await workers.readSecretKey(own.toBytes());
    expect(read.toBytes()).to.deep.equal(own.toBytes());
    expect(read.attributes).to.deep.equal(["b:2"]);
  });

  it("leave what they are given as it is", async () => {
    const key = await keygen(publicKey, masterKey, ["a:1"]);
    const { capsule, key: expected } = await encapsulate(publicKey, "a:1", ad);
    const [bytes, before] = [key.toBytes(), capsule.slice()];
    await workers.readSecretKey(bytes);
    for (let i = 0; i < 3; i++)
      expect(await workers.decapsulate(publicKey, key, capsule, ad)).to.deep.equal(expected);
    expect(capsule).to.deep.equal(before);
    expect(bytes).to.deep.equal(key.toBytes());
    expect(utf8("ad")).to.deep.equal(ad);
  });

  it("fail with the codes and words of the main thread", async () => {
    const key = await keygen(publicKey, masterKey, ["a:1"]);
    const { capsule } = await encapsulate(publicKey, "a:1");
    const other = await setup();
    const pairs: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
      [
        "policy-syntax",
        () => workers.encapsulate(publicKey, "a:1 and"),
        () => encapsulate(publicKey, "a:1 and"),
      ],
      [
        "abe-decapsulation-failed",
        () => workers.decapsulate(publicKey, key, capsule, ad),
        () => decapsulate(publicKey, key, capsule, ad),
      ],
      [
        "abe-key-invalid",
        () => workers.checkSecretKey(other.publicKey, key),
        () => checkSecretKey(other.publicKey, key),
      ],
      ["abe-key-invalid", () => workers.readSecretKey(capsule), () => SecretKey.fromBytes(capsule)],
      [
        "attribute-invalid",
        () => workers.keygen(publicKey, masterKey, ["level = 2", "level = 5"]),
        () => keygen(publicKey, masterKey, ["level = 2", "level = 5"]),
      ],
      [
        "argument-invalid",
        () => workers.keygen(publicKey, masterKey, []),
        () => keygen(publicKey, masterKey, []),
      ],
      [
        "argument-invalid",
        () => workers.keygen(publicKey, masterKey, "a"),
        () => keygen(publicKey, masterKey, "a"),
      ],
      [
        "argument-invalid",
        () => workers.checkSecretKey(publicKey, masterKey as never),
        () => checkSecretKey(publicKey, masterKey as never),
      ],
    ];
    for (const [code, there, here] of pairs) {
      const error = await expectCode(code as never, there);
      expect(error.message).to.equal((await expectCode(code as never, here)).message);
    }
  });

  it("know a key again, also after many others, and refuse it once it is wiped", async () => {
    const one = openWorkers({ count: 1 });
    try {
      const keys = await one.keygenMany(
        publicKey,
        masterKey,
        Array.from({ length: 20 }, (_, i) => [`a:${i}`]),
      );
      const sealed = await encapsulate(publicKey, keys.map((_, i) => `a:${i}`).join(" or "));
      for (const round of [0, 1])
        for (const key of keys)
          expect(await one.decapsulate(publicKey, key, sealed.capsule), `${round}`).to.deep.equal(sealed.key);
      const last = keys.at(-1)!;
      last.wipe();
      await expectCode("argument-invalid", () => one.decapsulate(publicKey, last, sealed.capsule));
      await expectCode("argument-invalid", () =>
        one.decapsulate(publicKey, { ...last } as never, sealed.capsule),
      );
    } finally {
      await one.close();
    }
  });

  it("keep so many keys and no more, the latest used", () => {
    const dropped: number[] = [];
    const kept = new KeptKeys<number>((value) => dropped.push(value));
    for (let i = 0; i < 16; i++) kept.add(i, i + 100);
    expect(kept.use(0)).to.equal(100);
    kept.add(16, 116);
    kept.add(17, 117);
    expect(dropped).to.deep.equal([101, 102]);
    expect([kept.use(0), kept.use(1), kept.use(2), kept.use(3)]).to.deep.equal([
      100,
      undefined,
      undefined,
      103,
    ]);
  });

  describe("keygenMany", () => {
    it("gives a key for each set, in order, and tells how far it is", async () => {
      const progress: number[] = [];
      const sets = function* () {
        for (let i = 0; i < 30; i++) yield [`id:${i}`, "role:doctor"];
      };
      const keys = await workers.keygenMany(publicKey, masterKey, sets(), {
        onProgress: (done) => progress.push(done),
      });
      expect(keys.map(({ attributes }) => attributes[0])).to.deep.equal(keys.map((_, i) => `id:${i}`));
      expect(progress).to.deep.equal(keys.map((_, i) => i + 1));
      await checkSecretKey(publicKey, keys[29]!);
      expect(await workers.keygenMany(publicKey, masterKey, [])).to.deep.equal([]);
    });

    it("ends at the first bad set, says which, and asks for no more", async () => {
      let asked = 0;
      let returned = false;
      const sets = function* () {
        try {
          for (; asked < 1000; ) yield asked++ === 6 ? [""] : ["a:1"];
        } finally {
          returned = true;
        }
      };
      const error = await expectCode("attribute-invalid", () =>
        workers.keygenMany(publicKey, masterKey, sets()),
      );
      expect(error.message).to.match(/^Set 7 of attributes: "" is not an attribute/);
      expect(asked).to.be.lessThan(20);
      expect(returned).to.equal(true);
    });

    it("stops when it is told to, or when its caller's progress fails", async () => {
      const endless = function* () {
        for (;;) yield ["a:1"];
      };
      const control = new AbortController();
      const reason = new Error("enough");
      const onProgress = (done: number) => {
        if (done === 5) control.abort(reason);
      };
      const options = { signal: control.signal, onProgress };
      expect(await reasonOf(workers.keygenMany(publicKey, masterKey, endless(), options))).to.equal(reason);
      expect(await reasonOf(workers.keygenMany(publicKey, masterKey, endless(), options))).to.equal(reason);
      expect(getEventListeners(control.signal, "abort")).to.deep.equal([]);
      const careless = () => {
        throw reason;
      };
      expect(
        await reasonOf(workers.keygenMany(publicKey, masterKey, endless(), { onProgress: careless })),
      ).to.equal(reason);
    });
  });

  it("let go of what is aborted, before, while it waits and while it runs, and keep working", async () => {
    const one = openWorkers({ count: 1 });
    try {
      const names = Array.from({ length: 200 }, (_, i) => `a:${i}`);
      const [running, waiting] = [new AbortController(), new AbortController()];
      const first = reasonOf(one.keygen(publicKey, masterKey, names, { signal: running.signal }));
      const second = reasonOf(one.keygen(publicKey, masterKey, names, { signal: waiting.signal }));
      const third = one.encapsulate(publicKey, "a:1");
      waiting.abort();
      running.abort();
      for (const reason of [await first, await second]) expect((reason as Error).name).to.equal("AbortError");
      const late = reasonOf(one.encapsulate(publicKey, "a:1", ad, { signal: running.signal }));
      expect(((await late) as Error).name).to.equal("AbortError");
      expect((await third).key).to.have.length(32);
      const { signal: quiet } = new AbortController();
      await one.encapsulate(publicKey, "a:1", ad, { signal: quiet });
      await one.keygenMany(publicKey, masterKey, [["a:1"]], { signal: quiet });
      await expectCode("policy-syntax", () => one.encapsulate(publicKey, "", ad, { signal: quiet }));
      expect(getEventListeners(quiet, "abort")).to.deep.equal([]);
      for (const { signal } of [running, waiting])
        expect(getEventListeners(signal, "abort")).to.deep.equal([]);
    } finally {
      await one.close();
    }
  });

  it("never get what was aborted while it waited", async () => {
    const one = openWorkers({ count: 1, url: crashing });
    try {
      const control = new AbortController();
      const first = one.setup();
      const second = reasonOf(one.setup({ signal: control.signal }));
      control.abort();
      await Promise.all([first, second]);
      const error = await expectCode("worker-failed", () => one.encapsulate(publicKey, "crash:now"));
      expect(error.message).to.contain("exit code 2");
    } finally {
      await one.close();
    }
  });

  it("that crash reject what they had, and others take their places", async () => {
    const frail = openWorkers({ count: 2, url: crashing });
    try {
      const key = await frail.keygen(publicKey, masterKey, ["a:1"]);
      const outcomes = await Promise.allSettled([
        frail.encapsulate(publicKey, "crash:now"),
        frail.encapsulate(publicKey, "a:1"),
        frail.encapsulate(publicKey, "crash:now"),
        frail.encapsulate(publicKey, "a:1"),
      ]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal([
        "rejected",
        "fulfilled",
        "rejected",
        "fulfilled",
      ]);
      const error = await expectCode("worker-failed", () => frail.encapsulate(publicKey, "crash:now"));
      expect(error.message).to.match(/exit code \d/);
      const { capsule, key: expected } = await frail.encapsulate(publicKey, "a:1");
      expect(await frail.decapsulate(publicKey, key, capsule)).to.deep.equal(expected);
    } finally {
      await frail.close();
    }
  });

  it("that can't start say so at each call", async () => {
    const lost = openWorkers({ count: 1, url: new URL("./nowhere.js", import.meta.url) });
    await expectCode("worker-failed", () => lost.setup());
    await expectCode("worker-failed", () => lost.setup());
    await lost.close();
  });

  it("once closed, reject what was under way and whatever comes", async () => {
    const closing = openWorkers({ count: 1 });
    const pending = [1, 2, 3].map(() => expectCode("argument-invalid", () => closing.setup()));
    await closing.close();
    await Promise.all(pending);
    await expectCode("argument-invalid", () => closing.setup());
    await closing.close();
    for (const count of [0, 1.5, -1, Number.NaN, 5000])
      await expectCode("argument-invalid", () => openWorkers({ count }));
  });

  for (const [how, end] of [
    ["after close()", "await workers.close();"],
    ["without it", ""],
  ] as const)
    it(`a Node process ends by itself ${how}`, async () => {
      const code = `
        import { openWorkers } from ${JSON.stringify(new URL("../../src/abe/workers.ts", import.meta.url).href)};
        const workers = openWorkers({ count: 2 });
        const { publicKey, masterKey } = await workers.setup();
        const keys = await workers.keygenMany(publicKey, masterKey, [["a:1"], ["b:2"], ["c:3"]]);
        ${end}
        console.log(keys.length);`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--input-type=module", "--eval", code],
        {
          timeout: 30_000,
        },
      );
      expect(stdout).to.equal("3\n");
    });
});
