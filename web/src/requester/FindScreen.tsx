/** A record that a link leads to: what its rule asks for, what of it one fulfils, and the question itself. */
import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { FoundRecord } from "../engine/requesterAsking.ts";
import type { Standing } from "../engine/requesterStanding.ts";
import { FactList } from "../look/FactList.tsx";
import { Isolated } from "../look/Isolated.tsx";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { RuleSentence } from "../look/RuleSentence.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { SideBadge } from "../look/SideBadge.tsx";
import { usePeople } from "../record/people.ts";
import { firstPurpose, purposeWords } from "../record/purposes.ts";
import { Asking } from "../session/Asking.tsx";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";
import { AskPanel } from "./AskPanel.tsx";
import { useStanding } from "./queries.ts";
import { recordIn } from "./recordText.ts";
import { WhyPanel } from "./Why.tsx";

export function FindScreen({ text }: { text: string }) {
  const words = useWords().requester;
  const { engine } = useSession();
  const found = useQuery({
    queryKey: ["requester", "find", text],
    queryFn: () => engine.requester.find(recordIn(text) ?? text),
    refetchInterval: 8_000,
  });
  const { data } = found;
  return (
    <>
      <ScreenTitle
        title={data === undefined ? words.find.untitled : words.find.title[data.side]}
        back={{ label: words.find.back, href: "#/requester" }}
      />
      <Stack gap="lg">
        <Asking query={found} label={words.find.loading} />
        {data && <Found record={data} />}
      </Stack>
    </>
  );
}

function Found({ record }: { record: FoundRecord }) {
  const words = useWords();
  const { find } = words.requester;
  const { engine } = useSession();
  const [chosen, setChosen] = useState<string>();
  const standing = useStanding();
  const { side, ledgerRecordId } = record;
  const explain = (purpose: string, known: boolean) => ({
    queryKey: ["requester", "explain", side, ledgerRecordId, purpose],
    queryFn: () => engine.requester.explain(side, ledgerRecordId, purpose),
    enabled: known,
    refetchInterval: 6_000,
  });
  // What a record may be asked for is the same whatever it is asked for: that comes first.
  const allowed = useQuery(explain("TREAT", true)).data?.purposes;
  const purpose = chosen ?? firstPurpose(allowed ?? [], standing.data && liveOn(side, standing.data));
  const why = useQuery(explain(purpose, allowed !== undefined && !standing.isPending));
  return (
    <>
      {record.closed && <Note tone="warn" title={find.closed} />}
      <Panel title={find.about}>
        <RecordFacts record={record} policy={why.data?.policy} purposes={allowed} />
      </Panel>
      <Panel title={words.requester.why.title}>
        <Asking query={why} label={words.requester.why.checking} />
        {why.data && <WhyPanel explanation={why.data} />}
      </Panel>
      {why.data && allowed && (
        <AskPanel
          record={record}
          purpose={purpose}
          allowed={allowed}
          foreseen={why.data.decision}
          onPurpose={setChosen}
        />
      )}
    </>
  );
}

/** What stands attested on a ledger now. */
function liveOn(side: FoundRecord["side"], { held }: Standing): string[] {
  const now = Date.now() / 1000;
  return held.filter(({ until }) => (until[side] ?? 0) > now).map(({ attribute }) => attribute);
}

type RecordFactsProps = {
  record: FoundRecord;
  policy: string | undefined;
  purposes: readonly string[] | undefined;
};

function RecordFacts({ record: { side, owner }, policy, purposes }: RecordFactsProps) {
  const words = useWords();
  const formats = useFormats();
  const { find } = words.requester;
  const { nameOf } = usePeople();
  const allowed = purposes?.map((code) => purposeWords(words, code)) ?? [];
  return (
    <FactList
      facts={[
        {
          label: find.side,
          value: (
            <>
              <SideBadge side={side === "storage" ? "private" : "shared"} /> {find.sides[side]}
            </>
          ),
        },
        { label: find.owner, value: <Isolated>{find.account(formats.shortId(owner))}</Isolated> },
        {
          label: find.rule,
          value: policy === undefined ? find.noRule : <RuleSentence policy={policy} nameOf={nameOf} />,
        },
        { label: find.purposes, value: allowed.length === 0 ? find.anyPurpose : formats.choice(allowed) },
      ]}
    />
  );
}
