/** The nine fields of a record, as a form. */
import { Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import type { FormField, FormValues } from "../engine/doctorForm.ts";
import { useWords } from "../words/useWords.ts";
import { formFields, longFields, missingFields } from "./form.ts";

export type RecordFormProps = {
  values: FormValues;
  onValues: (values: FormValues) => void;
  busy: boolean;
  onFilled: () => void;
};

/** What a person types; longer texts come as files. */
const longest = { line: 200, text: 20_000 };

export function RecordForm({ values, onValues, busy, onFilled }: RecordFormProps) {
  const { doctor, parts } = useWords();
  const words = doctor.writing.record;
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const missing = tried ? missingFields(values) : [];
  const errorOf = (field: FormField) =>
    missing.includes(field) ? (field === "name" ? words.missingName : words.missingContent) : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const [first] = missingFields(values);
    if (first === undefined) onFilled();
    else form.current?.querySelector<HTMLElement>(`[name="${first}"]`)?.focus();
  };
  return (
    <form ref={form} onSubmit={submit} noValidate autoComplete="off">
      <Stack gap="md" maw={640}>
        {formFields.map((field) => {
          const common = {
            name: field,
            label: parts[field],
            dir: "auto" as const,
            error: errorOf(field),
            value: values[field],
            ...(words.fields[field] === "" ? {} : { description: words.fields[field] }),
            onChange: (event: { currentTarget: { value: string } }) =>
              onValues({ ...values, [field]: event.currentTarget.value }),
          };
          if (longFields.has(field))
            return <Textarea key={field} {...common} rows={3} maxLength={longest.text} />;
          if (field === "dateOfBirth") return <TextInput key={field} {...common} type="date" />;
          return <TextInput key={field} {...common} maxLength={longest.line} required={field === "name"} />;
        })}
        <Group>
          <Button type="submit" loading={busy}>
            {words.next}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
