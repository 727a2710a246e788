import { useState } from "react";
import { Panel } from "../Panel.tsx";
import { RuleBuilder } from "../RuleBuilder.tsx";
import { RuleSentence } from "../RuleSentence.tsx";
import { SignedMark } from "../SignedMark.tsx";
import { SplitPage } from "../SplitPage.tsx";
import type { Side } from "../sides.ts";
import { hostileName, hostileParts, longWord, nineParts } from "./samples.ts";

const readers = {
  private: ["You", "Doctors of Yangzhou hospital", "Government offices"],
  shared: ["All who read the private side", "Researchers", hostileName],
};
const choices = {
  roles: [
    { attribute: "role:doctor", word: "doctors" },
    { attribute: "role:researcher", word: "researchers" },
    { attribute: "role:government", word: "government offices" },
  ],
  organisations: [
    { attribute: "org:yzu-hospital", word: "Yangzhou hospital" },
    { attribute: "org:long", word: longWord },
  ],
};
const nameOf = (attribute: string) =>
  [...choices.roles, ...choices.organisations].find((choice) => choice.attribute === attribute)?.word;

/** The record as a split page, its signature, and the rules on who reads it. */
export function Records() {
  const [parts, setParts] = useState(nineParts);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set(["9"]));
  const [rule, setRule] = useState("role:doctor and org:yzu-hospital or role:government");
  const move = (id: string, side: Side) => {
    setParts((now) => now.map((part) => (part.id === id ? { ...part, side } : part)));
    setChanged((now) => new Set([...now, id]));
  };
  return (
    <>
      <SplitPage parts={parts} readers={readers} onMove={move} onOpen={() => {}} changed={changed} />
      <SplitPage
        heading="Hostile, and only to read"
        parts={hostileParts}
        readers={{ private: [], shared: [longWord] }}
      />
      <SplitPage
        heading="Very many parts"
        parts={Array.from({ length: 10_000 }, (_, index) => ({
          id: `many-${index}`,
          label: `Observation ${index + 1}`,
          side: index % 2 === 0 ? "private" : "shared",
        }))}
        readers={{ private: [], shared: [] }}
        onMove={() => {}}
      />
      <Panel title="Signed">
        <SignedMark state={{ kind: "unchanged", by: "Dr. Wang Example", on: new Date(2027, 2, 5, 14, 5) }} />
        <SignedMark state={{ kind: "unchanged", by: hostileName, on: new Date(2027, 2, 5) }} />
        <SignedMark state={{ kind: "checking" }} />
        <SignedMark
          state={{
            kind: "untrusted",
            reason: "The doctor's certificate was no longer valid when this was signed.",
            by: "Dr. Wang Example",
          }}
        />
      </Panel>
      <Panel title="Rules">
        <RuleBuilder
          label="Who may read the shared side"
          value={rule}
          onChange={(text) => setRule(text)}
          choices={choices}
        />
        <RuleBuilder
          label="A rule that can't be read"
          value={"role:doctor and\nrole==nurse"}
          onChange={() => {}}
          choices={choices}
          expert
        />
        <RuleBuilder label="No rule yet" value="" onChange={() => {}} choices={choices} />
        <ul>
          {[
            "role:doctor",
            "(role:doctor or role:nurse) and org:yzu-hospital",
            "2 of (role:doctor, level >= 3, id:0x00000000000000000000000000000000000000aa)",
            JSON.stringify(hostileName.replaceAll(/[\u202c\u202e]/g, "")),
            "not a rule",
          ].map((policy) => (
            <li key={policy}>
              <RuleSentence policy={policy} nameOf={nameOf} />
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}
