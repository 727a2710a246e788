import { after } from "mocha";
import { openWorld, type World } from "./fixture.ts";

/** What was opened once, and how to have it again as it was then. */
const worlds = new Map<number, { world: World; restore: () => Promise<void> }>();

// At the end of a whole run of mocha: the next one in this process may test other contracts.
after(() => worlds.clear());

/**
 * The world of {@link openWorld} with nothing done in it yet. There is one for each chain id, set back each time: whoever
 * asks for it ends what earlier tests had of it.
 */
export async function freshWorld(chainId = 31337): Promise<World> {
  const known = worlds.get(chainId);
  if (known !== undefined) {
    await known.restore();
    // What tests take as the present is the newest block's time, which is as old as the snapshot otherwise.
    await known.world.networkHelpers.mine();
    return known.world;
  }
  const world = await openWorld(chainId);
  const { restore } = await world.networkHelpers.takeSnapshot();
  worlds.set(chainId, { world, restore });
  return world;
}
