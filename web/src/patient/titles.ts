/** What a record is called where only a line is free for it. */
import { useQuery } from "@tanstack/react-query";
import type { RecordCard } from "../engine/patientRecords.ts";
import { isolate } from "../look/isolate.ts";
import { useSession } from "../session/Session.tsx";
import { useFormats, useWords } from "../words/useWords.ts";

/** The record's nickname, or the day it was signed. */
export function useTitleOf(): (card: Pick<RecordCard, "nickname" | "signed">) => string {
  const { titleOf } = useWords().patient.records;
  const formats = useFormats();
  return ({ nickname, signed }) => nickname ?? titleOf(formats.date(new Date(signed * 1000)));
}

/** All records of this patient, as they stand on the chains; asked again every few seconds. */
export function useRecords() {
  const { engine } = useSession();
  return useQuery({
    queryKey: ["patient", "records"],
    queryFn: () => engine.patient.records(),
    refetchInterval: 8_000,
  });
}

/** Titles by id, isolated so that no name reaches into the sentence around it. */
export function useTitles(): (id: string) => string {
  const { data } = useRecords();
  const titleOf = useTitleOf();
  const formats = useFormats();
  return (id) => {
    const found = data?.records.find((each) => each.id === id);
    return found === undefined ? formats.shortId(id) : isolate(titleOf(found));
  };
}
