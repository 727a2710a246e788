/** What readers need to ask for a side: a link, and the same as a code. Public, like everything on the chains. */
import { Button, Stack } from "@mantine/core";
import { printRecordLink } from "diptych";
import { useState } from "react";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { LinkField } from "../look/LinkField.tsx";
import { Panel } from "../look/Panel.tsx";
import { QrCode } from "../look/QrCode.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import { pageLink } from "./InvitationCode.tsx";
import styles from "./LinksPanel.module.css";

const sides = [
  { view: "shared", side: "shared", word: "shared" },
  { view: "full", side: "storage", word: "private" },
] as const;

export function LinksPanel({ facts }: { facts: RecordFacts }) {
  const words = useWords().patient.record.links;
  const { config } = useSession();
  const [shown, setShown] = useState<string>();
  return (
    <Panel title={words.title}>
      <Stack gap="lg">
        <p>{words.lead}</p>
        {sides
          .filter(({ view }) => facts.views[view] !== undefined)
          .map(({ view, side, word }) => {
            const text = printRecordLink({ side, ...config.chains[side] }, facts.ledgerRecordIds[side]);
            const link = pageLink(`/requester/find/${encodeURIComponent(text)}`);
            return (
              <Stack key={view} gap="sm">
                <LinkField label={words[word]} value={link} />
                <Button
                  variant="default"
                  className={styles.button}
                  aria-expanded={shown === view}
                  onClick={() => setShown(shown === view ? undefined : view)}
                >
                  {shown === view ? words.hide : words.show}
                </Button>
                {shown === view && <QrCode value={link} label={words.qr[word]} size={280} />}
              </Stack>
            );
          })}
      </Stack>
    </Panel>
  );
}
