/** Rules on which parts stay together: sentences, built by choosing. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Ceas } from "diptych/ces";
import type { Draft } from "../engine/doctorDraft.ts";
import { isolate } from "../look/isolate.ts";
import styles from "../look/lines.module.css";
import { Note } from "../look/Note.tsx";
import { Panel } from "../look/Panel.tsx";
import { Sentence } from "../look/Sentence.tsx";
import { ShowMore } from "../look/ShowMore.tsx";
import { useSession } from "../session/Session.tsx";
import { useWords } from "../words/useWords.ts";
import { AddRule } from "./AddRule.tsx";
import { findContradiction, keyOfRule, listRules, type PartRule, removeRule } from "./partRules.ts";
import { usePartNames } from "./usePartNames.ts";

export type RulesPanelProps = { draft: Draft; rules: Ceas; onRules: (rules: Ceas) => void };

export function RulesPanel({ draft, rules, onRules }: RulesPanelProps) {
  const words = useWords().doctor.writing.rules;
  const { engine } = useSession();
  const listed = listRules(rules);
  const contradiction = findContradiction(rules, draft.parts.length);
  const usual = useQuery({
    queryKey: ["doctor", "usual-side", rules],
    queryFn: () => engine.doctor.usualSideAllowed(rules),
    enabled: contradiction === undefined,
    gcTime: 0,
  });
  return (
    <Panel title={words.title}>
      <p>{words.lead}</p>
      {listed.length === 0 && <p>{words.none}</p>}
      <ShowMore items={listed} keyOf={keyOfRule} list={(lines) => <ul className={styles.list}>{lines}</ul>}>
        {(rule) => <RuleLine draft={draft} rule={rule} onRemove={() => onRules(removeRule(rules, rule))} />}
      </ShowMore>
      {usual.data === false && (
        <Note tone="warn" role="status" title={words.usualForbidden}>
          <p>{words.usualForbiddenBody}</p>
        </Note>
      )}
      <AddRule draft={draft} rules={rules} onRules={onRules} />
    </Panel>
  );
}

function RuleLine({ draft, rule, onRemove }: { draft: Draft; rule: PartRule; onRemove: () => void }) {
  const words = useWords().doctor.writing.rules;
  const nameOf = usePartNames(draft);
  const first = (write: (text: string) => string) => words.first(rule.position, write(nameOf(rule.position)));
  const pieces = (write: (text: string) => string) =>
    rule.kind === "needs"
      ? words.needs(first(write), words.part(rule.needs, write(nameOf(rule.needs))))
      : words[rule.kind](first(write));
  // What holds the file together can't be shown by itself, whatever a doctor rules.
  const fixed = rule.kind === "never" && draft.parts[rule.position - 1]?.frame === true;
  return (
    <li className={styles.line}>
      <div className={styles.what}>
        <span>
          <Sentence pieces={pieces((text) => text)} />
        </span>
        {fixed && <span className={styles.facts}>{words.fixed}</span>}
      </div>
      {!fixed && (
        <Button variant="default" aria-label={words.removeLabel(pieces(isolate).join(""))} onClick={onRemove}>
          {words.remove}
        </Button>
      )}
    </li>
  );
}
