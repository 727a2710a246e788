/** Says that the key that opens records isn't here, or doesn't know yet what its holder is. */
import { Button } from "@mantine/core";
import { Note } from "../look/Note.tsx";
import { useWords } from "../words/useWords.ts";
import { useStanding } from "./queries.ts";

/** Who has no key is told before asking, not after. */
export function MissingKey() {
  const words = useWords().requester.ask;
  const { data } = useStanding();
  if (data === undefined || (data.key !== undefined && data.missing.length === 0)) return null;
  return (
    <Note
      tone="warn"
      title={words.noKey}
      actions={
        <Button component="a" href="#/requester/attributes" variant="default">
          {words.toKey}
        </Button>
      }
    />
  );
}
