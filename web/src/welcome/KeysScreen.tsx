/** Makes or opens the keys that this browser keeps. */
import { Button, Stack } from "@mantine/core";
import { useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { PassphraseForm } from "../look/PassphraseForm.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { useSession } from "../session/Session.tsx";
import { explainError } from "../words/explained.ts";
import { useWords } from "../words/useWords.ts";
import { askAuthenticator } from "./authenticator.ts";

export function KeysScreen() {
  const { connection, engine, keys, refreshKeys } = useSession();
  const catalogue = useWords();
  const words = catalogue.welcome.keys;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [forgetting, setForgetting] = useState(false);
  const isNew = keys.state === "none";

  const trying = async (open: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    try {
      await open();
      await refreshKeys();
    } catch (thrown) {
      const { title, nextStep } = explainError(catalogue.errors, failureOf(thrown).code);
      setError(`${title} ${nextStep}`);
    } finally {
      setBusy(false);
    }
  };
  const submit = (passphrase: string) =>
    trying(() =>
      isNew
        ? engine.makeKeys({ kind: "passphrase", passphrase })
        : engine.unlock({ kind: "passphrase", passphrase }),
    );
  const { credentialId } = keys;
  const withDevice = (id: Uint8Array) =>
    trying(async () =>
      engine.unlock({ kind: "authenticator", credentialId: id, secret: await askAuthenticator(id) }),
    );
  const forget = () =>
    trying(async () => {
      await engine.forgetKeys();
      connection.disconnect();
      setForgetting(false);
    });

  return (
    <>
      <ScreenTitle
        title={isNew ? words.newTitle : words.unlockTitle}
        lead={isNew ? words.newLead : words.unlockLead}
      />
      <Stack gap="md" maw={480}>
        <PassphraseForm
          mode={isNew ? "new" : "unlock"}
          busy={busy}
          onSubmit={(passphrase) => void submit(passphrase)}
          {...(error === undefined ? {} : { error })}
        />
        {!isNew && (
          <Stack gap="sm" align="flex-start">
            {credentialId !== undefined && (
              <Button variant="default" onClick={() => withDevice(credentialId)} disabled={busy}>
                {words.withDevice}
              </Button>
            )}
            <Button variant="transparent" px={0} onClick={() => setForgetting(true)} disabled={busy}>
              {words.forgotten}
            </Button>
          </Stack>
        )}
      </Stack>
      <ConfirmDialog
        open={forgetting}
        title={words.forgetTitle}
        can={words.forgetCan}
        cannot={words.forgetCannot}
        confirmLabel={words.forgetConfirm}
        typeToConfirm={words.forgetType}
        danger
        busy={busy}
        onConfirm={() => void forget()}
        onCancel={() => setForgetting(false)}
      />
    </>
  );
}
