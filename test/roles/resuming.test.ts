/**
 * Acts of the patient that are stopped after every seventh of their effects, and a block after each of its own once among its four
 * payers; the deep tests stop all of them after each.
 */
import { describeStops } from "./stopping.ts";

describe("roles: acts that are stopped and made again", () => {
  describeStops(7);
});
