/** The operators' room: which chains and services the page works with. */
import { useQuery } from "@tanstack/react-query";
import { sides } from "../engine/config.ts";
import { failureOf } from "../engine/failures.ts";
import { EmptyState } from "../look/EmptyState.tsx";
import { ErrorNote } from "../look/ErrorNote.tsx";
import { FactList } from "../look/FactList.tsx";
import { Panel } from "../look/Panel.tsx";
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";

export function OperatorsScreen() {
  const { config, engine } = useSession();
  const words = useWords();
  const formats = useFormats();
  const { facts, ...own } = words.operators;
  const heads = useQuery({ queryKey: ["heads"], queryFn: () => engine.heads(), refetchInterval: 4_000 });
  const failure = heads.error === null ? undefined : failureOf(heads.error);
  return (
    <>
      <ScreenTitle title={own.title} lead={own.lead} />
      {failure && <ErrorNote code={failure.code} message={failure.message} onRetry={() => heads.refetch()} />}
      {sides.map((side) => {
        const chain = config.chains[side];
        return (
          <Panel key={side} title={words.welcome.chains[side]}>
            <FactList
              facts={[
                { label: facts.chainId, value: String(chain.chainId) },
                { label: facts.node, value: chain.rpc },
                {
                  label: facts.block,
                  value: heads.data === undefined ? "…" : formats.number(heads.data[side]),
                },
                { label: facts.ledger, value: chain.ledger },
                { label: facts.attributes, value: chain.attributeRegistry },
                { label: facts.keys, value: chain.keyRegistry },
              ]}
            />
          </Panel>
        );
      })}
      <Panel title={own.services}>
        <FactList
          facts={[
            { label: facts.gateway, value: config.gateway },
            { label: facts.authority, value: config.authority },
            ...(config.gates === undefined
              ? []
              : [
                  {
                    label: facts.gates,
                    value: own.gates(config.gates.storage.length, config.gates.threshold),
                  },
                ]),
            ...(config.relayer === undefined ? [] : [{ label: facts.relayer, value: config.relayer }]),
            { label: facts.confirmations, value: String(config.confirmations) },
          ]}
        />
      </Panel>
      <EmptyState title={own.later}>{own.laterBody}</EmptyState>
    </>
  );
}
