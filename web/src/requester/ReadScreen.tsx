/** Where reading begins: the link or code to a record, and what one may read already. */
import { Button, Stack, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { StepList } from "../look/StepList.tsx";
import { useWords } from "../words/useWords.ts";
import { CodePhoto } from "./CodePhoto.tsx";
import { useRequests } from "./queries.ts";
import { RequestList } from "./RequestList.tsx";
import { findPath, recordIn } from "./recordText.ts";
import styles from "./requester.module.css";

export function ReadScreen() {
  const words = useWords().requester;
  const live = (useRequests().data ?? []).filter(({ status }) => status === "live");
  return (
    <>
      <ScreenTitle title={words.title} lead={words.read.lead} />
      <Stack gap="lg">
        <LinkPanel />
        {live.length > 0 && (
          <section>
            <h2>{words.read.now}</h2>
            <RequestList requests={live} />
          </section>
        )}
        {live.length === 0 && <HowItGoes />}
      </Stack>
    </>
  );
}

function LinkPanel() {
  const words = useWords().requester.read;
  const [, navigate] = useLocation();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const look = (given: string): boolean => {
    const found = recordIn(given);
    if (found !== undefined) navigate(findPath(found));
    return found !== undefined;
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setWrong(!look(text));
  };
  return (
    <Panel>
      <Stack gap="lg">
        <form onSubmit={submit} noValidate>
          <Stack gap="md">
            <TextInput
              label={words.link}
              description={words.linkHint}
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setWrong(false);
              }}
              error={wrong ? words.noLink : undefined}
              dir="ltr"
              spellCheck={false}
              autoComplete="off"
            />
            <Button
              type="submit"
              className={styles.button}
              leftSection={<IconSearch size={20} aria-hidden />}
            >
              {words.find}
            </Button>
          </Stack>
        </form>
        <CodePhoto onCode={look} />
      </Stack>
    </Panel>
  );
}

function HowItGoes() {
  const words = useWords().requester.read.steps;
  return (
    <Panel title={words.title}>
      <Stack gap="md">
        <StepList label={words.title} steps={words.list.map((title) => ({ title }))} />
        <Button component="a" href="#/requester/attributes" variant="default" className={styles.button}>
          {words.who}
        </Button>
      </Stack>
    </Panel>
  );
}
