/** The worker's end of the engine. */
import { expose, type ProxyMarked, proxy, type Remote } from "comlink";
import type { PageConfig } from "./config.ts";
import { Engine, type Page } from "./engine.ts";
import { callOnly, faceOf } from "./face.ts";
import { carryFailures } from "./failures.ts";

/** What the page first calls: the engine itself is what it answers. */
const gate = {
  start: async (config: PageConfig, page: Remote<Page & ProxyMarked>): Promise<Engine & ProxyMarked> => {
    const engine = await Engine.start(config, {
      askWallet: (side, method, params, subject) => page.askWallet(side, method, params, subject),
      report: (actId, progress) => void page.report(actId, progress),
    });
    return proxy(faceOf(engine, ["patient", "amending", "doctor", "requester", "officer"]));
  },
};

export type EngineGate = typeof gate;

carryFailures();
expose(Object.assign(Object.create(null), { start: callOnly(gate.start) }));
