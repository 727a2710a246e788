/** What a page can reach of its engine. */
import { expect } from "chai";
import { expose, proxy, releaseProxy, wrap } from "comlink";
import { callOnly, faceOf } from "../../web/src/engine/face.ts";

class Desk {
  private readonly office: { vault: { get(name: string): Uint8Array } };

  constructor(office: Desk["office"]) {
    this.office = office;
  }

  read(name: string): string {
    return `${name}: ${this.office.vault.get(name).length}`;
  }

  async list(): Promise<object[]> {
    return [{ bytes: Uint8Array.of(1), when: new Date(0), more: { one: [1n] } }];
  }

  role(): object {
    return { patient: new Role() };
  }

  own(): Role {
    return new Role();
  }
}

class Role {
  readonly seed = "secret";
}

class Engine {
  readonly patient: Desk;
  private readonly office = { vault: { get: () => Uint8Array.of(1, 2, 3) } };

  constructor() {
    this.patient = new Desk(this.office);
  }

  async keys(): Promise<string> {
    return `open ${this.office.vault.get().length}`;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what a script in the page could write
type Anything = any;

describe("web: what a page can reach of its engine", () => {
  let ports: MessageChannel;
  let engine: Anything;
  let gate: Anything;

  beforeEach(async () => {
    ports = new MessageChannel();
    const start = async () => proxy(faceOf(new Engine(), ["patient"]));
    expose(Object.assign(Object.create(null), { start: callOnly(start) }), ports.port1 as Anything);
    gate = wrap(ports.port2 as Anything);
    engine = await gate.start();
  });
  afterEach(() => {
    // Each has a channel of its own, which would keep the process alive.
    for (const each of [engine, gate]) each[releaseProxy]();
    for (const port of [ports.port1, ports.port2]) port.close();
  });

  const outcome = async (ask: () => unknown) => {
    try {
      return await ask();
    } catch {
      return "refused";
    }
  };

  it("calls its methods and those of its desks", async () => {
    expect(await engine.keys()).to.equal("open 3");
    expect(await engine.patient.read("seed")).to.equal("seed: 3");
    expect(await engine.patient.list()).to.deep.equal([
      { bytes: Uint8Array.of(1), when: new Date(0), more: { one: [1n] } },
    ]);
  });

  it("nothing of what they hold, and no role that a method lets out", async () => {
    for (const ask of [
      () => engine.office.vault.get("seed"),
      () => engine.patient.office.vault.get("seed"),
      () => engine.patient.office,
      () => engine.patient.role(),
      () => engine.patient.own(),
      () => engine.patient.read.call({ office: { vault: { get: () => "" } } }),
    ])
      expect(await outcome(ask)).to.be.oneOf(["refused", undefined]);
  });

  it("no constructor, of which it could make code, by any way", async () => {
    for (const at of [
      gate,
      gate.start,
      engine,
      engine.patient,
      engine.keys,
      engine.keys.apply,
      engine.keys.bind,
    ]) {
      expect(await outcome(() => new at.constructor("return 7"))).to.equal("refused");
      expect(await outcome(() => at.constructor("return 7"))).to.equal("refused");
      expect(await outcome(() => Reflect.get(at, "__proto__").constructor("return 7"))).to.equal("refused");
    }
    expect(await outcome(() => new engine.keys.constructor.constructor("return 7"))).to.equal("refused");
  });

  it("can't put anything in a method's place", async () => {
    engine.patient.read = "mine";
    engine.patient = { read: "mine" };
    expect(await engine.patient.read("seed")).to.equal("seed: 3");
  });
});
