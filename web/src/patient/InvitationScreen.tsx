/** Makes an invitation for a doctor and shows it. */
import { Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { isolate } from "../look/isolate.ts";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import { InvitationCode } from "./InvitationCode.tsx";

export function InvitationScreen() {
  const words = useWords().patient.invitation;
  const { engine } = useSession();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const making = useMutation({
    mutationFn: () => engine.patient.invite(name),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["patient"] }),
  });
  const failure = making.error && failureOf(making.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    making.mutate();
  };
  const made = making.data;
  const title =
    made === undefined || made.nickname === undefined
      ? words.unnamed
      : words.pendingOf(isolate(made.nickname));
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} back={{ label: words.back, href: "#/patient" }} />
      {made === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md" maw={480}>
            <TextInput
              label={words.name}
              description={words.nameHint}
              maxLength={80}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" loading={making.isPending}>
              {words.make}
            </Button>
            {failure && <ErrorNote code={failure.code} message={failure.message} />}
          </Stack>
        </form>
      ) : (
        <Panel title={title}>
          <InvitationCode invitation={made} />
        </Panel>
      )}
    </>
  );
}
