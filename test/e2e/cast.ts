/** The people of one story. Its steps build on one another: once one has failed the others are left out. */
import { expect } from "chai";
import { Profile, type ProfileOptions } from "./profile.ts";
import { openStage, type Stage } from "./stage.ts";

export type Cast = {
  /** There from the first step on. */
  stage: Stage;
  /** Somebody comes in, with a browser profile of their own that ends with the story. */
  enter: (options?: ProfileOptions) => Promise<Profile>;
};

/** To be called in a story's `describe`: opens the stage before its first step, and looks after each whether a browser complained. */
export function castStory(): Cast {
  const profiles: Profile[] = [];
  let failed: string | undefined;
  const cast: Partial<Cast> = {
    enter: async (options) => {
      const profile = await Profile.open(cast.stage as Stage, options);
      profiles.push(profile);
      return profile;
    },
  };
  before(async function () {
    cast.stage = await openStage(this);
  });
  beforeEach(function () {
    this.currentTest?.timeout(180_000);
    if (failed !== undefined) this.skip();
  });
  afterEach(async function () {
    this.timeout(60_000);
    const complaints = profiles.map((each) => each.takeComplaints());
    if (this.currentTest?.isFailed() !== true) {
      expect(complaints.flat(), "what the browsers complained about").to.deep.equal([]);
      return;
    }
    failed ??= this.currentTest.fullTitle();
    if (complaints.flat().length > 0) console.warn(complaints.flat().join("\n"));
    for (const [at, each] of profiles.entries()) await each.keepTrace(failed, at + 1);
  });
  after(async () => {
    for (const each of profiles.splice(0)) await each.close();
  });
  return cast as Cast;
}
