/** The patient's keys: a back-up made and tried, moving in from one, this device, wallet accounts. */
import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { ActProgress } from "../session/ActProgress.tsx";
import { useSession } from "../session/Session.tsx";
import { useAct } from "../session/useAct.ts";
import { useWords } from "../words/useWords.ts";
import { AccountsPanel } from "./AccountsPanel.tsx";
import { BackupPanel } from "./BackupPanel.tsx";
import { DevicePanel } from "./DevicePanel.tsx";
import { MoveInPanel } from "./MoveInPanel.tsx";
import { useRecords } from "./titles.ts";

export function KeysScreen() {
  const words = useWords().patient.keys;
  const { lock } = useSession();
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Stack gap="lg">
        <BackupPanel />
        <MoveInPanel />
        <FindAgainPanel />
        <DevicePanel />
        <AccountsPanel />
        <Panel title={words.lock.title}>
          <Stack gap="sm" align="flex-start">
            <p>{words.lock.lead}</p>
            <Button variant="default" onClick={() => void lock()}>
              {words.lock.now}
            </Button>
          </Stack>
        </Panel>
      </Stack>
    </>
  );
}

function FindAgainPanel() {
  const words = useWords().patient.keys.again;
  const { engine } = useSession();
  const queries = useQueryClient();
  const records = useRecords().data?.records.length ?? 0;
  const finding = useAct(async () => {
    await engine.patient.findAgain();
    await queries.invalidateQueries({ queryKey: ["patient"] });
  });
  return (
    <Panel title={words.title}>
      <Stack gap="sm" align="flex-start">
        <p>{words.lead}</p>
        <Button variant="default" loading={finding.state === "running"} onClick={() => void finding.run()}>
          {words.find}
        </Button>
        {finding.state === "done" && <p role="status">{words.found(records)}</p>}
        {finding.state === "failed" && (
          <ActProgress act={finding} label={words.finding} onDismiss={finding.reset} />
        )}
      </Stack>
    </Panel>
  );
}
