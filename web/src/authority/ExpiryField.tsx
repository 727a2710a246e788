/** Asks until when something shall hold. */
import { NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useFormats, useWords } from "../words/useWords.ts";
import { endOfDay, expiryIn, isPossible } from "./expiry.ts";

export type ExpiryFieldProps = {
  /** Days from now that are chosen first. */
  days: "90" | "180" | "365" | "730" | "1095";
  /** Unix seconds; undefined while no possible day is chosen. */
  onChange: (until: number | undefined) => void;
  /** Says what is missing, too. */
  demanded: boolean;
};

export function ExpiryField({ days, onChange, demanded }: ExpiryFieldProps) {
  const words = useWords().authority.expiry;
  const formats = useFormats();
  const [choice, setChoice] = useState<string>(days);
  const [day, setDay] = useState("");
  const untilOf = (chosen: string, text: string) => {
    const until = chosen === "date" ? endOfDay(text) : expiryIn(Number(chosen), Date.now());
    return until !== undefined && isPossible(until, Date.now()) ? until : undefined;
  };
  const tell = (chosen: string, text: string) => onChange(untilOf(chosen, text));
  const until = untilOf(choice, day);
  return (
    <Stack gap="sm">
      <NativeSelect
        label={words.label}
        data={Object.entries(words.choices).map(([value, label]) => ({ value, label }))}
        value={choice}
        onChange={({ currentTarget: { value } }) => {
          setChoice(value);
          tell(value, day);
        }}
      />
      {choice === "date" && (
        <TextInput
          type="date"
          label={words.date}
          value={day}
          error={(demanded || day !== "") && until === undefined ? words.past : undefined}
          onChange={({ currentTarget: { value } }) => {
            setDay(value);
            tell(choice, value);
          }}
        />
      )}
      {until !== undefined && <p>{words.ends(formats.date(new Date(until * 1000)))}</p>}
    </Stack>
  );
}
