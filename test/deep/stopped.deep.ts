/** `diptych demo`, stopped at more moments than in the suite. */
import { describeStopped } from "../cli/stopped.ts";

describe("cli: stopped anywhere in the story", () => {
  describeStopped([
    ["SIGINT", "Everything below is real"],
    ["SIGINT", "started  two chains"],
    ["SIGTERM", "started  contracts"],
    ["SIGTERM", "started  services"],
    ["SIGINT", "5.1.1 "],
    ["SIGTERM", "5.1.3 "],
    ["SIGINT", "5.2.2 "],
    ["SIGTERM", "5.3.2 "],
  ]);
});
