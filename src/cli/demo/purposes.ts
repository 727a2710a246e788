/** 5.2.1: what a record is asked for counts as much as who asks: the same requester is refused for one purpose, granted for another. */
import { describeExplanation } from "../../ledger/explanation.ts";
import type { Decided } from "../../ledger/request.ts";
import type { Mined } from "../../ledger/transactions.ts";
import { claim } from "./expectations.ts";
import type { PurposeRequest } from "./report.ts";
import { narrated, type Scene, type Stored } from "./storing.ts";

type Asked = { decided: Decided; mined: Mined };

/** The general requester asks for marketing, in vain; `research` is its request for research, which was granted. */
export async function askForPurposes(
  { narrator, cast }: Scene,
  { ledgerRecordIds }: Stored,
  research: Asked,
): Promise<PurposeRequest[]> {
  const requester = cast.requesters.general;
  const told = async (purpose: string, { decided }: Asked): Promise<PurposeRequest> => {
    const { decision, transaction } = decided;
    const explanation = await requester.explain("shared", ledgerRecordIds.shared, purpose);
    claim(explanation.decision === decision, `the explanation for ${purpose} is of what was decided`);
    const outcome =
      decision === "granted"
        ? { decision: "granted" as const }
        : { decision: "denied" as const, reason: decision };
    return { purpose, ...outcome, transaction, explanation: describeExplanation(explanation) };
  };
  return narrated(
    narrator,
    "5.2.1",
    "The general requester asks for marketing; the contract refuses and says why",
    async (tell) => {
      const marketing = await requester.request("shared", ledgerRecordIds.shared, { purpose: "HMARKT" });
      claim(marketing.decided.decision === "purpose-not-allowed", "nobody is granted anything for marketing");
      const value = [await told("HMARKT", marketing), await told("HRESCH", research)];
      for (const { purpose, decision, explanation } of value) tell(`${purpose}, ${decision}: ${explanation}`);
      return { value, gas: marketing.mined.gas };
    },
  );
}
