/** Everybody who reads something now, over all records. */
import { ScreenTitle } from "../look/ScreenTitle.tsx";
import { useWords } from "../words/useWords.ts";
import { AccessPanel } from "./AccessPanel.tsx";

export function AccessScreen() {
  const words = useWords().patient.access;
  return (
    <>
      <ScreenTitle title={words.title} lead={words.lead} />
      <AccessPanel />
    </>
  );
}
