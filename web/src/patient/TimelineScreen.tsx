/** The timeline of all records, or of one that is chosen. */
import { NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { useWords } from "../words/useWords.ts";
import { TimelinePanel } from "./TimelinePanel.tsx";
import { useRecords, useTitleOf } from "./titles.ts";

export function TimelineScreen() {
  const words = useWords().patient.timeline;
  const { data } = useRecords();
  const titleOf = useTitleOf();
  const [id, setId] = useState("");
  const records = data?.records ?? [];
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Stack gap="lg">
        {records.length > 1 && (
          <NativeSelect
            label={words.of}
            maw={480}
            value={id}
            data={[
              { value: "", label: words.all },
              ...records.map((each) => ({ value: each.id, label: titleOf(each) })),
            ]}
            onChange={(event) => setId(event.currentTarget.value)}
          />
        )}
        <Panel title={words.happened}>
          <TimelinePanel level={3} {...(id === "" ? {} : { id })} />
        </Panel>
      </Stack>
    </>
  );
}
