/** Acts of the patient that are stopped after every seventh of their effects; the deep tests stop them after each. */
import { describeStops } from "./stopping.ts";

describe("roles: acts that are stopped and made again", () => {
  describeStops(7);
});
