/** Lets this device's fingerprint, face or security key open the keys, beside the passphrase. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Panel } from "../look/Panel.tsx";
import { PassphraseForm } from "../look/PassphraseForm.tsx";
import { useSession } from "../session/Session.tsx";
import { useTrying } from "../session/useTrying.ts";
import { canUseAuthenticator, makeAuthenticator } from "../welcome/authenticator.ts";
import { useWords } from "../words/useWords.ts";

export function DevicePanel() {
  const words = useWords().patient.keys.device;
  const { engine, keys, refreshKeys } = useSession();
  const [asking, setAsking] = useState(false);
  const { busy, failure, trying } = useTrying();
  const there = keys.credentialId !== undefined;
  const add = (passphrase: string) =>
    trying(async () => {
      const made = await makeAuthenticator(words.name);
      await engine.addOpener({ kind: "passphrase", passphrase }, { kind: "authenticator", ...made });
      await refreshKeys();
      setAsking(false);
    });
  return (
    <Panel title={words.title}>
      <Stack gap="md" maw={560} align="flex-start">
        <p>{words.lead}</p>
        {there && <p role="status">{words.there}</p>}
        {!there && !canUseAuthenticator() && <p>{words.cannot}</p>}
        {!there && canUseAuthenticator() && !asking && (
          <Button variant="default" onClick={() => setAsking(true)}>
            {words.add}
          </Button>
        )}
        {asking && (
          <>
            <p>{words.passphrase}</p>
            <PassphraseForm
              mode="unlock"
              busy={busy}
              submitLabel={words.add}
              onSubmit={(given) => void add(given)}
            />
          </>
        )}
        {failure && <ErrorNote code={failure.code} message={failure.message} />}
      </Stack>
    </Panel>
  );
}
