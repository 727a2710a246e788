/** `diptych authority run`: the authority in the foreground, on chains that run elsewhere. */
import { utf8Decode } from "../../core/bytes.ts";
import { DiptychError } from "../../core/errors.ts";
import type { Context } from "../frame/context.ts";
import { readInput } from "../frame/input.ts";
import { startAuthority } from "../up/authorityProcess.ts";
import { usualName } from "./opening.ts";
import { demandAccount } from "./words.ts";

export type AuthorityRunOptions = {
  host?: string;
  port?: string;
  cert?: string;
  keyFile?: string;
  officer?: string[];
};

const usualPort = 8603;

export async function runAuthority(context: Context, options: AuthorityRunOptions): Promise<void> {
  const { cert, keyFile, host, port = String(usualPort) } = options;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new DiptychError("usage", `--port takes a number from 0 to 65535, not ${JSON.stringify(port)}.`);
  if ((cert === undefined) !== (keyFile === undefined))
    throw new DiptychError("usage", "--cert and --key-file go together: HTTPS needs both.");
  const keys = await context.identity("authority", undefined);
  await context.chains();
  const { chains } = await context.config();
  const access = (side: "storage" | "shared") => {
    const { genesisHash: _, ...rest } = chains[side];
    return { side, ...rest };
  };
  const running = await startAuthority(
    {
      port: Number(port),
      chains: { storage: access("storage"), shared: access("shared") },
      home: context.settings.home,
      keys,
      name: usualName,
      officers: (options.officer ?? []).map(demandAccount),
    },
    {
      ...(host === undefined ? {} : { host }),
      ...(cert === undefined || keyFile === undefined
        ? {}
        : {
            tls: {
              cert: utf8Decode(await readInput(cert, 1 << 20)),
              key: utf8Decode(await readInput(keyFile, 1 << 20)),
            },
          }),
    },
  );
  context.defer(() => running.close());
  await context.output.object({ event: "ready", url: running.facts.url });
  context.output.note(`authority at ${running.facts.url}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    else context.signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
