import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { ChainBadge } from "../ChainBadge.tsx";
import { ConfirmDialog } from "../ConfirmDialog.tsx";
import { FileDrop } from "../FileDrop.tsx";
import { LinkField } from "../LinkField.tsx";
import { Mark } from "../Mark.tsx";
import { Panel } from "../Panel.tsx";
import { PassphraseForm } from "../PassphraseForm.tsx";
import { QrCode } from "../QrCode.tsx";
import { SideBadge } from "../SideBadge.tsx";

const link =
  "https://diptych.example/#/read/0x1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef";

/** What people fill in, hand on, and confirm. */
export function Forms() {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Panel title="Passphrase" actions={<SideBadge side="private" />}>
        <PassphraseForm mode="new" onSubmit={() => {}} />
        <PassphraseForm mode="unlock" onSubmit={() => {}} error="This passphrase doesn't open your keys." />
      </Panel>
      <Panel title="Hand on" actions={<SideBadge side="shared" />}>
        <LinkField label="Link to this record" value={link} description="It opens nothing by itself." />
        <QrCode value={link} label="Link to this record" />
      </Panel>
      <Panel title="Files">
        <FileDrop
          label="A record in FHIR"
          accept=".json,application/fhir+json"
          maxBytes={256_000_000}
          hint="At most 256 MB."
          onFile={() => {}}
        />
        <FileDrop label="A file with a fault" error="Line 3: a comma is missing." onFile={() => {}} />
        <FileDrop label="A file that is read now" busy onFile={() => {}} />
      </Panel>
      <Panel title="Signs and buttons">
        <Group>
          <Mark size={64} title="Diptych" />
          <Mark size={16} />
          <ChainBadge chain="storage" />
          <ChainBadge chain="shared" />
        </Group>
        <Group>
          <Button onClick={() => setAsking(true)}>Ask before revoking</Button>
          <Button variant="default">Default</Button>
          <Button variant="subtle">Subtle</Button>
          <Button variant="light">Light</Button>
          <Button variant="outline">Outline</Button>
          <Button color="red">Red</Button>
          <Button disabled>Off</Button>
        </Group>
      </Panel>
      <ConfirmDialog
        open={asking}
        title="End the access of Dr. Chen Example?"
        can={["They can't open the record any more, from the next minute on.", "Nobody else loses anything."]}
        cannot={["What they have read or saved already stays with them."]}
        confirmLabel="End access"
        danger
        typeToConfirm="end"
        onConfirm={() => setAsking(false)}
        onCancel={() => setAsking(false)}
      >
        <p>This writes one entry on each ledger.</p>
      </ConfirmDialog>
    </>
  );
}
