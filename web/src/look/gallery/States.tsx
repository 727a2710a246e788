import { Button } from "@mantine/core";
import { IconFolder } from "@tabler/icons-react";
import { EmptyState } from "../EmptyState.tsx";
import { ErrorNote } from "../ErrorNote.tsx";
import { FactList } from "../FactList.tsx";
import { Isolated } from "../Isolated.tsx";
import { LoadingState } from "../LoadingState.tsx";
import { Note } from "../Note.tsx";
import { Panel } from "../Panel.tsx";
import { ProgressSteps } from "../ProgressSteps.tsx";
import { StepList } from "../StepList.tsx";
import { WalletAsk } from "../WalletAsk.tsx";
import { WrongChainNote } from "../WrongChainNote.tsx";
import { hostileName, longWord } from "./samples.ts";

/** What waits, works, fails, or isn't there. */
export function States() {
  return (
    <>
      <Panel title="First steps">
        <StepList
          label="To your first record"
          steps={[
            { title: "Connect a wallet", state: "done" },
            {
              title: "Choose a passphrase",
              body: <p>It locks your keys in this browser.</p>,
              state: "current",
            },
            { title: "Invite your doctor", state: "next" },
          ]}
        />
      </Panel>
      <Panel title="Work under way">
        <ProgressSteps
          label="Publishing your record"
          steps={[
            { id: "1", label: "Encrypt", state: "done" },
            { id: "2", label: "Upload", state: "running", fraction: 0.42, detail: "4.2 of 10 MB" },
            { id: "3", label: "Confirm on the storage ledger", state: "waiting" },
            { id: "4", label: "Confirm on the shared ledger", state: "skipped" },
          ]}
          onCancel={() => {}}
        />
        <ProgressSteps
          label="Failed half-way"
          steps={[
            { id: "1", label: "Encrypt", state: "running" },
            { id: "2", label: longWord, state: "failed" },
          ]}
          onCancel={() => {}}
          cancelling
        />
      </Panel>
      <Panel title="Wallet">
        <WalletAsk
          kind="send"
          chain="storage"
          chainLabel="Diptych storage"
          why="So that your doctor finds the newest state of your record."
          wallet="MetaMask"
          onCancel={() => {}}
        />
        <WalletAsk kind="connect" why="So that this page knows whose records to show." />
        <WrongChainNote
          wanted="shared"
          current={hostileName}
          why="What you share is written there."
          onSwitch={() => {}}
        />
        <WrongChainNote wanted="storage" why="Your whole record is noted there." onSwitch={() => {}} busy />
      </Panel>
      <Panel title="Notes and errors">
        <Note title="Good to know">
          <p>Plain words.</p>
        </Note>
        <Note tone="good" title="Your record is published." />
        <ErrorNote code="signature-refused" onRetry={() => {}} onDismiss={() => {}} />
        <ErrorNote code="threshold-not-met" message={`${hostileName} ${longWord}`} onRetry={() => {}} />
        <ErrorNote code="of-tomorrow" />
      </Panel>
      <EmptyState icon={IconFolder} title="No records yet" action={<Button>Invite a doctor</Button>}>
        <p>When a doctor sends you a record, it comes here.</p>
      </EmptyState>
      <EmptyState title="Nothing here" level={3} />
      <Panel>
        <LoadingState label="Opening your record" detail="Three of nine parts" />
        <FactList
          facts={[
            { label: "Issued", value: "5 March 2027" },
            { label: "By", value: <Isolated>{hostileName}</Isolated> },
            { label: "Number", value: <Isolated mono>{longWord}</Isolated> },
          ]}
        />
      </Panel>
    </>
  );
}
