/** Corrections of a record: asking a doctor for one, and what came back. */
import { Button, Group, Stack } from "@mantine/core";
import { useState } from "react";
import type { RecordFacts } from "../engine/patientRecords.ts";
import { Panel } from "../look/Panel.tsx";
import { useWords } from "../words/useWords.ts";
import { AmendArrival } from "./AmendArrival.tsx";
import { AmendAsk } from "./AmendAsk.tsx";

export function AmendPanel({ facts }: { facts: RecordFacts }) {
  const words = useWords().patient.amend;
  const [open, setOpen] = useState<"ask" | "arrival">();
  const [working, setWorking] = useState(false);
  return (
    <Panel title={words.title}>
      <Stack gap="md">
        <p>{words.lead}</p>
        <Group gap="sm">
          {(["ask", "arrival"] as const).map((way) => (
            <Button
              key={way}
              variant="default"
              aria-expanded={open === way}
              disabled={working}
              onClick={() => setOpen(open === way ? undefined : way)}
            >
              {words[way].open}
            </Button>
          ))}
        </Group>
        {open === "ask" && <AmendAsk id={facts.id} onWorking={setWorking} />}
        {open === "arrival" && <AmendArrival facts={facts} onWorking={setWorking} />}
      </Stack>
    </Panel>
  );
}
