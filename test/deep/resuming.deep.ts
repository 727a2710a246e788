/** Acts of the patient that are stopped after each of their effects. */
import { describeStops } from "../roles/stopping.ts";

describe("roles: acts that are stopped after each effect and made again", function () {
  this.timeout(600_000);
  describeStops(1);
});
