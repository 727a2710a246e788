/** 5.2.3: requesters get their attributes and keys, and one attestation runs out before anybody asks. */

import { setTimeout as pause } from "node:timers/promises";
import { requesterAttributes, requesterNames } from "./cast.ts";
import { narrated, type Scene, sum } from "./storing.ts";

/** How long the attestation of `expired` holds, in seconds: enough to collect a key with it. */
const shortAttestation = 8;

/**
 * Requesters apply for attributes; the authority reviews, attests on both chains, and hands each a key of its own (5.2.3).
 * Returns when the short attestation of `expired` ends, in Unix seconds.
 */
export async function enrol({ world, cast, narrator }: Scene): Promise<number> {
  return narrated(
    narrator,
    "5.2.3",
    "Requesters apply; the authority attests and makes their attribute keys",
    async (tell) => {
      let gas = 0n;
      let shortExpiry = 0;
      for (const name of requesterNames) {
        const requester = cast.requesters[name];
        const attributes = [...requesterAttributes[name]];
        if (attributes.length > 0) {
          const application = await requester.apply(attributes, `synthetic evidence for ${name}`);
          const lifetime = name === "expired" ? shortAttestation : 365 * 24 * 3600;
          const expiry = Math.floor(Date.now() / 1000) + lifetime;
          if (name === "expired") shortExpiry = expiry;
          gas += sum((await world.authority.approve(application, expiry)).map((each) => each.gas));
        }
        const held = await requester.collectKey();
        const shown = held.filter((each) => !each.startsWith("id:")).join(", ") || "no attributes";
        tell(`${name.padEnd(18)} ${shown}${name === "expired" ? `, for ${shortAttestation} seconds` : ""}`);
      }
      const lines = ["Each key arrived sealed and was checked by pairing against the anchored public key."];
      return { value: shortExpiry, lines, gas };
    },
  );
}

/** Waits until both chains' own clocks have passed `time` (Unix seconds): chain time is never moved. */
export async function waitUntil({ world, narrator }: Scene, time: number): Promise<void> {
  narrator.detail("waiting for the short attestation to run out by the chains' clocks ...");
  for (const chain of Object.values(world.chains))
    while (((await chain.provider.getBlock("latest"))?.timestamp ?? 0) < time) await pause(200);
}
