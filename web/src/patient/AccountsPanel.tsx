/** Which wallet account the patient uses on which chain. */
import { NativeSelect, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { sides } from "../engine/config.ts";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { useConnection, useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";

export function AccountsPanel() {
  const words = useWords().patient.keys.accounts;
  const { connection } = useSession();
  const { accounts, available } = useConnection();
  const queries = useQueryClient();
  if (accounts === undefined) return null;
  const choose = (side: "storage" | "shared", account: string) => {
    connection.choose({ ...accounts, [side]: account });
    queries.removeQueries({ queryKey: ["patient"] });
  };
  return (
    <Panel title={words.title}>
      <Stack gap="md" maw={560}>
        <p>{words.lead}</p>
        {sides.map((side) => (
          <NativeSelect
            key={side}
            label={words[side]}
            dir="ltr"
            value={accounts[side]}
            data={available.map((each) => ({ value: each, label: each }))}
            onChange={(event) => choose(side, event.currentTarget.value)}
          />
        ))}
        {accounts.storage === accounts.shared && <Note tone="warn" title={words.same} />}
        <p>{words.change}</p>
      </Stack>
    </Panel>
  );
}
