/** Looks whether ports are free before anything is started, since a chain takes seconds to find out. */
import { createServer } from "node:net";
import { DiptychError } from "../../core/errors.ts";
import type { Plan } from "./plan.ts";

/** Demands that all ports of a plan can be listened on. @throws DiptychError `start-failed` naming the first that can't */
export async function demandFreePorts({ ports, gates, services, page }: Plan): Promise<void> {
  const wanted = [ports.chains.storage, ports.chains.shared];
  if (services) {
    wanted.push(ports.gateway, ports.authority, ports.relayer);
    for (const side of ["storage", "shared"] as const)
      for (let i = 0; i < gates; i++) wanted.push(ports.gate(side, i));
  }
  if (page) wanted.push(ports.page);
  for (const port of wanted.filter((each) => each !== 0)) {
    const trouble = await tryPort(port);
    if (trouble !== undefined)
      throw new DiptychError(
        "start-failed",
        `Port ${port} ${trouble}: choose another base with --ports, or 0 for free ports.`,
      );
  }
}

function tryPort(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      resolve(code === "EADDRINUSE" ? "is taken" : code === "EACCES" ? "is not for you" : `gives ${code}`),
    );
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(undefined)));
  });
}
