/** What this authority has attested to accounts, until when, and taking it back. */
import { Button, Stack, TextInput } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import type { AttestedAccount } from "diptych/services";
import { useState } from "react";
import { failureOf } from "../engine/failures.ts";
import { ConfirmDialog } from "../look/ConfirmDialog.tsx";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { isolate } from "../look/isolate.ts";
import { LoadingState } from "../look/LoadingState.tsx";
import styles from "../look/lines.module.css";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { ShowMore } from "../look/ShowMore.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { AttributeNames } from "./AttributeNames.tsx";
import { Desk } from "./Desk.tsx";
import { wordsFor } from "./naming.ts";
import { useDecision, useOnDesk } from "./useDesk.ts";

export function AttributesScreen() {
  const words = useWords().authority.attributes;
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <Desk>
        <Attributes />
      </Desk>
    </>
  );
}

type Attested = AttestedAccount["attributes"][number];
/** What is about to be taken back. */
type Taking = { account: string; attributes: string[] };

function Attributes() {
  const all = useWords();
  const words = all.authority.attributes;
  const formats = useFormats();
  const { data, error, isPending, refetch } = useOnDesk("attestations", (officer) => officer.attestations());
  const [sought, setSought] = useState("");
  const [taking, setTaking] = useState<Taking>();
  const [taken, setTaken] = useState<Taking>();
  const revoking = useDecision((officer, { account, attributes }: Taking) =>
    officer.revokeAttributes(account, attributes),
  );
  const failure = error && failureOf(error);
  const refusal = revoking.error && failureOf(revoking.error);
  const accounts = (data ?? []).filter(({ attributes }) => attributes.length > 0);
  const text = sought.trim().toLowerCase();
  const shown = accounts.filter(
    ({ account, attributes }) =>
      account.toLowerCase().includes(text) ||
      attributes.some((each) => `${each.text} ${wordsFor(each.text, all)}`.toLowerCase().includes(text)),
  );
  const confirm = async () => {
    if (taking === undefined) return;
    const outcome = await revoking.mutateAsync(taking).catch(() => undefined);
    if (outcome === undefined) return;
    setTaken(taking);
    setTaking(undefined);
  };
  return (
    <Stack gap="lg">
      {isPending && <LoadingState label={words.loading} />}
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => void refetch()} />}
      {taken && (
        <Note
          tone="good"
          role="status"
          title={words.revoked(
            formats.list(taken.attributes.map((each) => wordsFor(each, all))),
            isolate(formats.shortId(taken.account)),
          )}
        />
      )}
      {data && accounts.length === 0 && (
        <EmptyState icon={IconKey} title={words.empty}>
          <p>{words.emptyBody}</p>
        </EmptyState>
      )}
      {accounts.length > 0 && (
        <TextInput
          type="search"
          label={words.find}
          value={sought}
          maw={400}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
      )}
      {accounts.length > 0 && shown.length === 0 && <p role="status">{words.noMatch}</p>}
      <ShowMore
        key={text}
        items={shown}
        keyOf={({ account }) => account}
        size={10}
        list={(panels) => <Stack gap="md">{panels}</Stack>}
      >
        {(each) => (
          <AccountPanel
            attested={each}
            onTake={(attributes) => {
              revoking.reset();
              setTaking({ account: each.account, attributes });
            }}
          />
        )}
      </ShowMore>
      {taking && (
        <ConfirmDialog
          open
          danger
          title={words.revokeTitle(isolate(formats.shortId(taking.account)))}
          can={words.revokeCan}
          cannot={words.revokeCannot}
          confirmLabel={words.revokeConfirm}
          busy={revoking.isPending}
          onConfirm={() => void confirm()}
          onCancel={() => setTaking(undefined)}
          error={refusal && <ErrorNote code={refusal.code} message={refusal.message} />}
        >
          <AttributeNames attributes={taking.attributes} />
          {revoking.isPending && <p role="status">{all.authority.queue.deciding}</p>}
        </ConfirmDialog>
      )}
    </Stack>
  );
}

type AccountPanelProps = { attested: AttestedAccount; onTake: (attributes: string[]) => void };

function AccountPanel({ attested: { account, attributes }, onTake }: AccountPanelProps) {
  const all = useWords();
  const { attributes: words, queue } = all.authority;
  const live = attributes.filter(({ expiry }) => Math.max(...Object.values(expiry)) * 1000 > Date.now());
  return (
    <Panel
      title={<Isolated mono>{account}</Isolated>}
      actions={
        live.length > 1 && (
          <Button
            variant="default"
            aria-label={queue.labelled(words.revokeAll, account)}
            onClick={() => onTake(live.map(({ text }) => text))}
          >
            {words.revokeAll}
          </Button>
        )
      }
    >
      <ul className={styles.list}>
        {attributes.map((each) => (
          <AttributeLine
            key={each.text}
            attribute={each}
            live={live.includes(each)}
            label={queue.labelled(words.revoke, wordsFor(each.text, all))}
            onTake={() => onTake([each.text])}
          />
        ))}
      </ul>
    </Panel>
  );
}

type AttributeLineProps = { attribute: Attested; live: boolean; label: string; onTake: () => void };

function AttributeLine({ attribute: { text, expiry }, live, label, onTake }: AttributeLineProps) {
  const words = useWords().authority.attributes;
  return (
    <li className={styles.line}>
      <div className={styles.what}>
        <AttributeNames attributes={[text]} />
        <span className={styles.facts}>{live ? <Term expiry={expiry} /> : words.ended}</span>
      </div>
      {live && (
        <Button variant="default" aria-label={label} onClick={onTake}>
          {words.revoke}
        </Button>
      )}
    </li>
  );
}

/** Until when, and where the two ledgers don't say the same. */
function Term({ expiry: { storage, shared } }: { expiry: Attested["expiry"] }) {
  const { authority, look } = useWords();
  const words = authority.attributes;
  const formats = useFormats();
  const day = (seconds: number) => formats.date(new Date(seconds * 1000));
  if (storage === undefined) return shared === undefined ? null : words.only(look.chains.shared, day(shared));
  if (shared === undefined) return words.only(look.chains.storage, day(storage));
  if (day(storage) === day(shared)) return words.until(day(storage));
  return formats.list([
    words.differs(look.chains.storage, day(storage)),
    words.differs(look.chains.shared, day(shared)),
  ]);
}
