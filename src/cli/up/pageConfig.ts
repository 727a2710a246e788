/** What a web page is told of the world that it belongs to. */
import type { Address } from "../../ledger/chain.ts";
import type { Config } from "../config/schema.ts";

/** `diptych.json`, public all of it. */
export type PageConfig = Config & {
  /** Stands in what applicants and officers sign. */
  authorityName: string;
  /** Accounts that decide at the authority's desk with a wallet. */
  officers: Address[];
};
