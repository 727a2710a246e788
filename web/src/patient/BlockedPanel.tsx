/** Who is blocked from a record, and letting them back in. */
import { Button } from "@mantine/core";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { Isolated } from "../look/Isolated.tsx";
import { isolate } from "../look/isolate.ts";
import { Panel } from "../look/Panel.tsx";
import { capitalise, useNameOfAccount } from "../record/people.ts";
import { useWords } from "../words/useWords.ts";
import styles from "./BlockedPanel.module.css";
import { useRevoking } from "./useRevoking.tsx";

export function BlockedPanel({ facts: { id, blocked } }: { facts: RecordFacts }) {
  const words = useWords().patient.access;
  const nameOf = useNameOfAccount();
  const revoking = useRevoking();
  if (blocked.length === 0) return revoking.note;
  return (
    <Panel title={words.blocked}>
      <p>{words.blockedLead}</p>
      {revoking.note}
      <ul className={styles.list}>
        {blocked.map((account) => {
          const { who } = nameOf(account, []);
          return (
            <li key={account} className={styles.account}>
              <Isolated>{capitalise(who)}</Isolated>
              <Button
                variant="default"
                loading={revoking.busy.has(account)}
                aria-label={words.unblockLabel(isolate(who))}
                onClick={() => revoking.ask({ kind: "unblock", recordId: id, account, who })}
              >
                {words.unblock}
              </Button>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
