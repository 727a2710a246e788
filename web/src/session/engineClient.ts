/** The page's end of the engine: starts the worker and gives its methods as asynchronous ones. */
import { proxy, wrap } from "comlink";
import type { PageConfig } from "../engine/config.ts";
import type { Engine, Page } from "../engine/engine.ts";
import { carryFailures, Failure } from "../engine/failures.ts";
import type { EngineGate } from "../engine/worker.ts";

/** The methods of `T` as the page calls them; its desks likewise. */
export type Client<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : Client<T[K]>;
};

export type EngineClient = Client<Engine>;

/** Starts the engine in its worker. @throws Failure `worker-failed` when the browser can't start it */
export async function startEngine(config: PageConfig, page: Page): Promise<EngineClient> {
  carryFailures();
  const worker = new Worker(new URL("../engine/worker.ts", import.meta.url), {
    type: "module",
    name: "diptych",
  });
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener("error", (event) => {
      reject(new Failure("worker-failed", event.message || "The page's worker could not start."));
    });
  });
  const gate = wrap<EngineGate>(worker);
  const engine = await Promise.race([gate.start(config, proxy({ ...page }) as never), failed]);
  return engine as unknown as EngineClient;
}
