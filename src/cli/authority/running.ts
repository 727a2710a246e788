/** `diptych authority run`: the authority in the foreground, on chains that run elsewhere. */
import type { Context } from "../frame/context.ts";
import { type ListenOptions, portOf, readTls } from "../frame/listening.ts";
import { demandAccount } from "../frame/typed.ts";
import { untilStopped } from "../frame/untilStopped.ts";
import { startAuthority } from "../up/authorityProcess.ts";
import { usualName } from "./opening.ts";

export type AuthorityRunOptions = ListenOptions & { officer?: string[] };

const usualPort = 8603;

export async function runAuthority(context: Context, options: AuthorityRunOptions): Promise<void> {
  const port = portOf(options.port, usualPort);
  const tls = await readTls(options);
  const keys = await context.identity("authority", undefined);
  await context.chains();
  const { chains } = await context.config();
  const access = (side: "storage" | "shared") => {
    const { genesisHash: _, ...rest } = chains[side];
    return { side, ...rest };
  };
  const running = await startAuthority(
    {
      port,
      chains: { storage: access("storage"), shared: access("shared") },
      home: context.settings.home,
      keys,
      name: usualName,
      officers: (options.officer ?? []).map(demandAccount),
    },
    {
      ...(options.host === undefined ? {} : { host: options.host }),
      ...(tls === undefined ? {} : { tls }),
    },
  );
  context.defer(() => running.close());
  await context.output.object({ event: "ready", url: running.facts.url });
  context.output.note(`authority at ${running.facts.url}; Ctrl-C ends it`);
  await untilStopped(context.signal);
}
